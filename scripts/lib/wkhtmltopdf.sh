# shellcheck shell=bash
# wkhtmltopdf prints Odoo's documents. Debian has it up to bookworm: where the machine has
# none, bookworm's is unpacked in the cache with the libraries that it was made for.

# To be raised when what is unpacked, or how it is started, changes.
PDF_LAYOUT=1
PDF_HOME=$CACHE/wkhtmltopdf-$PDF_LAYOUT

has_wkhtmltopdf() { command -v wkhtmltopdf >/dev/null || [[ -f $PDF_HOME/.complete ]]; }

setup_wkhtmltopdf() {
    if command -v wkhtmltopdf >/dev/null; then
        step "wkhtmltopdf: the machine's, $(command -v wkhtmltopdf)"
    elif [[ -f $PDF_HOME/.complete ]]; then
        step "wkhtmltopdf: Debian 12's, in $PDF_HOME"
    else
        step "wkhtmltopdf: Debian 12's package, with its libraries"
        fetch_wkhtmltopdf
    fi
}

fetch_wkhtmltopdf() {
    local apt=$CACHE/fetch/wkhtmltopdf
    private_apt "$apt" bookworm
    export APT_CONFIG=$apt/apt.conf
    ONLINE=1 run "reading the list of bookworm" apt_get_update
    # No package counts as installed: all that it needs comes, down to the C library, but
    # the drivers of graphics cards: it draws on no screen.
    ONLINE=1 run "downloading wkhtmltopdf" apt-get install --download-only --yes \
        --no-install-recommends wkhtmltopdf libgl1-mesa-dri-
    UNFINISHED_FOLDER=$PDF_HOME
    run "unpacking wkhtmltopdf" make_wkhtmltopdf "$apt/archives"
    touch "$PDF_HOME/.complete"
    UNFINISHED_FOLDER=''
    unset APT_CONFIG
    rm -rf "$apt"
}

make_wkhtmltopdf() {
    check_packages "$1"
    unpack_packages "$1" "$PDF_HOME"
    rm -rf "$PDF_HOME/usr/share/locale"
    # What the installation of fontconfig would switch on.
    ln -s "$PDF_HOME"/usr/share/fontconfig/conf.avail/{10-hinting-slight,70-no-bitmaps}.conf \
        "$PDF_HOME/etc/fonts/conf.d/"
    write_wrapper
    "$PDF_HOME/bin/wkhtmltopdf" --version
}

# With its libraries but the machine's C library it crashes: the loader comes along, and
# looks for nothing outside.
write_wrapper() {
    local loader libraries
    loader=$(find "$PDF_HOME/lib" -name 'ld-linux-*.so.*' | head -n 1)
    [[ -n $loader ]] || { echo "the C library came without its loader" && return 1; }
    libraries=$(dirname "$loader"):${loader%/*/*/*}/usr/lib/$(basename "$(dirname "$loader")")
    mkdir -p "$PDF_HOME/bin"
    cat >"$PDF_HOME/bin/wkhtmltopdf" <<WRAPPER
#!/bin/sh
export QT_PLUGIN_PATH='${libraries##*:}/qt5/plugins' QT_QPA_PLATFORM=offscreen
export FONTCONFIG_PATH='$PDF_HOME/etc/fonts'
exec '$loader' --inhibit-cache --library-path '$libraries' '$PDF_HOME/usr/bin/wkhtmltopdf' "\$@"
WRAPPER
    chmod +x "$PDF_HOME/bin/wkhtmltopdf"
}
