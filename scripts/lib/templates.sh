# shellcheck shell=bash
# Template databases: Odoo with our addons, made once for each state of their files.

# What else is in a template than Odoo's own; to be raised when that changes.
TEMPLATE_FORMAT=1

# Makes, where they are not there yet, a database with the Odoo addons that ours need,
# and a copy of it with ours: its name goes to TEMPLATE, its install log to TEMPLATE_LOG.
# The caller's lock on the template lasts as long as the caller.
ensure_template() {
    local base ours
    base=$(addons_list base)
    ours=$(addons_list ours)
    [[ -n $ours ]] || die "there is no addon in $ROOT"
    BASE=wm_base_$(digest <<<"$TEMPLATE_FORMAT $CACHE $HOSTNAME $ODOO_ID $base")
    TEMPLATE=wm_template_$(digest <<<"$BASE $ours $(addons_digest)")
    # shellcheck disable=SC2034 # for scripts/test
    TEMPLATE_LOG=$CACHE/log/$TEMPLATE.log
    with_lock templates make_templates "$BASE" "$base" "$ours"
}

make_templates() {
    local base_name=$1 base=$2 ours=$3 unfinished
    exec {template_lock}>"$CACHE/locks/$TEMPLATE"
    flock -s "$template_lock"
    if ! template_exists "$TEMPLATE"; then
        mapfile -t unfinished < <(databases_like wm_new_wm_)
        drop_database "${unfinished[@]}"
        if ! template_exists "$base_name"; then
            make_template "$base_name" '' "Odoo's addons" "$base"
        fi
        make_template "$TEMPLATE" "$base_name" "our addons" "$ours"
        drop_old_templates "$base_name"
    fi
}

template_exists() { database_exists "$1" && [[ -d $DATA/filestore/$1 ]]; }

# make_template NAME FROM LABEL MODULES
make_template() {
    local new=wm_new_$1 log=$CACHE/log/$1.log
    drop_database "$1"
    UNFINISHED_DATABASE=$new
    [[ -z $2 ]] || copy_database "$2" "$new"
    run "template database: $3" install_modules "$new" "$4" "$log"
    run "template database: assets of the web client" generate_assets "$new"
    mkdir -p "$DATA/filestore/$new"
    rename_database "$new" "$1"
    UNFINISHED_DATABASE=''
}

install_modules() {
    local status=0
    odoo -d "$1" -i "$2" --stop-after-init --no-http >"$3" 2>&1 || status=$?
    if ((status)) || grep -q ' CRITICAL ' "$3"; then
        cat "$3"
        return 1
    fi
}

# Without them the first page takes longer than the browser tests wait for one.
generate_assets() {
    run_in_shell "$1" <<'PYTHON'
PAGES = {
    "js": ("frontend_minimal", "frontend_lazy", "tests", "web"),
    "css": ("frontend", "web"),
}
for kind, names in PAGES.items():
    for name in names:
        bundle = env["ir.qweb"]._get_asset_bundle(
            f"web.assets_{name}", css=kind == "css", js=kind == "js"
        )
        getattr(bundle, kind)()
PYTHON
}

# run_in_shell DATABASE <SCRIPT: the shell itself rolls back what is not committed.
run_in_shell() {
    { cat && printf '\nenv.cr.commit()\n'; } | odoo shell -d "$1" --no-http
}

# Drops the templates that nobody is using but the last used base and two of ours.
drop_old_templates() {
    local name fd keep=2
    while read -r name; do
        [[ $name != "$TEMPLATE" && $name != "$1" ]] || continue
        [[ $name == wm_base_* ]] || ((keep-- <= 0)) || continue
        exec {fd}>>"$CACHE/locks/$name"
        if flock -n "$fd"; then
            drop_database "$name"
            rm -f "$CACHE/log/$name.log" "$CACHE/locks/$name"
        fi
        exec {fd}>&-
    done < <(cd "$DATA/filestore" && find . -maxdepth 1 -name 'wm_base_*' -printf '%T@ %f\n' \
        -o -maxdepth 1 -name 'wm_template_*' -printf '%T@ %f\n' | sort -rn | cut -d' ' -f2)
}

# Odoo's own words for what went wrong, one line each.
log_problems() {
    grep -hE '^[0-9-]+ [0-9:,]+ [0-9]+ (WARNING|ERROR|CRITICAL) ' "$@" || true
}
