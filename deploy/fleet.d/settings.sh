# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # one part's settings are used in others
# Settings, messages and checks that every command of deploy/fleet begins with.

fleet_dir=${PATCHFLOW_FLEET_DIR:-/var/lib/patchflow-fleet}
fleet_cache=${PATCHFLOW_FLEET_CACHE:-/var/cache/patchflow-fleet}
fleet_network=
fleet_packages=
fleet_disk_mb=
fleet_debian_security=no
fleet_port=2222
repository_port=2280
all_packages=(pf-demo pf-fails pf-hangs pf-floods pf-reboot pf-breaks pf-slow)

say() {
    printf 'fleet: %s\n' "$*" >&2
}

fail() {
    printf 'fleet: %s\n' "$*" >&2
    exit 1
}

usage_error() {
    printf 'fleet: %s\n' "$*" >&2
    exit 2
}

set_option() {
    case $1 in
    --dir) fleet_dir=$2 ;;
    --cache) fleet_cache=$2 ;;
    --network) fleet_network=$2 ;;
    --packages) fleet_packages=$2 ;;
    --disk-mb) fleet_disk_mb=$2 ;;
    esac
}

# Fills in defaults. Paths go into mount options and socket addresses, hence the narrow alphabet
# and the limit.
check_settings() {
    local path
    for path in "$fleet_dir" "$fleet_cache"; do
        if ! [[ $path =~ ^/[A-Za-z0-9/._-]{1,70}$ ]]; then
            usage_error "'$path' must be an absolute path of at most 70 of A-Z a-z 0-9 / . _ -"
        fi
    done
    if [ -z "$fleet_network" ] && [ -r "$fleet_dir/network" ]; then
        fleet_network=$(cat "$fleet_dir/network")
    fi
    fleet_network=${fleet_network:-127.0.0}
    [[ $fleet_network =~ ^127\.[0-9]{1,3}\.[0-9]{1,3}$ ]] ||
        usage_error "--network '$fleet_network' must be three numbers such as 127.0.7"
    fleet_packages=${fleet_packages:-$(
        IFS=,
        echo "${all_packages[*]}"
    )}
    if [ -z "$fleet_disk_mb" ]; then
        if [ "$fleet_debian_security" = yes ]; then fleet_disk_mb=1536; else fleet_disk_mb=512; fi
    fi
    [[ $fleet_disk_mb =~ ^[1-9][0-9]{1,5}$ ]] ||
        usage_error "--disk-mb '$fleet_disk_mb' must be a number of megabytes"
    # Every process of a fleet carries this, so that down finds them all, whatever was killed.
    fleet_mark="PATCHFLOW_FLEET_OF=$fleet_dir"
}

check_packages() {
    local package
    for package in ${fleet_packages//,/ }; do
        is_fleet_package "$package" ||
            usage_error "--packages: '$package' is none of ${all_packages[*]}"
    done
}

is_fleet_package() {
    local package
    for package in "${all_packages[@]}"; do
        [ "$package" != "$1" ] || return 0
    done
    return 1
}

require_debian_root() {
    if [ ! -e /etc/debian_version ] || ! grep -q '^ID=debian' /etc/os-release; then
        usage_error "real hosts need a Debian machine; this is not one"
    fi
    [ "$(id -u)" = 0 ] || usage_error "real hosts need root (mounts and namespaces): run it as root"
}

# Runs one command at a time on a fleet. Children must not inherit the lock: see 9>&-.
with_lock() {
    mkdir -p "$fleet_dir"
    exec 9>"$fleet_dir.lock"
    flock -w 300 9 || fail "another deploy/fleet has held $fleet_dir.lock for five minutes"
    "$@"
}

install_requirements() {
    local missing=() pair started=$SECONDS
    for pair in mmdebstrap:mmdebstrap apt-ftparchive:apt-utils gpg:gpg gpg-agent:gpg-agent \
        ssh:openssh-client ssh-keygen:openssh-client nsenter:util-linux setpriv:util-linux \
        python3:python3 unshare:util-linux; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]} (about 20 s)"
    apt-get update -qq >/dev/null || fail "apt-get update failed: a Debian mirror is needed once"
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        "${missing[@]}" >/dev/null || fail "could not install ${missing[*]}"
    say "installed in $((SECONDS - started)) s"
}

address_of() {
    echo "$fleet_network.$((10 + $1))"
}

# host-3 → 3, if there is such a host.
number_of() {
    local number=${1#host-}
    if ! [[ $1 =~ ^host-[1-9][0-9]?$ ]] || [ ! -d "$fleet_dir/hosts/$number" ]; then
        fail "there is no host '$1' in $fleet_dir; deploy/fleet status lists them"
    fi
    echo "$number"
}
