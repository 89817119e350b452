# The parts that dev/setup puts on the machine; each looks first and does nothing when it is there.
# shellcheck shell=bash

has() { command -v "$1" >/dev/null 2>&1; }

# uv and npm bring certificates of their own; the system's know a company's proxy too.
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    export SSL_CERT_FILE=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
    export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$SSL_CERT_FILE}
fi

# --- Python: 3.11 to 3.13: what Odoo 19 and the pins take ---------------------------------

# The system's own comes first: distributions build it for speed, others often don't.
find_python() {
    local name
    for name in "${PYTHON:-}" /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        if [ -n "$name" ] && has "$name" &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
            BASE_PYTHON=$(command -v "$name")
            return
        fi
    done
    return 1
}

# --- packages of the system -----------------------------------------------------------

missing_packages() {
    find_python || echo python3
    if ! find_python || ! "$BASE_PYTHON" -c 'import ensurepip' 2>/dev/null; then echo python3-venv; fi
    has git || echo git
    has psql || echo postgresql-client
    pg_is_external || pg_bindir || echo postgresql
    has wkhtmltopdf || echo wkhtmltopdf
    has pdftotext || echo poppler-utils
    has chromium || has google-chrome || echo chromium
    has faketime || echo faketime
    has npm || echo npm
}

apt_install() {
    local as_root=() conf=/etc/postgresql-common/createcluster.d/lead_to_cash.conf
    if [ "$(id -u)" != 0 ]; then as_root=(sudo); fi
    "${as_root[@]}" apt-get -o Acquire::Retries=2 update
    # We make a cluster of our own; Debian need not start another one on port 5432.
    "${as_root[@]}" mkdir -p "$(dirname "$conf")"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$conf"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    "${as_root[@]}" rm -f "$conf"
}

install_system() {
    local missing
    missing=$(missing_packages | tr '\n' ' ')
    missing=${missing% }
    if [ -n "$missing" ]; then
        has apt-get || die "These are missing: $missing; install them with the system's package manager and call again."
        if [ "$(id -u)" != 0 ]; then
            has sudo || die "No sudo here; ask an administrator for: apt-get install $missing"
            sudo -v || die "sudo refuses; ask an administrator for: apt-get install $missing"
        fi
        # shellcheck disable=SC2086  # a list of names
        step "Installing $missing" "check the network and Debian's package lists, then call again." apt_install $missing
    fi
    find_python || die "Odoo 19 needs Python 3.11 to 3.13; install one and name it in PYTHON."
}

# --- Odoo -----------------------------------------------------------------------------

# Debian's mirror as this machine knows it, from its own package lists.
debian_mirror() {
    local codename
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    MIRROR=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' |
        awk -v name="$codename" '$2 == name { print $1; exit }')
    if [ -z "$MIRROR" ]; then # the lists are still empty
        MIRROR=$(apt-get --print-uris update |
            sed -n "s|^'\(.*/\)dists/$codename/InRelease'.*|\1|p" | head -n 1)
    fi
    SUITE=$codename
    [ -n "$MIRROR" ] && [ -n "$SUITE" ]
}

# Odoo 19 is packaged in sid only. It is downloaded with an apt state of its own and
# unpacked, not installed: installing would bring sid's libc.
download_debs() {
    local apt=$1/apt
    debian_mirror
    mkdir -p "$apt/lists/partial" "$apt/cache" "$1/debs"
    touch "$apt/status"
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
        "$MIRROR" sid "$MIRROR" "$SUITE" >"$apt/sources.list"
    local options=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::State::status=$apt/status"
        -o "Dir::Cache=$apt/cache" -o Acquire::Languages=none -o Acquire::Retries=2)
    apt-get "${options[@]}" -o APT::Update::Error-Mode=any update
    local names=(odoo-19/sid fonts-montserrat/sid) name
    for name in libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome \
        fonts-roboto-unhinted fonts-inconsolata fonts-ocr-b; do
        names+=("$name/$SUITE")
    done
    (cd "$1/debs" && apt-get "${options[@]}" download "${names[@]}")
}

