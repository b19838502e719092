# shellcheck shell=bash
# The environment of Python's packages.

# Where it is; it depends on what it is made of.
name_environment() {
    VENV=$CACHE/venv-$({
        cat "$ROOT/requirements.txt"
        echo "$PYTHON"
        [[ -z $PYTHON ]] || "$PYTHON" -V
    } | digest)
    VENV_IS_THERE=''
    [[ ! -f $VENV/.complete ]] || ! "$VENV/bin/python" -c '' 2>/dev/null || VENV_IS_THERE=1
}

setup_python() {
    step "Python: $("$PYTHON" -V), $VENV"
    [[ -z $VENV_IS_THERE ]] || return 0
    UNFINISHED_FOLDER=$VENV
    rm -rf "$VENV"
    run "making the environment" "$PYTHON" -m venv "$VENV"
    # Without a network pip would try each package for minutes, and then say that it has
    # no such version.
    ONLINE=1 run "asking for Python's packages" pip_install --retries 0 --timeout 10 --no-deps \
        "$(grep -m 1 '^asn1crypto' "$ROOT/requirements.txt")"
    PROGRESS=packages_so_far ONLINE=1 run "installing requirements.txt" pip_install \
        -r "$ROOT/requirements.txt" -c "$ROOT/constraints.txt"
    touch "$VENV/.complete"
    UNFINISHED_FOLDER=''
}

# What is downloaded stays in a cache of ours, for the next environment.
pip_install() {
    PIP_CACHE_DIR=${PIP_CACHE_DIR:-$CACHE/pip} "$VENV/bin/python" -m pip install --no-input \
        --disable-pip-version-check "$@"
}

packages_so_far() {
    printf '(%d packages)' "$(find "$VENV/lib" -maxdepth 4 -name '*.dist-info' 2>/dev/null | wc -l)"
}

# Environments of requirements that nobody has used for a month.
drop_old_environments() {
    local marker
    while read -r marker; do
        rm -rf "$(dirname "$marker")"
    done < <(find "$CACHE" -maxdepth 2 -path "$CACHE/venv-*/.complete" -mtime +30)
}
