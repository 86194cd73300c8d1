# shellcheck shell=bash
# shellcheck disable=SC2154  # the settings come from settings.sh and deploy/fleet
# Hosts: an overlay on a disk of limited size, with mount, process and host-name namespaces, and
# an sshd. A supervisor per host holds the mounts in a namespace of its own and starts the host
# again when it ends, so that killing the supervisor leaves nothing behind.

# Is what lies in the directory a whole fleet with the same settings?
same_settings() {
    [ -e "$fleet_dir/complete" ] && [ "$(cat "$fleet_dir/settings")" = "$(settings_text "$1")" ]
}

settings_text() {
    printf 'fleet_count=%q\nfleet_network=%q\nfleet_packages=%q\n' \
        "$1" "$fleet_network" "$fleet_packages"
    printf 'fleet_disk_mb=%q\nfleet_debian_security=%q\nfleet_base=%q\n' \
        "$fleet_disk_mb" "$fleet_debian_security" "$(base_path)"
}

make_state() {
    local count=$1 number
    mkdir -p "$fleet_dir/www" "$fleet_dir/hosts"
    chmod 755 "$fleet_dir"
    echo "$fleet_network" >"$fleet_dir/network"
    cat /proc/sys/kernel/random/uuid >"$fleet_dir/www/fleet-id"
    ssh-keygen -q -t ed25519 -N '' -C patchflow-fleet -f "$fleet_dir/client-key"
    make_repository
    for ((number = 1; number <= count; number++)); do
        mkdir -p "$fleet_dir/hosts/$number"
        ssh-keygen -q -t ed25519 -N '' -C "host-$number" -f "$fleet_dir/hosts/$number/host-key"
        ln -s ../repository "$fleet_dir/www/host-$number"
        printf 'host-%d,[%s]:%d %s\n' "$number" "$(address_of "$number")" "$fleet_port" \
            "$(cut -d' ' -f1,2 "$fleet_dir/hosts/$number/host-key.pub")"
    done >"$fleet_dir/known_hosts"
    settings_text "$count" >"$fleet_dir/settings"
}

start_hosts() {
    local count=$1 number
    for ((number = 1; number <= count; number++)); do
        if ! supervisor_lives "$number"; then
            echo on >"$fleet_dir/hosts/$number/power"
            env "$fleet_mark" setsid unshare --mount --propagation private \
                "$fleet_program" --dir "$fleet_dir" --cache "$fleet_cache" _supervise "$number" \
                </dev/null >"$fleet_dir/hosts/$number/log" 2>&1 9>&- &
        fi
    done
    for ((number = 1; number <= count; number++)); do
        if [ "$(cat "$fleet_dir/hosts/$number/power")" = on ]; then wait_for_ssh "$number"; fi
    done
}

supervisor_lives() {
    local pid
    pid=$(cat "$fleet_dir/hosts/$1/supervisor.pid" 2>/dev/null) || return 1
    is_marked "$pid"
}

is_marked() {
    grep -qzxF "$fleet_mark" "/proc/$1/environ" 2>/dev/null
}

wait_for_ssh() {
    for _ in {1..150}; do
        if ssh_answers "$1"; then return; fi
        sleep 0.1
    done
    fail "host-$1 does not answer on ssh after 15 s: see $fleet_dir/hosts/$1/log"
}

ssh_answers() {
    local banner=
    exec 8<>"/dev/tcp/$(address_of "$1")/$fleet_port" || return 1
    read -r -t 2 banner <&8 || true
    exec 8>&-
    [[ $banner == SSH-* ]]
} 2>/dev/null