# Debian removed this file; without it no backend page loads in a browser. It blurs the
# background in video calls and is loaded on that use only, so an empty one serves here.
add_removed_file() {
    local file=$1/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    if [ ! -s "$file" ]; then
        mkdir -p "$(dirname "$file")"
        rm -f "$file"
        echo '// Not packaged by Debian; blurs the background in video calls.' >"$file"
    fi
}

unpack_odoo() {
    local work=$CACHE/odoo.new deb
    rm -rf "$work"
    mkdir -p "$work/root"
    download_debs "$work"
    for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/root"; done
    add_removed_file "$work/root"
    test -z "$(find "$work/root/usr/lib" -xtype l)"
    dpkg-deb -f "$work"/debs/odoo-19_*.deb Version >"$work/root/VERSION"
    rm -rf "$CACHE/odoo"
    mv "$work/root" "$CACHE/odoo"
    rm -rf "$work"
}

install_odoo() {
    if [ -z "${ODOO_SOURCE:-}" ] && [ ! -f "$CACHE/odoo/VERSION" ]; then
        has dpkg || die "Odoo 19 comes from Debian's archive, and this is no Debian; set ODOO_SOURCE to a checkout of Odoo 19.0."
        step "Downloading Odoo 19" "check the network, or set ODOO_SOURCE to a checkout of Odoo 19.0." unpack_odoo
    fi
    local version
    version=$(odoo_version)
    [ "$version" = 19.0 ] ||
        die "$ODOO_PATH holds ${version:+Odoo }${version:-no Odoo}, not Odoo 19.0; set ODOO_SOURCE to a checkout of 19.0 or unset it."
}

# --- Python packages ------------------------------------------------------------------

venv_key() { (cat "$ROOT/dev/requirements.txt" && "$BASE_PYTHON" -VV) | hash8; }

make_venv() {
    rm -rf "$VENV"
    "$BASE_PYTHON" -m venv "$VENV"
    "$PY" -m pip install --quiet "$(grep '^uv==' "$ROOT/dev/requirements.txt")"
    "$VENV/bin/uv" pip install --python "$PY" -r "$ROOT/dev/requirements.txt"
    venv_key >"$VENV/complete" # last: a venv without it is made anew
}

install_python() {
    if [ "$(cat "$VENV/complete" 2>/dev/null)" != "$(venv_key)" ]; then
        step "Installing Python packages" "check the network and the Python at $BASE_PYTHON, then call again." make_venv
    fi
}

# --- Node packages: Odoo's screens from right to left ----------------------------------

npm_key() { cat "$ROOT/dev/npm/package-lock.json" | hash8; }

make_npm() {
    rm -rf "$NPM"
    mkdir -p "$NPM"
    cp "$ROOT/dev/npm/package.json" "$ROOT/dev/npm/package-lock.json" "$NPM"
    npm ci --prefix "$NPM" --ignore-scripts --no-audit --no-fund
    npm_key >"$NPM/complete"
}

install_npm() {
    if [ "$(cat "$NPM/complete" 2>/dev/null)" != "$(npm_key)" ]; then
        step "Installing Node packages" "check the network, then call again." make_npm
    fi
}

# --- Odoo's configuration -------------------------------------------------------------

write_conf() {
    mkdir -p "$CACHE/data" "$CLONE_DIR/screenshots"
    cat >"$CONF.new" <<-CONF
		[options]
		addons_path = $ODOO_ADDONS,$CLONE_DIR/addons
		data_dir = $CACHE/data
		db_host = ${PGHOST:-False}
		db_port = ${PGPORT:-False}
		db_user = ${PGUSER:-$(id -un)}
		http_interface = 127.0.0.1
		screenshots = $CLONE_DIR/screenshots
		list_db = True
	CONF
    mv "$CONF.new" "$CONF"
}
