# shellcheck shell=bash
# How the private PostgreSQL server is made.

setup_postgres() {
    PG_HOME='' PG_SOCKET=''
    if [[ -n ${PGHOST:-} ]]; then
        step "PostgreSQL: yours, at $PGHOST"
    else
        choose_cluster
        step "PostgreSQL: a server of our own in $PG_HOME"
        if [[ ! -f $PG_HOME/data/PG_VERSION ]]; then
            UNFINISHED_FOLDER=$PG_HOME/new
            run "making the cluster" make_cluster
            UNFINISHED_FOLDER=''
        fi
    fi
    connect_postgres
}

# Root's may be in one of two places.
has_cluster() {
    [[ -f $CACHE/postgres/data/PG_VERSION || -f $(other_cluster)/data/PG_VERSION ]]
}

other_cluster() { echo "/var/lib/workmanager/pg-$(digest <<<"$CACHE")"; }

# As root the server runs as postgres, who must be able to enter the folder.
choose_cluster() {
    PG_HOME=$CACHE/postgres
    mkdir -p "$PG_HOME"
    if ((EUID == 0)); then
        chown postgres "$PG_HOME"
        if ! as_postgres test -w "$PG_HOME"; then
            rmdir "$PG_HOME"
            PG_HOME=$(other_cluster)
            mkdir -p "$PG_HOME"
            chown postgres "$PG_HOME"
        fi
    fi
    chmod 700 "$PG_HOME"
    # The path of a socket is 107 characters at most.
    PG_SOCKET=$PG_HOME/socket
    if ((${#PG_SOCKET} > 90)); then
        PG_SOCKET=/tmp/workmanager-$EUID-$(digest <<<"$CACHE")
    fi
}

make_cluster() {
    local bin new=$PG_HOME/new user=postgres
    ((EUID == 0)) || user=$(id -un)
    bin=$(postgres_bin)
    as_postgres rm -rf "$new"
    as_postgres "$bin/initdb" -D "$new" -U "$user" --auth=trust --encoding=UTF8 \
        --lc-collate=C --lc-ctype=C.UTF-8 --locale=C.UTF-8 || return
    as_postgres tee -a "$new/postgresql.conf" >/dev/null <<CONF || return
listen_addresses = ''
unix_socket_directories = '$PG_SOCKET'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 512MB
synchronous_commit = off
CONF
    # Odoo itself may not mark unaccent as immutable, unless it owns the function.
    as_postgres "$bin/postgres" --single -D "$new" template1 <<'SQL' || return
CREATE ROLE workmanager LOGIN CREATEDB;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
ALTER FUNCTION unaccent(text) OWNER TO workmanager;
SQL
    as_postgres mv "$new" "$PG_HOME/data"
}
