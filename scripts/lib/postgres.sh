# shellcheck shell=bash
# A PostgreSQL server of our own, or the one that PGHOST names, and its databases.

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
# The server would go on with a copy whose client is gone.
copy_database() {
    local filestore=${3:-$DATA/filestore} log=$CACHE/log/copy$$.log
    start logged "$log" createdb -w -T "$1" "$2"
    if ! UNCUT="a database is being copied" finish; then
        ! disk_is_full "$log" || die "cannot make a database: $DISK_FULL"
        die "cannot make a database: $(head -n 1 "$log")"
    fi
    rm -f "$log"
    mkdir -p "$filestore"
    [[ ! -d $DATA/filestore/$1 ]] || cp -al "$DATA/filestore/$1" "$filestore/$2" 2>/dev/null ||
        cp -a "$DATA/filestore/$1" "$filestore/$2"
}

# The name comes last: what bears it is whole.
rename_database() {
    rm -rf "$DATA/filestore/${2:?}"
    [[ ! -d $DATA/filestore/$1 ]] || mv "$DATA/filestore/$1" "$DATA/filestore/$2"
    sql -d postgres -v old="$1" -v new="$2" <<<'ALTER DATABASE :"old" RENAME TO :"new"'
}
