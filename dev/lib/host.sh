# Odoo's own tests of the addons that ours stands on: without ours and with it.
# shellcheck shell=bash

HOST_ADDONS=(crm sale sale_crm sale_management account_payment) # account takes long: only when named

# host_run DATABASE ADDON FILE: on a copy of the database; FILE tells what became of each test.
# Odoo's folder of addons has a `calendar`: it must not come before the standard library's.
host_run() {
    db_copy "$1" "$TEST_DB"
    cd "$CLONE_DIR"
    "$VENV/bin/pytest" -q -p host_tests --host-results="$3.new" -p no:cacheprovider --rootdir="$ODOO_ADDONS" \
        --import-mode=append --odoo-config="$CONF" --odoo-database="$TEST_DB" --odoo-http \
        -n 2 --dist loadscope "$ODOO_ADDONS/$2/tests" || [ $? = 1 ] # 1: tests failed
    mv "$3.new" "$3"
}

host_check() {
    [ -d "$ODOO_ADDONS/$1/tests" ] || die "Odoo has no tests of an addon $1 in $ODOO_ADDONS."
    [ "$(psql -XAtd "$L2C_BASE_DB" -c "SELECT state FROM ir_module_module WHERE name = '$1'")" = installed ] ||
        die "$1 is none of the addons that ours stands on; its tests would fail for want of it."
}

# host_step WITH|WITHOUT DATABASE ADDON FILE
host_step() {
    LOG=$CLONE_DIR/host/$3.$1.log
    step "$3 $1 us" "look at the output above." host_run "$2" "$3" "$4"
}

# host_tests [ADDON…]: fails when something fails only with ours. What happens without it is kept;
# some of Odoo's tests depend on the date, so before it blames ours it is asked again once a day.
host_tests() {
    local addon without with status=0
    if [ $# = 0 ]; then set -- "${HOST_ADDONS[@]}"; fi
    for addon in "$@"; do host_check "$addon"; done
    mkdir -p "$CACHE/host/$(base_hash)" "$CLONE_DIR/host"
    for addon in "$@"; do
        without=$CACHE/host/$(base_hash)/$addon with=$CLONE_DIR/host/$addon
        [ -s "$without" ] || host_step without "$L2C_BASE_DB" "$addon" "$without"
        host_step with "$L2C_TEMPLATE_DB" "$addon" "$with"
        if ! host_compare >/dev/null && [ -n "$(find "$without" -mtime +0)" ]; then
            host_step without "$L2C_BASE_DB" "$addon" "$without"
        fi
        host_compare || status=1
    done
    say "what pytest said is in $CLONE_DIR/host"
    return "$status"
}

host_compare() { "$PY" "$ROOT/dev/lib/host_tests.py" "$addon" "$without" "$with"; }
