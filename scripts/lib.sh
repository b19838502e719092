# shellcheck shell=bash
# What the commands in this folder share: where things are, what they say, and how
# they reach Odoo and PostgreSQL.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
SCRIPTS=$ROOT/scripts

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# Prints the comment at the head of the calling script.
usage() {
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
    exit 0
}

# One short key for whatever comes in.
digest() { sha256sum | cut -c1-12; }

if [[ -n ${WORKMANAGER_CACHE:-} ]]; then
    CACHE=$WORKMANAGER_CACHE
elif [[ $EUID -eq 0 && -z ${XDG_CACHE_HOME:-} ]]; then
    CACHE=/var/cache/workmanager
else
    CACHE=${XDG_CACHE_HOME:-${HOME:?HOME is not set: set WORKMANAGER_CACHE}/.cache}/workmanager
fi
mkdir -p "$CACHE/log" "$CACHE/locks" "$CACHE/data/filestore" "$CACHE/runs" 2>/dev/null ||
    die "cannot write to $CACHE: set WORKMANAGER_CACHE to a folder of yours"
CACHE=$(cd "$CACHE" && pwd -P)
DATA=$CACHE/data

# What the person gave for the server stays as it was given: it is a part of the key. A
# script that another one calls has the environment of that one.
case ${WORKMANAGER_ENVIRONMENT:-} in
"$ROOT "*) SETUP_KEY=${WORKMANAGER_ENVIRONMENT##* } ;;
*)
    SETUP_KEY=$(
        {
            cat "$ROOT/requirements.txt" "$SCRIPTS/setup" "$SCRIPTS/lib.sh"
            printf '%s\n' "$EUID" "${WORKMANAGER_ODOO:-}" "${WORKMANAGER_PYTHON:-}" \
                "${PGHOST:-}" "${PGPORT:-}" "${PGUSER:-}"
        } | digest
    )
    ;;
esac
SETUP_STATE=$CACHE/setup-$SETUP_KEY

# run LABEL COMMAND…: the command's output goes to a log, whose end is shown when the
# command fails. PROGRESS may name a function that says how far it is.
run() {
    local label=$1 started=$SECONDS status=0 log ticker=
    shift
    log=$CACHE/log/$(tr -cs '[:alnum:]\n' - <<<"$label" | cut -c1-40)$$.log
    if [[ -t 2 ]]; then
        while sleep 1; do
            printf '\r      %s … %d s %s\e[K' "$label" $((SECONDS - started)) \
                "$(${PROGRESS:-:})" >&2
        done &
        ticker=$!
    else
        printf '      %s …' "$label" >&2
    fi
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [[ -n $ticker ]]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
        printf '\r      %s …\e[K' "$label" >&2
    fi
    if ((status == 0)); then
        printf ' done (%d s)\n' $((SECONDS - started)) >&2
        rm -f "$log"
        return
    fi
    printf ' failed\n' >&2
    ! disk_is_full "$log" || die "$label failed: $DISK_FULL"
    tail -n 15 "$log" >&2
    die "$label failed; the whole log is in $log"
}

DISK_FULL="the disk that holds $CACHE is full, make room and run this again"

# Whether what failed, with its output in FILE, failed for want of room.
disk_is_full() {
    grep -qi 'no space left on device' "$1" ||
        (($(df -Pk "$CACHE" | awk 'NR == 2 {print $4}') < 10240))
}

# with_lock NAME COMMAND…: one at a time on this machine.
with_lock() {
    local file=$CACHE/locks/$1 fd
    shift
    exec {fd}>>"$file"
    if ! flock -n "$fd"; then
        say "      waiting for another run of these scripts …"
        flock "$fd"
    fi
    "$@"
    exec {fd}>&-
}

close_locks() {
    local fd
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        ((fd < 3 || fd == 255)) || eval "exec $fd>&-"
    done
}

# --- PostgreSQL ---------------------------------------------------------------------

# The programs of the version that made the private cluster, or the newest.
postgres_bin() {
    local dir version='*'
    if [[ -n ${PG_HOME:-} ]]; then
        version=$(as_postgres cat "$PG_HOME/data/PG_VERSION" 2>/dev/null) || version='*'
    fi
    # shellcheck disable=SC2086 # the asterisk is meant
    dir=$(printf '%s\n' /usr/lib/postgresql/$version/bin /usr/pgsql-$version/bin |
        sort -Vr | while read -r dir; do [[ -x $dir/initdb ]] && echo "$dir" && break; done)
    if [[ -z $dir ]] && command -v initdb >/dev/null; then
        dir=$(dirname "$(readlink -f "$(command -v initdb)")")
        [[ $version == '*' || $("$dir/postgres" --version) == *" $version."* ]] || return 1
    fi
    [[ -n $dir ]] && printf '%s\n' "$dir"
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if ((EUID == 0)); then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

start_postgres() {
    local bin log
    pg_isready -q -t 5 && return
    bin=$(postgres_bin) || die "$PG_HOME was made by PostgreSQL $(
        as_postgres cat "$PG_HOME/data/PG_VERSION"
    ), which is not installed any more: install it, or move that folder away to start anew"
    mkdir -p "$PGHOST"
    chmod 700 "$PGHOST"
    ((EUID != 0)) || chown postgres "$PGHOST"
    # The server outlives this command: it must not keep our locks.
    if ! (close_locks && as_postgres "$bin/pg_ctl" -D "$PG_HOME/data" \
        -l "$PG_HOME/server.log" -w -t 60 start >/dev/null 2>&1 </dev/null) &&
        ! pg_isready -q -t 5; then
        log=$(as_postgres tail -n 20 "$PG_HOME/server.log")
        ! disk_is_full /dev/stdin <<<"$log" || die "PostgreSQL does not start: $DISK_FULL"
        die "PostgreSQL does not start: $(grep -E 'FATAL|PANIC' <<<"$log" | tail -n 1)" \
            "(see $PG_HOME/server.log)"
    fi
}

