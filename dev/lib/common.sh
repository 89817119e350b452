# Shared by the commands in dev/: where things are, and how they speak.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/lead_to_cash
ME=dev/$(basename "$0")

hash8() { sha256sum | cut -c1-8; }

# Two clones may share a cache; what depends on the clone has a folder of its own.
CLONE=$(printf %s "$ROOT" | hash8)
CLONE_DIR=$CACHE/clones/$CLONE
ADDON=$CLONE_DIR/addons/lead_to_cash # an addon is named after its folder
CONF=$CLONE_DIR/odoo.conf
VENV=$CACHE/venv
PY=$VENV/bin/python
NPM=$CACHE/npm
export PATH=$NPM/node_modules/.bin:$PATH
# Odoo starts in a third of the time when its bytecode is kept; apart from the sources.
export PYTHONPYCACHEPREFIX=$CACHE/pycache
unset PYTHONDONTWRITEBYTECODE
LOG=$CACHE/$(basename "$0").log

say() { printf '%s: %s\n' "$ME" "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# step TITLE HINT COMMAND…: runs it with its output in the log; when it fails, says
# what failed and what to do, and stops. (In the background, because `if` would switch
# off `set -e` inside the command.)
step() {
    local title=$1 hint=$2 pid start=$SECONDS dots=0
    shift 2
    printf '  %s ' "$title" >&2
    (
        set -e
        "$@"
    ) >"$LOG" 2>&1 </dev/null 9>&- & # not the lock: servers live on
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        dots=$((dots + 1))
        if [ $((dots % 10)) = 0 ]; then printf . >&2; fi
    done
    if ! wait "$pid"; then
        printf 'failed\n' >&2
        tail -n 15 "$LOG" | sed 's/^/    | /' >&2
        die "$title failed: $hint (The whole output is in $LOG.)"
    fi
    printf '%s s\n' $((SECONDS - start)) >&2
}

# The Odoo in use: a checkout that the person has, or the one unpacked by dev/setup.
find_odoo() {
    if [ -n "${ODOO_SOURCE:-}" ]; then
        ODOO_PATH=$(cd "$ODOO_SOURCE" 2>/dev/null && pwd -P) ||
            die "ODOO_SOURCE is $ODOO_SOURCE, which is no folder; set it to a checkout of Odoo 19.0 or unset it."
        ODOO_ADDONS=$ODOO_PATH/addons
        ODOO_BIN=$ODOO_PATH/odoo-bin
    else
        ODOO_PATH=$CACHE/odoo/usr/lib/python3/dist-packages
        ODOO_ADDONS=$ODOO_PATH/odoo/addons
        ODOO_BIN=$CACHE/odoo/usr/bin/odoo
    fi
    export PYTHONPATH=$ODOO_PATH${PYTHONPATH:+:$PYTHONPATH}
}

odoo_version() {
    sed -n 's/^version_info *= *(\([0-9]*\), *\([0-9]*\).*/\1.\2/p' "$ODOO_PATH/odoo/release.py" 2>/dev/null || true
}

# The content of everything that makes the installed addon.
addon_hash() {
    (cd "$ROOT" && git ls-files -co --exclude-standard -- . ':!tests' ':!dev' ':!docs' ':!static/tests' ':!*.md' ':!*.toml' ':!.*' |
        sort | { xargs -d '\n' sha256sum 2>/dev/null || true; } | hash8) # a file may be deleted, not yet committed
}
