# Odoo's own tests of the addons that ours stands on: without ours and with it.
# shellcheck shell=bash

HOST_ADDONS=(crm sale sale_crm sale_management account_payment) # account takes long: only when named

# host_run DATABASE FILE TEST…: on a copy of the database; FILE tells what became of each test.
# Odoo's folder of addons has a `calendar`: it must not come before the standard library's.
host_run() {
    db_copy "$1" "$TEST_DB"
    cd "$CLONE_DIR"
    "$VENV/bin/pytest" -q -p host_tests --host-results="$2.new" -p no:cacheprovider --rootdir="$ODOO_ADDONS" \
        --import-mode=append --odoo-config="$CONF" --odoo-database="$TEST_DB" --odoo-http \
        -n 2 --dist loadscope "${@:3}" || [ $? = 1 ] # 1: tests failed
    mv "$2.new" "$2"
}

host_check() {
    [ -d "$ODOO_ADDONS/$1/tests" ] || die "Odoo has no tests of an addon $1 in $ODOO_ADDONS."
    [ "$(psql -XAtd "$L2C_BASE_DB" -c "SELECT state FROM ir_module_module WHERE name = '$1'")" = installed ] ||
        die "$1 is none of the addons that ours stands on; its tests would fail for want of it."
}

# host_step TITLE DATABASE FILE TEST…
host_step() {
    LOG=$CLONE_DIR/host/$addon.${1// /_}.log
    step "$addon $1" "look at the output above." host_run "${@:2}"
}

host_compare() { "$PY" "$ROOT/dev/lib/host_tests.py" "$addon" "$without" "$with"; }

# host_tests [ADDON…]: fails when something fails only with ours: twice, the second time among few, for
# on a busy machine a browser is late. What happens without ours is kept; when it is older than a day
# it is asked again before ours is blamed, for some of Odoo's tests depend on the date.
host_tests() {
    local addon without with tests worse status=0
    if [ $# = 0 ]; then set -- "${HOST_ADDONS[@]}"; fi
    for addon in "$@"; do host_check "$addon"; done
    mkdir -p "$CACHE/host/$(base_hash)" "$CLONE_DIR/host"
    for addon in "$@"; do
        without=$CACHE/host/$(base_hash)/$addon with=$CLONE_DIR/host/$addon tests=$ODOO_ADDONS/$addon/tests
        [ -s "$without" ] || host_step "without us" "$L2C_BASE_DB" "$without" "$tests"
        host_step "with us" "$L2C_TEMPLATE_DB" "$with" "$tests"
        mapfile -t worse < <(host_compare | sed -n "s|.* only with us: |$ODOO_ADDONS/|p")
        if [ ${#worse[@]} != 0 ]; then
            host_step "with us again" "$L2C_TEMPLATE_DB" "$with.again" "${worse[@]}"
            cat "$with.again" >>"$with" # what comes last counts
        fi
        if ! host_compare >/dev/null && [ -n "$(find "$without" -mtime +0)" ]; then
            host_step "without us" "$L2C_BASE_DB" "$without" "$tests"
        fi
        host_compare || status=1
    done
    say "what pytest said is in $CLONE_DIR/host"
    return "$status"
}
