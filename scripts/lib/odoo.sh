# shellcheck shell=bash
# Odoo 19 itself: Debian's package, unpacked in the cache, or the person's own.

# To be raised when what is unpacked changes.
ODOO_LAYOUT=1
ODOO_FOLDER=$CACHE/odoo19-$ODOO_LAYOUT
SID_PACKAGES=(odoo-19 libjs-jquery libjs-jquery-form libjs-underscore
    fonts-roboto-unhinted fonts-montserrat fonts-ocr-b)
# Later versions renamed the files that Odoo's style sheets ask for.
BOOKWORM_PACKAGES=(fonts-font-awesome fonts-inconsolata)

has_odoo() { [[ -n ${WORKMANAGER_ODOO:-} || -f $ODOO_FOLDER/.version ]]; }

setup_odoo() {
    if [[ -n ${WORKMANAGER_ODOO:-} ]]; then
        use_own_odoo
        step "Odoo 19: yours, in $ODOO_HOME"
    else
        ODOO_HOME=$ODOO_FOLDER/usr/lib/python3/dist-packages
        # Debian's other folder of addons is a leftover.
        ODOO_ADDONS=$ODOO_HOME/odoo/addons
        if [[ -f $ODOO_FOLDER/.version ]]; then
            step "Odoo 19: $(<"$ODOO_FOLDER/.version")"
        else
            step "Odoo 19: Debian's package"
            fetch_odoo
        fi
        ODOO_ID="$(<"$ODOO_FOLDER/.version") $ODOO_LAYOUT"
    fi
    write_launcher
    run "asking Odoo for its version" env PYTHONPATH="$ODOO_HOME" \
        PYTHONPYCACHEPREFIX="$CACHE/pycache" "$VENV/bin/odoo" --version
}

# A server with workers starts its websocket process by the file it was started by
# itself: `python -m odoo` has none that runs.
write_launcher() {
    printf '%s\n' "#!$VENV/bin/python" 'import odoo.cli' '' 'odoo.cli.main()' \
        >"$VENV/bin/odoo.$$"
    chmod +x "$VENV/bin/odoo.$$"
    mv "$VENV/bin/odoo.$$" "$VENV/bin/odoo"
}

use_own_odoo() {
    local series
    ODOO_HOME=$(cd "$WORKMANAGER_ODOO" 2>/dev/null && pwd -P) ||
        die "WORKMANAGER_ODOO=$WORKMANAGER_ODOO is not a folder"
    [[ -f $ODOO_HOME/odoo/release.py ]] ||
        die "WORKMANAGER_ODOO=$WORKMANAGER_ODOO has no Odoo in it (no odoo/release.py)"
    series=$(sed -n "s/^version_info = (\([^,]*, [^,]*\),.*/\1/p" "$ODOO_HOME/odoo/release.py")
    [[ $series == '19, 0' ]] ||
        die "WORKMANAGER_ODOO=$WORKMANAGER_ODOO is Odoo ${series/, /.}, not 19.0"
    ODOO_ADDONS=$ODOO_HOME/odoo/addons
    [[ ! -d $ODOO_HOME/addons/sale ]] || ODOO_ADDONS=$ODOO_HOME/addons,$ODOO_ADDONS
    ODOO_ID="$ODOO_HOME $(git -C "$ODOO_HOME" rev-parse HEAD 2>/dev/null ||
        stat -c %Y "$ODOO_HOME/odoo/release.py")"
}

fetch_odoo() {
    local apt=$CACHE/fetch/odoo version
    private_apt "$apt" sid bookworm
    mkdir -p "$apt/debs"
    export APT_CONFIG=$apt/apt.conf
    ONLINE=1 run "reading the lists of sid and bookworm" apt_get_update
    version=$(apt-cache show odoo-19/sid 2>/dev/null | awk '/^Version:/ {print $2; exit}')
    [[ -n $version ]] ||
        die "Debian's mirror has no odoo-19: name an Odoo 19 of yours in WORKMANAGER_ODOO"
    PROGRESS=downloaded ONLINE=1 run "downloading Odoo $version" download_odoo "$apt/debs"
    UNFINISHED_FOLDER=$CACHE/odoo.new
    PROGRESS=unpacked run "unpacking Odoo" make_odoo "$apt/debs" "$UNFINISHED_FOLDER"
    printf '%s\n' "$version" >"$UNFINISHED_FOLDER/.version"
    rm -rf "$ODOO_FOLDER"
    mv "$UNFINISHED_FOLDER" "$ODOO_FOLDER"
    UNFINISHED_FOLDER=''
    unset APT_CONFIG
    rm -rf "$apt"
}

downloaded() { du -sm "$CACHE/fetch/odoo" | awk '{printf "(%d MB of about 200)", $1}'; }
unpacked() { du -sm "$CACHE/odoo.new" 2>/dev/null | awk '{printf "(%d MB of about 1200)", $1}'; }

download_odoo() {
    cd "$1"
    apt-get download "${SID_PACKAGES[@]/%//sid}" "${BOOKWORM_PACKAGES[@]/%//bookworm}"
}

make_odoo() {
    local file broken odoo=$2/usr/lib/python3/dist-packages/odoo
    check_packages "$1"
    unpack_packages "$1" "$2"
    # Debian takes this file out, and the web client logs an error for it.
    file=$odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    mkdir -p "$(dirname "$file")"
    [[ -e $file ]] || : >"$file"
    broken=$(find "$2/usr" -xtype l)
    if [[ -n $broken ]]; then
        printf 'these links lead nowhere:\n%s\n' "$broken"
        return 1
    fi
}
