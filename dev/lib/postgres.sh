# PostgreSQL: the server the person points to, or a private one in the cache.
# shellcheck shell=bash

# A server of the person's own is used when one of the usual variables is set.
pg_is_external() { [ -n "${PGHOST:-}${PGPORT:-}${PGUSER:-}" ]; }

pg_bindir() {
    local dir
    for dir in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then PG_BIN=$dir; fi
    done
    [ -n "${PG_BIN:-}" ]
}

# The server refuses to run as root, and Debian's `postgres` can't reach root's home.
pg_private_paths() {
    local key
    key=$(printf %s "$CACHE" | hash8)
    if [ "$(id -u)" = 0 ]; then
        PG_DATA=/var/lib/lead_to_cash/$key
        PG_OWNER=postgres
    else
        PG_DATA=$CACHE/postgres
        PG_OWNER=$(id -un)
    fi
    PG_SOCKET=/tmp/l2c-$(id -u)-$key # a socket's path is limited to 107 bytes
}

pg_as_owner() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$PG_OWNER" -- "$@"); else "$@"; fi
}

pg_make_dir() {
    mkdir -p "$(dirname "$1")" "$1"
    chown "$PG_OWNER" "$1"
    chmod 700 "$1"
}

# Made beside its place and moved there when whole. It holds databases that can be made
# again, so it doesn't wait for the disk.
pg_init() {
    rm -rf "$PG_DATA" "$PG_DATA.new"
    pg_make_dir "$PG_DATA.new"
    pg_as_owner "$PG_BIN/initdb" -D "$PG_DATA.new" -U odoo -A trust -E UTF8 --locale=C.UTF-8 --no-sync
    pg_as_owner tee -a "$PG_DATA.new/postgresql.conf" <<-CONF
		listen_addresses = ''
		port = 5432
		max_connections = 200
		shared_buffers = 512MB
		maintenance_work_mem = 256MB
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		autovacuum_naptime = 10s
		jit = off
	CONF
    mv "$PG_DATA.new" "$PG_DATA"
}

pg_start() {
    pg_make_dir "$PG_SOCKET"
    pg_as_owner "$PG_BIN/pg_ctl" -D "$PG_DATA" -o "-k $PG_SOCKET" -l "$PG_DATA/server.log" -w -t 60 start
}

pg_running() {
    pg_as_owner "$PG_BIN/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1 && [ -S "$PG_SOCKET/.s.PGSQL.5432" ]
}

pg_setup_private() {
    pg_bindir || die "PostgreSQL's initdb and pg_ctl were not found; install the package postgresql or set PGHOST."
    pg_private_paths
    if [ ! -f "$PG_DATA/PG_VERSION" ]; then
        step "Making a PostgreSQL cluster" "remove $PG_DATA and call again." pg_init
    fi
    if ! pg_running; then
        step "Starting PostgreSQL" "its log is $PG_DATA/server.log; remove $PG_DATA to begin anew." pg_start
    fi
    export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=odoo
}

# One question decides whether the server serves: may this role make databases?
pg_check() {
    local answer
    if [ "${PGUSER:-$(id -un)}" = postgres ]; then
        die "Odoo refuses to work as the role postgres; set PGUSER to a role with CREATEDB."
    fi
    answer=$(psql -XAtd postgres -c 'SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user' 2>&1) ||
        die "PostgreSQL refuses the connection (${answer%%$'\n'*}); check PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset them to use a private server."
    [ "$answer" = t ] ||
        die "The PostgreSQL role ${PGUSER:-$(id -un)} may not make databases; give it CREATEDB or set PGUSER to another."
}

pg_setup() {
    if pg_is_external; then PG_EXTERNAL=1; else pg_setup_private; fi
    pg_check
}

sql() { PGOPTIONS="--client-min-messages=warning" psql -XAtqd postgres -v ON_ERROR_STOP=1 -c "$1"; }
db_exists() { [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }
# A comment on a database says that it is whole, and of which content.
db_comment() { sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"; }
db_set_comment() { sql "COMMENT ON DATABASE \"$1\" IS '$2'"; }
db_drop() {
    sql "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)"
    rm -rf "$CACHE/data/filestore/$1"
}
# Stored files never change, so hard links are copies.
db_copy() {
    db_drop "$2"
    sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\""
    if [ -d "$CACHE/data/filestore/$1" ]; then cp -al "$CACHE/data/filestore/$1" "$CACHE/data/filestore/$2"; fi
}
