# shellcheck shell=bash
# How the commands run what takes long: with its log, one at a time, and so that a stop
# at any moment leaves nothing running and nothing half made.

# The process group that is at work, and the clock that shows how long.
CHILD='' TICKER=''
# What is being made and is not whole yet.
UNFINISHED_FOLDER='' UNFINISHED_DATABASE=''
# Set while what is at work must come to its end.
UNCUT=''

# --- Stopping -----------------------------------------------------------------------

# In a shell that was told to ignore one of them (nohup), it stays ignored.
stop_on_signals() {
    trap 'stop 130' INT
    trap 'stop 143' TERM HUP
}

# shellcheck disable=SC2317 # called by the traps
stop() {
    trap '' INT TERM HUP
    set +e
    [[ -z $TICKER ]] || end_ticker
    [[ ! -t 2 ]] || say
    end_child
    if [[ -n $UNFINISHED_FOLDER ]]; then
        rm -rf "$UNFINISHED_FOLDER"
    fi
    if [[ -n $UNFINISHED_DATABASE ]]; then
        drop_database "$UNFINISHED_DATABASE" 2>/dev/null
    fi
    # Of two scripts that are stopped together the outer one speaks.
    [[ -n $CALLED ]] || say "${0##*/}: stopped. Start it again, it goes on from here."
    exit "$1"
}

# start COMMAND…: in a process group of its own. A signal of the terminal's reaches only
# this script, which ends the group as a whole.
start() {
    set -m
    "$@" &
    CHILD=$!
    set +m
}

# Waits for what was started, and returns its status.
finish() {
    local status=0
    wait "$CHILD" || status=$?
    CHILD=''
    return "$status"
}

end_child() {
    local tries
    [[ -n $CHILD ]] || return
    if [[ -n $UNCUT ]]; then
        say "      $UNCUT: it stops when that is done …"
        wait "$CHILD" 2>/dev/null
        return
    fi
    for ((tries = 0; tries < 100; tries++)); do
        # Odoo leaves at once at the second signal.
        ((tries % 15)) || signal_child TERM
        signal_child 0 || break
        sleep 0.2
    done
    signal_child KILL
    # The shell says of it that it was terminated.
    wait "$CHILD" 2>/dev/null
}

signal_child() {
    kill "-$1" -- "-$CHILD" 2>/dev/null && return
    # What sudo started is root's.
    ((EUID != 0)) && command -v sudo >/dev/null &&
        sudo -n kill "-$1" -- "-$CHILD" 2>/dev/null
}

# --- Running ------------------------------------------------------------------------

# run LABEL COMMAND…: the command's output goes to a log, whose end is shown when the
# command fails. PROGRESS may name a function that says how far it is; ONLINE is set for
# what needs the network.
run() {
    local label=$1 started=$SECONDS status=0 log
    shift
    log=$CACHE/log/$(tr -cs '[:alnum:]\n' - <<<"$label" | cut -c1-40)$$.log
    if [[ -t 2 ]]; then
        set -m
        tick "$label" &
        TICKER=$!
        set +m
    else
        printf '      %s …' "$label" >&2
    fi
    start logged "$log" "$@"
    finish || status=$?
    if [[ -n $TICKER ]]; then
        end_ticker
        printf '\r      %s …\e[K' "$label" >&2
    fi
    if ((status == 0)); then
        printf ' done (%d s)\n' $((SECONDS - started)) >&2
        rm -f "$log"
        return
    fi
    printf ' failed\n' >&2
    [[ -z ${ONLINE:-} ]] || ! has_no_network "$log" || die "$label failed: $NO_NETWORK" \
        "($(grep -m 1 -E "$NETWORK_WORDS" "$log" | sed 's/^ *//' | cut -c1-200))"
    ! disk_is_full "$log" || die "$label failed: $DISK_FULL"
    tail -n 15 "$log" >&2
    die "$label failed; the whole log is in $log"
}

logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null
}

tick() {
    local started=$SECONDS
    while sleep 1; do
        printf '\r      %s … %d s %s\e[K' "$1" $((SECONDS - started)) "$(${PROGRESS:-:})"
    done >&2 2>/dev/null
}

end_ticker() {
    kill -- "-$TICKER" 2>/dev/null || true
    wait "$TICKER" 2>/dev/null || true
    TICKER=''
}

DISK_FULL="the disk that holds $CACHE is full, make room and run this again"
NO_NETWORK="there is no network, or what it needs cannot be reached; run this again when it is there"
# Those of apt, pip and npm.
NETWORK_WORDS='[Tt]emporary failure|Could not resolve|Name or service not known|[Nn]etwork is unreachable'
NETWORK_WORDS+='|No route to host|[Cc]ould not connect|[Cc]onnection timed out|Connection refused'
NETWORK_WORDS+='|Failed to establish a new connection|ConnectTimeout|ENOTFOUND|EAI_AGAIN|ETIMEDOUT'

has_no_network() { grep -qE "$NETWORK_WORDS" "$1"; }

# Whether what failed, with its output in FILE, failed for want of room.
disk_is_full() {
    grep -qi 'no space left on device' "$1" ||
        (($(df -Pk "$CACHE" | awk 'NR == 2 {print $4}') < 10240))
}

# --- One at a time ------------------------------------------------------------------

# with_lock NAME COMMAND…: one at a time on this machine.
with_lock() {
    local file=$CACHE/locks/$1 fd
    shift
    exec {fd}>>"$file"
    if ! flock -n "$fd"; then
        say "      waiting for another run of these scripts …"
        start flock "$fd"
        finish
    fi
    "$@"
    exec {fd}>&-
}

# For what outlives this command: it must not keep our locks.
close_locks() {
    local fd
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        ((fd < 3 || fd == 255)) || eval "exec $fd>&-"
    done
}
