# shellcheck shell=bash
# Debian packages that are unpacked in the cache, whatever suite the machine has: an apt
# of our own fetches them. The machine's sources, lists and packages are never touched.

# find_debian: the site that the machine's own apt asks most, and Debian's keys.
find_debian() {
    local keyring
    command -v apt-get dpkg-deb >/dev/null || return
    # shellcheck disable=SC2016 # apt's own variable
    DEBIAN_SITE=$(apt-get indextargets --format '$(SITE)' | sort | uniq -c | sort -rn |
        awk 'NR == 1 {print $2}')
    for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        [[ ! -r $keyring ]] || DEBIAN_KEYRING=$keyring
    done
    [[ -n $DEBIAN_SITE && -n ${DEBIAN_KEYRING:-} ]]
}

# Before anything is done: what cannot be fetched here must be there.
require_sources() {
    if has_odoo && has_wkhtmltopdf || find_debian; then
        return
    fi
    has_odoo || die "Odoo 19 is fetched as a Debian package, and this machine's apt does not" \
        "know Debian: name an Odoo 19 of yours in WORKMANAGER_ODOO"
    die "wkhtmltopdf is fetched as a Debian package, and this machine's apt does not know" \
        "Debian: install wkhtmltopdf first"
}

# private_apt FOLDER SUITE…: its configuration, for APT_CONFIG. It knows of no package
# that is installed.
private_apt() {
    local apt=$1
    shift
    find_debian
    mkdir -p "$apt"/{lists,archives}/partial
    : >"$apt/status"
    # As root, apt downloads as another user, who cannot enter every folder.
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Immediate-Configure "false";
Debug::NoLocking "true";
CONF
    printf "deb [signed-by=$DEBIAN_KEYRING] $DEBIAN_SITE %s main\n" "$@" >"$apt/sources.list"
}

# apt-get update succeeds on lists that it could not fetch, and tries for minutes where
# nothing answers.
apt_get_update() {
    apt-get update -o APT::Update::Error-Mode=any -o Acquire::Retries=1 \
        -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10
}

# check_packages FOLDER: against the sums of apt's signed lists.
check_packages() {
    local file sum sums names=()
    for file in "$1"/*.deb; do
        # shellcheck disable=SC2016 # dpkg's own variables
        names+=("$(dpkg-deb --showformat='${Package}=${Version}' -W "$file")")
    done
    sums=$(apt-cache show "${names[@]}" | awk '/^SHA256:/ {print $2}')
    for file in "$1"/*.deb; do
        sum=$(sha256sum "$file")
        grep -qx "${sum%% *}" <<<"$sums" || {
            echo "$file is not what the list promises"
            return 1
        }
    done
}

# unpack_packages FOLDER INTO
unpack_packages() {
    local file
    rm -rf "$2"
    mkdir -p "$2"
    for file in "$1"/*.deb; do
        dpkg-deb -x "$file" "$2" || return
    done
}
