# Running Odoo.
# shellcheck shell=bash

DB=${L2C_DB:-lead_to_cash}
export ODOO_RC=$CONF

# Odoo's subcommands differ in where they take the database.
odoo_exec() {
    case "${1:-}" in
    db) exec "$PY" "$ODOO_BIN" "$@" ;;
    module | i18n) exec "$PY" "$ODOO_BIN" "$1" "${2:---help}" -d "$DB" "${@:3}" ;;
    -* | "") exec "$PY" "$ODOO_BIN" -d "$DB" "$@" ;;
    *) exec "$PY" "$ODOO_BIN" "$1" -d "$DB" "${@:2}" ;;
    esac
}

odoo() { (odoo_exec "$@"); }

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_get URL: the body; fails when the answer isn't 200.
http_get() {
    "$PY" -c 'import sys, urllib.request as r; sys.stdout.buffer.write(r.urlopen(sys.argv[1], timeout=60).read())' "$1"
}