# Points every client at the private server, started where it is down, or checks the
# one that PGHOST names.
connect_postgres() {
    local answer
    unset PGDATABASE PGOPTIONS PGSERVICE
    if [[ -n ${PG_HOME:-} ]]; then
        unset PGPASSWORD PGSSLMODE
        export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=workmanager
        pg_isready -q -t 5 || with_lock postgres start_postgres
    fi
    answer=$(PGCONNECT_TIMEOUT=5 psql -XAt -w -d postgres -c \
        "SELECT rolcreatedb OR rolsuper, rolname FROM pg_roles WHERE rolname = current_user" 2>&1) ||
        die "PostgreSQL at $PGHOST does not let us in ($(sed '1s/.*failed: //;q' <<<"$answer"))"
    case $answer in
    *'|postgres') die "Odoo refuses to work as the role postgres: name another in PGUSER" ;;
    f*) die "the role ${answer#*|} may not create databases: ALTER ROLE ${answer#*|} CREATEDB" ;;
    esac
}

sql() { psql -XAtq -w -v ON_ERROR_STOP=1 "$@"; }

database_exists() {
    [[ -n $(sql -d postgres -v name="$1" <<<"SELECT 1 FROM pg_database WHERE datname = :'name'") ]]
}

# databases_like PREFIX
databases_like() {
    sql -d postgres -v prefix="$1" \
        <<<"SELECT datname FROM pg_database WHERE starts_with(datname, :'prefix')"
}

# drop_database NAME…: with their files.
drop_database() {
    local name
    for name; do
        dropdb -w --if-exists --force "$name" 2>/dev/null || dropdb -w --if-exists "$name"
        rm -rf "$DATA/filestore/${name:?}"
    done
}

# copy_database FROM TO [FILESTORE]: Odoo never changes a file of its store, so links do.
copy_database() {
    local filestore=${3:-$DATA/filestore} error
    if ! error=$(createdb -w -T "$1" "$2" 2>&1); then
        ! disk_is_full /dev/stdin <<<"$error" || die "cannot make a database: $DISK_FULL"
        die "cannot make a database: $(head -n 1 <<<"$error")"
    fi
    mkdir -p "$filestore"
    [[ ! -d $DATA/filestore/$1 ]] || cp -al "$DATA/filestore/$1" "$filestore/$2" 2>/dev/null ||
        cp -a "$DATA/filestore/$1" "$filestore/$2"
}

rename_database() {
    sql -d postgres -v old="$1" -v new="$2" <<<'ALTER DATABASE :"old" RENAME TO :"new"'
    rm -rf "$DATA/filestore/${2:?}"
    [[ ! -d $DATA/filestore/$1 ]] || mv "$DATA/filestore/$1" "$DATA/filestore/$2"
}

# --- Odoo ---------------------------------------------------------------------------

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
load_environment() {
    [[ -f $SETUP_STATE ]] || "$SCRIPTS/setup" || exit
    read_state
    if ! parts_are_there; then
        rm -f "$SETUP_STATE"
        "$SCRIPTS/setup" || exit
        read_state
    fi
    touch -c "$VENV/.complete"
    export PATH=$VENV/bin:$PATH PYTHONPATH=$ODOO_HOME PYTHONUNBUFFERED=1
    unset PYTHONHOME
    connect_postgres
    ODOO_RC=$CACHE/odoo-$(digest <<<"$ROOT $PGHOST ${PGUSER:-}").conf
    write_conf "$ODOO_RC" "$DATA"
    export ODOO_RC WORKMANAGER_ENVIRONMENT="$ROOT $SETUP_KEY"
}

read_state() {
    # shellcheck disable=SC1090 # written by scripts/setup
    . "$SETUP_STATE"
}

parts_are_there() {
    "$VENV/bin/python" -c '' 2>/dev/null && [[ -x $VENV/bin/odoo ]] &&
        [[ -f $ODOO_HOME/odoo/release.py ]] &&
        { [[ -z $PG_HOME ]] || as_postgres test -f "$PG_HOME/data/PG_VERSION"; } &&
        command -v wkhtmltopdf pdftotext psql >/dev/null && find_chromium >/dev/null
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

# --- Template databases -------------------------------------------------------------

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
    [[ -z $2 ]] || copy_database "$2" "$new"
    run "template database: $3" install_modules "$new" "$4" "$log"
    run "template database: assets of the web client" generate_assets "$new"
    mkdir -p "$DATA/filestore/$new"
    rename_database "$new" "$1"
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
