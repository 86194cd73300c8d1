# shellcheck shell=bash
# Sourced by deploy/run and deploy/test: what this machine must have, and how it gets it.
# Needs deploy/lib/report.sh.

swift_minimum=6.2

# Debian packages: for the build, for a private PostgreSQL, for the fleet of real hosts and for
# the scripts themselves; spin and gcc search the model of the dispatch.
debian_needs=(
    libpq-dev zlib1g-dev pkg-config git ca-certificates
    openssh-client openssh-server mmdebstrap dpkg-dev apt-utils gpg gpgv iproute2 util-linux
    curl python3 python3-cryptography python3-venv tzdata tmux
    spin gcc
)

# From PyPI.
python_oracles=(cvss==3.6 packaging==26.4 univers==32.0.1)

require_debian() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null && return
    refuse "this machine is not Debian or one of its relatives; install what these packages" \
        "hold and set PATCHFLOW_SKIP_NEEDS=1: ${debian_needs[*]} postgresql"
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_postgresql_server() {
    local programs
    for programs in /usr/lib/postgresql/*/bin; do
        if [ -x "$programs/postgres" ] && [ -x "$programs/initdb" ]; then return 0; fi
    done
    return 1
}

# The server of this release of Debian: postgresql-15, postgresql-17, ...
postgresql_package() {
    apt-cache depends --important postgresql 2>/dev/null |
        sed -n 's/^ *Depends: \(postgresql-[0-9][0-9]*\)$/\1/p' | head -n 1
}

# Prints the names of the packages that are missing, one a line.
missing_packages() {
    local name
    for name in "${debian_needs[@]}"; do
        [ "$name" = pkg-config ] && is_installed pkgconf && continue
        is_installed "$name" || echo "$name"
    done
    has_postgresql_server || echo postgresql
}

# Installs what is missing, with one apt-get. Nothing that it brings is started: patchflow starts a
# PostgreSQL of its own, and nobody asked this machine for an ssh server.
install_needs() {
    [ -z "${PATCHFLOW_SKIP_NEEDS:-}" ] || return 0
    require_debian
    local missing log=$1
    mapfile -t missing < <(missing_packages)
    if [ ${#missing[@]} -eq 0 ]; then
        say "all Debian packages are there"
        return
    fi
    if [ "$(id -u)" -ne 0 ]; then
        local server
        server=$(postgresql_package)
        refuse "Debian packages are missing, and only root may install them:
  sudo apt-get install --no-install-recommends ${missing[*]/%postgresql/${server:-postgresql}}"
    fi
    if ! apt-cache show "${missing[@]}" >/dev/null 2>&1; then
        timed "apt-get update" "$log" apt-get update || exit 1
    fi
    missing=("${missing[@]/%postgresql/$(postgresql_package)}")
    if ! timed "apt-get install ${missing[*]}" "$log" install_quietly "${missing[@]}"; then
        timed "apt-get update, since the lists may be old" "$log" apt-get update || exit 1
        timed "apt-get install, once more" "$log" install_quietly "${missing[@]}" || exit 1
    fi
}

install_quietly() (
    set -e
    if ! has_postgresql_server && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install --yes \
        --no-install-recommends -o Dpkg::Options::=--force-confold \
        -o DPkg::Lock::Timeout=120 "$@"
    case " $* " in
    *" openssh-server "*)
        if command -v systemctl >/dev/null; then systemctl disable ssh.service || true; fi
        ;;
    esac
)

# The libraries of others that the tests compare arithmetic with, in a Python environment of their
# own. Without a network those tests are left out, and say so.
install_oracles() {
    local log=$1 environment
    environment=$(data_directory)/oracles
    export PATCHFLOW_TEST_PYTHON=$environment/bin/python
    if "$PATCHFLOW_TEST_PYTHON" -c 'import cvss, packaging, univers' 2>/dev/null; then return; fi
    if ! timed "a Python environment with ${python_oracles[*]}" "$log" \
        make_oracles "$environment"; then
        say "left out: comparisons with ${python_oracles[*]}, which could not be installed"
    fi
}

make_oracles() {
    rm -rf "$1"
    /usr/bin/python3 -m venv "$1" && "$1/bin/pip" install --quiet "${python_oracles[@]}"
}

# Refuses to go on without a Swift that is new enough.
require_swift() {
    local version=""
    if command -v swift >/dev/null; then
        version=$(swift --version 2>/dev/null |
            sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    fi
    if [ -n "$version" ] && [ "$(printf '%s\n' "$swift_minimum" "$version" | sort -V | head -n 1)" \
        = "$swift_minimum" ]; then
        say "Swift $version"
        return
    fi
    local packaged
    packaged=$(apt-cache policy swiftlang 2>/dev/null | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
    local found="no swift is on PATH"
    [ -z "$version" ] || found="swift is version $version"
    refuse "patchflow needs Swift $swift_minimum or newer, and $found. Ways to get it:
  1. swiftly, the toolchain installer:  https://www.swift.org/install/linux/swiftly
  2. a toolchain for your Debian:       https://www.swift.org/install/linux
     (unpack it and put its usr/bin on PATH)
  3. Debian's own package, where it is new enough:  apt-get install swiftlang
     (this machine's package lists offer: ${packaged:-none})"
}
