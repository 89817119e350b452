# The databases that tests copy. Each is built once for its content, and its comment,
# written last, says that it is whole.
# shellcheck shell=bash

# What the base depends on: Odoo's version, and the addons that ours needs.
base_hash() {
    {
        cat "$CACHE/odoo/VERSION" 2>/dev/null
        if [ -n "${ODOO_SOURCE:-}" ]; then git -C "$ODOO_PATH" rev-parse HEAD 2>/dev/null || echo "$ODOO_PATH"; fi
        depends
    } | hash8
}

depends() {
    "$PY" -c 'import ast, sys; print(",".join(ast.literal_eval(open(sys.argv[1]).read())["depends"]))' "$ROOT/__manifest__.py"
}

make_base() {
    db_drop "$L2C_BASE_DB"
    L2C_DB=$L2C_BASE_DB
    DB=$L2C_BASE_DB
    odoo db init "$DB"
    odoo -i "$(depends)" --load-language=he_IL,ro_RO --stop-after-init --no-http
    db_set_comment "$L2C_BASE_DB" "$(date +%s)"
}

make_template() {
    db_copy "$L2C_BASE_DB" "$L2C_TEMPLATE_DB"
    DB=$L2C_TEMPLATE_DB
    odoo -i lead_to_cash --stop-after-init --no-http
    odoo shell --no-http <"$ROOT/dev/lib/bundles.py"
    db_set_comment "$L2C_TEMPLATE_DB" "$(date +%s)"
}

# Templates of other contents that are older than a day.
drop_old_templates() {
    local name
    for name in $(sql "SELECT datname FROM pg_database
                        WHERE datname ~ '^l2c_(base|addon)_' AND datname NOT IN ('$L2C_BASE_DB', '$L2C_TEMPLATE_DB')
                          AND shobj_description(oid, 'pg_database') ~ '^[0-9]+$'
                          AND shobj_description(oid, 'pg_database')::bigint < $(date +%s) - 86400"); do
        db_drop "$name"
    done
}

# L2C_TEMPLATE=NAME: an installed database of other code, for changes that need no installing (methods alone).
build_templates() {
    if [ -n "${L2C_TEMPLATE:-}" ]; then
        L2C_BASE_DB=l2c_base_$(base_hash)
        L2C_TEMPLATE_DB=$L2C_TEMPLATE
        return
    fi
    L2C_BASE_DB=l2c_base_$(base_hash)
    L2C_TEMPLATE_DB=l2c_addon_$(base_hash)_$(addon_hash)
    exec 9>"$CACHE/templates.lock"
    flock 9
    if [ -z "$(db_comment "$L2C_BASE_DB")" ]; then
        step "Making the template database" "look at the output above." make_base
    fi
    if [ -z "$(db_comment "$L2C_TEMPLATE_DB")" ]; then
        step "Installing the addon" "look at the output above." make_template
    fi
    drop_old_templates
    exec 9>&-
}

# Also the copies that parallel workers and real-process tests may have left.
drop_test_databases() {
    local name
    for name in $(sql "SELECT datname FROM pg_database WHERE starts_with(datname, '$TEST_DB')"); do
        db_drop "$name"
    done
}