# In a mount namespace of its own, for as long as the host exists.
supervise() {
    local number=$1 host=$fleet_dir/hosts/$1
    # shellcheck source=/dev/null
    . "$fleet_dir/settings"
    echo $$ >"$host/supervisor.pid"
    mkdir -p "$host/disk" "$host/root"
    mount -t tmpfs -o "size=${fleet_disk_mb}m,mode=755" fleet-host "$host/disk"
    mkdir "$host/disk/upper" "$host/disk/work"
    mount -t overlay fleet-host -o "lowerdir=$fleet_dir/layer:$(base_path)" \
        -o "upperdir=$host/disk/upper,workdir=$host/disk/work" "$host/root"
    echo "host-$number" >"$host/root/etc/hostname"
    printf '127.0.0.1 localhost\n%s host-%d\n' "$(address_of "$number")" "$number" \
        >"$host/root/etc/hosts"
    address_of "$number" >"$host/root/etc/fleet-address"
    install -m 600 "$host/host-key" "$host/root/etc/ssh/fleet_host_key"
    printf 'deb [signed-by=/etc/apt/keyrings/patchflow-fleet.gpg] http://%s:%d/host-%d %s main\n' \
        "$fleet_network.10" "$repository_port" "$number" stable-security \
        >"$host/root/etc/apt/sources.list.d/fleet.list"
    while :; do
        if [ "$(cat "$host/power")" = on ]; then
            cat /proc/sys/kernel/random/uuid >"$host/boot-id"
            env "$fleet_mark" setpriv --pdeathsig KILL unshare --mount --pid --uts --fork \
                --kill-child=KILL "$fleet_program" --dir "$fleet_dir" --cache "$fleet_cache" \
                _boot "$number" || true
            rm -f "$host/init.pid"
        fi
        sleep 0.1
    done
}

# Becomes process 1 of the host.
boot() {
    local number=$1 host=$fleet_dir/hosts/$1 pid
    # This /proc is still the outer one, so it tells the number by which the outside knows us.
    read -r pid _ </proc/self/stat
    mount -t proc proc "$host/root/proc"
    mount -t tmpfs -o mode=755,size=64m run "$host/root/run"
    mount --bind "$host/boot-id" "$host/root/proc/sys/kernel/random/boot_id"
    mkdir -p "$host/root/dev/pts" "$host/root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$host/root/dev/pts"
    mount -t tmpfs -o mode=1777,size=16m shm "$host/root/dev/shm"
    hostname "host-$number"
    echo "$pid" >"$host/init.pid.new"
    mv "$host/init.pid.new" "$host/init.pid"
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$host/root" /usr/sbin/fleet-init
}

# Ends every process that carries the fleet's mark: mounts go with the namespaces.
end_fleet() {
    local pid environment
    for _ in {1..50}; do
        local found=no
        for environment in /proc/[0-9]*/environ; do
            pid=${environment#/proc/}
            pid=${pid%/environ}
            if [ "$pid" != $$ ] && is_marked "$pid"; then
                found=yes
                kill -KILL "$pid" 2>/dev/null || true
            fi
        done
        [ "$found" = yes ] || break
        sleep 0.1
    done
    if [ -d "$fleet_dir/gnupg" ]; then
        GNUPGHOME=$fleet_dir/gnupg gpgconf --kill all 2>/dev/null || true
    fi
    # Never across a mount that should not be here.
    rm -rf --one-file-system "$fleet_dir"
    rm -f "$fleet_dir.lock"
}

print_inventory() {
    local number
    [ -e "$fleet_dir/complete" ] || fail "there is no fleet in $fleet_dir: deploy/fleet up N first"
    # shellcheck source=/dev/null
    . "$fleet_dir/settings"
    local sites=(north south) criticalities=(medium high low) exposures=(internal controlled)
    for ((number = 1; number <= fleet_count; number++)); do
        if [ "$number" = 1 ]; then
            echo '[lab]'
        elif [ "$number" = 2 ]; then
            printf '\n[production]\n'
        fi
        printf 'host-%d ansible_host=%s ansible_port=%d ansible_user=root' \
            "$number" "$(address_of "$number")" "$fleet_port"
        printf ' environment=%s site=%s criticality=%s exposure=%s\n' \
            "$([ "$number" = 1 ] && echo lab || echo production)" \
            "${sites[number % 2]}" "${criticalities[number % 3]}" "${exposures[number % 2]}"
    done
}

print_status() {
    local number state
    [ -e "$fleet_dir/complete" ] || fail "there is no fleet in $fleet_dir: deploy/fleet up N first"
    # shellcheck source=/dev/null
    . "$fleet_dir/settings"
    for ((number = 1; number <= fleet_count; number++)); do
        state=down
        if ssh_answers "$number"; then state=up; fi
        printf 'host-%d\t%s:%d\t%s\t%s\n' "$number" "$(address_of "$number")" "$fleet_port" \
            "$state" "$(cat "$fleet_dir/hosts/$number/boot-id" 2>/dev/null || echo -)"
    done
}
