# shellcheck shell=bash
# Makes ready what is missing, after it has said what that takes.

for part in machine python debian odoo wkhtmltopdf cluster; do
    # shellcheck source=/dev/null
    . "$SCRIPTS/lib/$part.sh"
done

step=0
step() { say "[$((++step))/5] $*"; }

setup() {
    local missing
    # Another run may just have done it.
    if [[ -f $SETUP_STATE ]] && read_state && parts_are_there; then
        connect_postgres
        say "Everything is there already: Odoo ${ODOO_ID%% *}, $("$VENV/bin/python" -V), caches in $CACHE"
        return
    fi
    [[ -z ${WORKMANAGER_ODOO:-} ]] || use_own_odoo
    require_sources
    choose_python
    name_environment
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || need_root "${missing[@]}"
    tell_plan
    setup_machine
    setup_python
    setup_odoo
    setup_wkhtmltopdf
    setup_postgres
    declare -p VENV ODOO_HOME ODOO_ADDONS ODOO_ID PDF_HOME PG_HOME PG_SOCKET |
        sed 's/^declare --/declare -g/' >"$SETUP_STATE.$$"
    mv "$SETUP_STATE.$$" "$SETUP_STATE"
    drop_old_environments
    rm -rf "$CACHE/fetch"
    say "Ready. Caches are in $CACHE."
}

# The whole of it, at its start: nobody likes to learn after five minutes that the disk
# is too small, or that there are five more.
tell_plan() {
    local minutes=0 room=0 free
    ((${#missing[@]} == 0)) || plan 2 "$(room_of_packages)"
    [[ -n $VENV_IS_THERE ]] || plan 1 800
    has_odoo || plan 1 1600
    has_wkhtmltopdf || plan 1 300
    # With the databases that are made in it.
    [[ -n ${PGHOST:-} ]] || has_cluster || plan 3 800
    ((room)) || return 0
    say "Setting up takes up to $minutes minutes and $room MB, once. It goes to $CACHE."
    free=$(df -Pm "$CACHE" | awk 'NR == 2 {print $4}')
    ((free >= room)) || die "the disk that holds $CACHE has $free MB free, and $room are needed:" \
        "make room, or name a folder elsewhere in WORKMANAGER_CACHE"
}

# plan MINUTES MEGABYTES
plan() {
    ((minutes += $1, room += $2)) || true
}

# They are not in the cache, but maybe on its disk.
room_of_packages() {
    [[ $(stat -c %d "$CACHE") != $(stat -c %d /usr) ]] && echo 0 || echo 900
}

setup_machine() {
    step "Machine packages: ${missing[*]:-all there}"
    if ((${#missing[@]})); then
        install_packages "${missing[@]}"
        hash -r
        choose_python
        name_environment
        mapfile -t missing < <(missing_packages)
        ((${#missing[@]} == 0)) || die "the packages are installed, and still missing is: ${missing[*]}"
    fi
    ((EUID != 0)) || [[ -n ${PGHOST:-} ]] || id postgres >/dev/null 2>&1 ||
        die "PostgreSQL does not run as root: make a user postgres, or run this as another user"
}
