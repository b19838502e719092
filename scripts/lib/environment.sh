# shellcheck shell=bash
# The environment that Odoo and our own Python run in.

# write_conf FILE DATA_DIR [LINE…]
write_conf() {
    local file=$1 data=$2 unaccent=False template=template0
    shift 2
    if [[ -n ${PG_HOME:-} ]]; then
        # The private cluster's template1 has the extensions.
        unaccent=True template=template1
    elif [[ $(sql -d postgres -c 'SHOW is_superuser') == on ]]; then
        unaccent=True
    fi
    {
        printf '%s\n' '[options]' "addons_path = $ROOT,$ODOO_ADDONS" "data_dir = $data" \
            'http_interface = 127.0.0.1' "unaccent = $unaccent" "db_template = $template"
        printf '%s\n' "$@"
    } >"$file.$$"
    mv "$file.$$" "$file"
}

# Runs the setup where a part of it is missing, then gives this shell its environment.
# NEEDS_BROWSER is set by what drives a browser, NEEDS_NPM by what runs JavaScript's tools.
load_environment() {
    if [[ ! -f $SETUP_STATE ]] || ! read_state || ! parts_are_there; then
        rm -f "$SETUP_STATE"
        # shellcheck source=scripts/lib/setup.sh
        . "$SCRIPTS/lib/setup.sh"
        with_lock setup setup
    fi
    touch -c "$VENV/.complete"
    # The machine's wkhtmltopdf comes before ours. Compiled Python stays out of the checkout.
    export PATH=$VENV/bin:$PATH:$PDF_HOME/bin PYTHONPATH=$ODOO_HOME PYTHONUNBUFFERED=1
    export PYTHONPYCACHEPREFIX=$CACHE/pycache
    unset PYTHONHOME
    connect_postgres
    ODOO_RC=$CACHE/odoo-$(digest <<<"$ROOT $PGHOST ${PGUSER:-}").conf
    write_conf "$ODOO_RC" "$DATA"
    export ODOO_RC WORKMANAGER_ENVIRONMENT="$ROOT $SETUP_KEY"
}

read_state() {
    # shellcheck disable=SC1090 # written by the setup
    . "$SETUP_STATE"
}

parts_are_there() {
    "$VENV/bin/python" -c '' 2>/dev/null && [[ -x $VENV/bin/odoo ]] &&
        [[ -f $ODOO_HOME/odoo/release.py ]] &&
        { [[ -z $PG_HOME ]] || [[ -f $PG_HOME/data/PG_VERSION ]]; } &&
        command -v psql >/dev/null &&
        { command -v wkhtmltopdf || [[ -x $PDF_HOME/bin/wkhtmltopdf ]]; } >/dev/null &&
        { [[ -z ${NEEDS_BROWSER:-} ]] || [[ -z $(missing_browser_packages) ]]; } &&
        { [[ -z ${NEEDS_NPM:-} ]] || command -v npm >/dev/null; }
}

# libatomic is for the program that drives the browser; ldconfig is in no user's path.
missing_browser_packages() {
    find_chromium >/dev/null || echo chromium
    command -v pdftotext >/dev/null || echo poppler-utils
    [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p) == *libatomic.so.1* ]] || echo libatomic1
}

# The names that Odoo's own tests look for.
find_chromium() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        command -v "$name" && return
    done
    return 1
}

# What an update or an install depends on: every file of the addons but their tests.
addons_digest() {
    local addon
    for addon in "$ROOT"/*/__manifest__.py; do
        addon=$(basename "$(dirname "$addon")")
        (cd "$ROOT" && find "$addon" \( -name tests -o -name readme -o -name __pycache__ \) \
            -prune -o -type f -print0)
    done | LC_ALL=C sort -z | (cd "$ROOT" && xargs -0r sha256sum) | digest
}

# addons_list (ours|base): our installable addons, or what they need of Odoo's and the
# Romanian localisation.
addons_list() {
    python - "$ROOT" "$1" <<'PYTHON'
import ast
import pathlib
import sys

manifests = {
    path.parent.name: ast.literal_eval(path.read_text())
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/__manifest__.py"))
}
ours = {n: m for n, m in manifests.items() if m.get("installable", True)}
needed = {d for m in ours.values() for d in m.get("depends", ["base"])}
base = needed - set(ours) | {"l10n_ro"}
print(",".join(sorted(ours if sys.argv[2] == "ours" else base)))
PYTHON
}
