# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by deploy/run: the demonstration fleet of one lab host and six production hosts. Needs
# deploy/lib/report.sh and server.sh, and from deploy/run: run_directory, fleet, debian_security,
# repository.

# Handed to patchflow up.
executor_options=()
fleet_is_up=""

bring_up_fleet() {
    if [ "$fleet" = auto ]; then choose_fleet; fi
    if [ "$fleet" = real ]; then bring_up_real_hosts; else bring_up_simulated_hosts; fi
}

# Real hosts where this machine can have them, else simulated ones, and why.
choose_fleet() {
    local obstacle
    obstacle=$(obstacle_to_real_hosts)
    if [ -z "$obstacle" ]; then
        fleet=real
        return
    fi
    fleet=simulated
    say "no real hosts here: $obstacle"
}

# Why this machine can't have real hosts; nothing when it can. deploy/fleet demands the same.
obstacle_to_real_hosts() {
    if ! grep -qs '^ID=debian' /etc/os-release || [ ! -e /etc/debian_version ]; then
        echo "their base system is made by Debian's tools from Debian's mirror, and this machine" \
            "runs another system"
    elif [ "$(id -u)" -ne 0 ]; then
        echo "mounts and namespaces need root"
    elif ! command -v mmdebstrap >/dev/null; then
        echo "mmdebstrap, which makes their base system, is not installed"
    elif ! unshare --mount --pid --uts --fork true 2>/dev/null; then
        echo "root may not make namespaces here, as in most containers"
    fi
}

bring_up_real_hosts() {
    [ "$(id -u)" -eq 0 ] || refuse "real hosts need root; --fleet simulated does not"
    say "the fleet is REAL: seven Debian hosts on this machine, with sshd and apt of their own"
    local network
    network=$(free_network) || exit 2
    local options=(--dir "$run_directory/fleet" --network "$network")
    [ -z "$debian_security" ] || options+=(--debian-security)
    fleet_is_up=yes
    timed "deploy/fleet up 7 (the first time it makes their base system)" \
        "$run_directory/fleet.log" "$repository/deploy/fleet" up 7 "${options[@]}" || return 1
    "$repository/deploy/fleet" inventory --dir "$run_directory/fleet" \
        >"$run_directory/inventory.ini"
    executor_options=(
        --executor ssh --ssh-key "$run_directory/fleet/client-key"
        --known-hosts "$run_directory/fleet/known_hosts"
    )
}

# A loopback network on which no other fleet lives, so that several can run beside each other. As
# in Tests/Support/TestFleet.swift the number of the process tells two apart that start at a time.
free_network() {
    local number network
    for number in {0..49}; do
        number=$(($$ + number * 509))
        network=127.$((100 + number % 100)).$((number / 100 % 250))
        # Where a fleet's repository and its first host would listen: deploy/fleet.d/settings.sh.
        if port_is_free "$network.10:2280" && port_is_free "$network.11:2222"; then
            echo "$network"
            return
        fi
    done
    refuse "each of 50 loopback networks is taken by another fleet"
}

bring_up_simulated_hosts() {
    [ -z "$debian_security" ] || refuse "--debian-security needs real hosts (root on Debian)"
    say "the fleet is SIMULATED: seven hosts that exist in files of the worker's only;" \
        "nothing is installed anywhere"
    {
        echo "[lab]"
        echo "host-1 ansible_host=192.0.2.1 environment=lab criticality=low"
        echo
        echo "[production]"
        local number
        for number in 2 3 4 5 6 7; do
            echo "host-$number ansible_host=192.0.2.$number environment=production" \
                "criticality=medium"
        done
    } >"$run_directory/inventory.ini"
    # The demonstration shows the way through; hosts that fail are the tests' business.
    executor_options=(--executor simulated --simulated-faults none)
}

take_down_fleet() {
    [ -n "$fleet_is_up" ] || return 0
    fleet_is_up=""
    "$repository/deploy/fleet" down --dir "$run_directory/fleet" \
        >>"$run_directory/fleet.log" 2>&1 || {
        say "deploy/fleet down failed; see $run_directory/fleet.log"
        return 1
    }
    say "the fleet is down"
}
