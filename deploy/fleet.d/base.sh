# shellcheck shell=bash
# shellcheck disable=SC2154  # the settings come from settings.sh and deploy/fleet
# The base system, made once and shared by all fleets, and the layer over it that a fleet's hosts
# have in common: keys, apt sources, the installed packages.

base_format=1

# The machine's own mirror, so that no address is written here: `URI` of the given suite.
mirror_of() {
    # The variables are apt's, not the shell's.
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v suite="$1" '$2 == suite && $3 == "main" { print $1; exit }'
}

# Proxies and retries that this machine's apt needs, as apt configuration lines.
apt_settings() {
    apt-config dump |
        grep -E '^Acquire::(https?|ftp)::.*[Pp]roxy|^Acquire::(Check-|Retries)|^Acquire::https?::Timeout' |
        grep -v '""' || true
    [ -z "${http_proxy:-}" ] || printf 'Acquire::http::Proxy "%s";\n' "$http_proxy"
    [ -z "${https_proxy:-}" ] || printf 'Acquire::https::Proxy "%s";\n' "$https_proxy"
}

base_path() {
    local codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    echo "$fleet_cache/base-$codename-$(dpkg --print-architecture)-$base_format"
}

# Without the security archive, so that real security updates are still to come.
make_base() {
    local base codename mirror started=$SECONDS work
    base=$(base_path)
    [ ! -d "$base" ] || return 0
    mkdir -p "$fleet_cache"
    exec 7>"$fleet_cache/.lock"
    flock 7
    if [ -d "$base" ]; then
        exec 7>&-
        return 0
    fi
    rm -rf --one-file-system "$fleet_cache"/making.*
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(mirror_of "$codename")
    [ -n "$mirror" ] || fail "this machine's apt sources have no '$codename main': add a Debian mirror"
    say "making the base system once, Debian $codename (about half a minute)"
    work=$(mktemp -d "$fleet_cache/making.XXXXXX")
    chmod 755 "$work"
    apt_settings >"$work/apt.conf"
    mmdebstrap --quiet --mode=root --variant=minbase --aptopt="$work/apt.conf" \
        --include=openssh-server,ca-certificates,procps,gpgv,init-system-helpers \
        "$codename" "$work/root" "deb $mirror $codename main" \
        9>&- 7>&- >"$work/log" 2>&1 || {
        tail -n 20 "$work/log" >&2
        fail "the base system could not be made: a Debian mirror is needed once"
    }
    rm -rf "$work/root/etc/apt/sources.list" "$work/root/etc/ssh"/ssh_host_* \
        "$work/root/usr/sbin/policy-rc.d"
    mv "$work/root" "$base"
    rm -rf "$work"
    exec 7>&-
    say "the base system is made, in $((SECONDS - started)) s"
}

make_layer() {
    [ ! -e "$fleet_dir/layer.made" ] || return 0
    rm -rf "$fleet_dir/layer" "$fleet_dir/layer.work"
    mkdir -p "$fleet_dir/layer" "$fleet_dir/layer.work" "$fleet_dir/root"
    # Mounts and the services that packages start vanish with the namespaces.
    env "$fleet_mark" setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL \
        "$fleet_program" --dir "$fleet_dir" --cache "$fleet_cache" _layer 9>&- ||
        fail "the hosts' common layer could not be made: see $fleet_dir/layer.log"
    touch "$fleet_dir/layer.made"
}

# Runs in namespaces of its own: the fleet's changes to the base, written to layer/.
fill_layer() {
    local root=$fleet_dir/root package files=()
    # shellcheck source=/dev/null
    . "$fleet_dir/settings"
    mount -t overlay fleet-layer \
        -o "lowerdir=$(base_path),upperdir=$fleet_dir/layer,workdir=$fleet_dir/layer.work" "$root"
    mount -t proc proc "$root/proc"
    mkdir -p "$root/etc/apt/keyrings" "$root/etc/apt/sources.list.d" "$root/etc/ssh"
    cp "$fleet_dir/repository.gpg" "$root/etc/apt/keyrings/patchflow-fleet.gpg"
    cp "$fleet_dir/client-key.pub" "$root/etc/ssh/authorized_keys"
    install -m 755 "$fleet_parts/host-init" "$root/usr/sbin/fleet-init"
    install -m 755 "$fleet_parts/host-reboot" "$root/usr/sbin/reboot"
    install -m 644 "$fleet_parts/sshd_config" "$root/etc/ssh/sshd_config"
    cp /etc/resolv.conf "$root/etc/resolv.conf" || true
    apt_settings >"$root/etc/apt/apt.conf.d/90fleet"
    printf 'APT::Sandbox::User "root";\nAcquire::Languages "none";\n' \
        >>"$root/etc/apt/apt.conf.d/90fleet"
    for package in ${fleet_packages//,/ }; do
        cp "$fleet_dir/repository/pool/${package}_1.0-1_"*.deb "$root/tmp/"
        files+=("/tmp/${package}_1.0-1_$(architecture_of_package "$package").deb")
    done
    chroot "$root" dpkg --install "${files[@]}" >"$fleet_dir/layer.log" 2>&1
    rm -f "$root"/tmp/*.deb
    if [ "$fleet_debian_security" = yes ]; then add_debian_mirror "$root"; fi
}

add_debian_mirror() {
    local root=$1 codename suite
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    for suite in "$codename" "$codename-security"; do
        [ -n "$(mirror_of "$suite")" ] ||
            fail "--debian-security: this machine's apt sources have no '$suite main'"
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
            "$(mirror_of "$suite")" "$suite"
    done >"$root/etc/apt/sources.list.d/debian.list"
    # Lists in the common layer are downloaded once, and use no host's disk.
    say "downloading the Debian package lists once for all hosts"
    chroot "$root" apt-get update -qq >>"$fleet_dir/layer.log" 2>&1 ||
        say "the Debian mirror could not be read: see $fleet_dir/layer.log"
}
