# shellcheck shell=bash
# What the machine itself must have: which Python, and which of Debian's packages. All
# that is missing is found before any work starts, and named once.

# --- Python -------------------------------------------------------------------------

# A name alone proves nothing: version managers put shims there that do not run.
python_version() {
    "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
}

is_supported() { [[ $1 =~ ^3\.1[0-3]$ ]]; }

# Gives PYTHON and its version; no PYTHON where the machine has none yet.
choose_python() {
    local name version fallback='' others=()
    PYTHON=''
    if [[ -n ${WORKMANAGER_PYTHON:-} ]]; then
        PYTHON_VERSION=$(python_version "$WORKMANAGER_PYTHON") ||
            die "WORKMANAGER_PYTHON=$WORKMANAGER_PYTHON does not run"
        is_supported "$PYTHON_VERSION" ||
            die "WORKMANAGER_PYTHON is Python $PYTHON_VERSION; Odoo 19 wants 3.10 to 3.13"
        PYTHON=$(command -v "$WORKMANAGER_PYTHON")
        return
    fi
    for name in python3.12 python3.11 python3.10 python3 /usr/bin/python3 python3.13; do
        name=$(command -v "$name") || continue
        version=$(python_version "$name") || continue
        if ! is_supported "$version"; then
            others+=("$version")
        elif has_venv "$name"; then
            PYTHON=$name PYTHON_VERSION=$version
            return
        else
            fallback=${fallback:-$name}
        fi
    done
    if [[ -n $fallback ]]; then
        PYTHON=$fallback PYTHON_VERSION=$(python_version "$fallback")
    elif ((${#others[@]})); then
        refuse_python "this machine has Python ${others[0]}"
    else
        PYTHON_VERSION=$(packaged_python)
        is_supported "$PYTHON_VERSION" ||
            refuse_python "this machine has none and its packages offer ${PYTHON_VERSION:-none}"
    fi
}

refuse_python() {
    die "Odoo 19 runs on Python 3.10 to 3.13, and $1:" \
        "install one of those and name it in WORKMANAGER_PYTHON"
}

has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# The version that Debian's python3 would be. A machine that has not read its lists yet
# goes by its release.
packaged_python() {
    local version
    version=$(apt-cache policy python3 2>/dev/null |
        sed -n 's/^ *Candidate: \(3\.[0-9]*\)\..*/\1/p')
    [[ -n $version ]] || case $(. /etc/os-release 2>/dev/null && echo "${ID:-}${VERSION_ID:-}") in
        debian12) version=3.11 ;;
        debian13) version=3.13 ;;
        esac
    echo "$version"
}

# --- Packages -----------------------------------------------------------------------

# For the demo, with NEEDS_BROWSER for the tests, and with NEEDS_NPM for the lint.
missing_packages() {
    [[ -n $PYTHON ]] || echo python3
    [[ -n $PYTHON ]] && has_venv "$PYTHON" || echo "python$PYTHON_VERSION-venv"
    [[ -n ${PGHOST:-} ]] || postgres_bin >/dev/null || echo postgresql
    command -v psql >/dev/null || echo postgresql-client
    has_font DejaVuSans.ttf || echo fonts-dejavu-core
    [[ -n ${VENV_IS_THERE:-} ]] || missing_build_packages
    [[ -z ${NEEDS_BROWSER:-} ]] || missing_browser_packages
    [[ -z ${NEEDS_NPM:-} ]] || command -v npm >/dev/null || echo npm
}

# What pip compiles where it finds nothing compiled: cairo's drawings for Python 3.13,
# the style sheets' compiler on other processors than Intel's.
missing_build_packages() {
    local tools=()
    if [[ $PYTHON_VERSION == 3.13 ]]; then
        tools+=(cc)
        pkg-config --exists cairo 2>/dev/null || printf '%s\n' pkg-config libcairo2-dev
    fi
    [[ $(uname -m) == x86_64 ]] || tools+=(cc c++)
    ((${#tools[@]})) || return 0
    has_headers || echo "python$PYTHON_VERSION-dev"
    [[ " ${tools[*]} " != *' cc '* ]] || command -v cc >/dev/null || printf '%s\n' gcc libc6-dev
    [[ " ${tools[*]} " != *' c++ '* ]] || command -v c++ >/dev/null || echo g++
}

has_headers() {
    [[ -n $PYTHON ]] && "$PYTHON" -c 'import pathlib, sysconfig
assert pathlib.Path(sysconfig.get_path("include"), "Python.h").exists()' 2>/dev/null
}

has_font() {
    [[ -n $(find /usr/share/fonts /usr/local/share/fonts -name "$1" 2>/dev/null) ]]
}

# How they get root's rights, or what a person has to do for want of them: before anything
# is done.
need_root() {
    SUDO=()
    command -v apt-get >/dev/null || die "install these first, as your system has them: $*"
    ((EUID)) || return 0
    SUDO=(sudo)
    if ! may_sudo; then
        say "This machine lacks what only root can install. As root, once:"
        say
        say "    apt-get install --no-install-recommends $*"
        say
        die "start it again when that is done"
    fi
}

may_sudo() {
    command -v sudo >/dev/null || return
    sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }
}

# install_packages NAME…
install_packages() {
    ONLINE=1 run "reading the lists of packages" "${SUDO[@]}" bash -c \
        "$(declare -f apt_get_update); apt_get_update"
    ONLINE=1 run "downloading them" "${SUDO[@]}" apt-get install --download-only --yes \
        --no-install-recommends "$@"
    # Half an installation would be left to the person to repair.
    UNCUT="packages are being installed" run "installing them" without_locks \
        "${SUDO[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "$@"
    printf '%s\n' "$@" >>"$CACHE/packages"
}

# A server that a package starts must not keep our locks.
without_locks() {
    close_locks
    "$@"
}
