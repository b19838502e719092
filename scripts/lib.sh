# shellcheck shell=bash
# What the commands in this folder share: where things are and what they say. How they
# run, stop, and reach Odoo and PostgreSQL is in lib/.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
SCRIPTS=$ROOT/scripts

# A terminal that was closed takes no words any more: that is no reason to fail.
say() { printf '%s\n' "$*" >&2 || true; }

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

((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] > 3))) ||
    die "these scripts want bash 4.4 or newer"
command -v flock sha256sum >/dev/null ||
    die "install these first: flock (util-linux), sha256sum (coreutils)"

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
"$ROOT "*) SETUP_KEY=${WORKMANAGER_ENVIRONMENT##* } CALLED=1 ;;
*)
    SETUP_KEY=$(
        {
            cat "$ROOT/requirements.txt" "$SCRIPTS/setup" "$SCRIPTS"/lib.sh "$SCRIPTS"/lib/*.sh
            printf '%s\n' "$EUID" "${WORKMANAGER_ODOO:-}" "${WORKMANAGER_PYTHON:-}" \
                "${PGHOST:-}" "${PGPORT:-}" "${PGUSER:-}"
        } | digest
    )
    CALLED=
    ;;
esac
SETUP_STATE=$CACHE/setup-$SETUP_KEY

# shellcheck source=scripts/lib/run.sh
. "$SCRIPTS/lib/run.sh"
# shellcheck source=scripts/lib/postgres.sh
. "$SCRIPTS/lib/postgres.sh"
# shellcheck source=scripts/lib/environment.sh
. "$SCRIPTS/lib/environment.sh"
# shellcheck source=scripts/lib/templates.sh
. "$SCRIPTS/lib/templates.sh"
stop_on_signals
