# shellcheck shell=bash
# shellcheck disable=SC2154  # the settings come from settings.sh and deploy/fleet
# What can go wrong with a host, on demand; and ways to look at it past ssh.

exec_on_host() {
    [ $# -ge 2 ] || usage_error "exec needs a host and a command"
    local number
    number=$(number_of "$1")
    shift
    [ "${1:-}" != -- ] || shift
    in_host "$number" "$@"
}

in_host() {
    local number=$1 pid
    shift
    pid=$(cat "$fleet_dir/hosts/$number/init.pid" 2>/dev/null) || fail "host-$number is not running"
    nsenter --target "$pid" --mount --pid --uts --root --wdns=/ \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" 9>&-
}

print_count() {
    [ $# -ge 2 ] || usage_error "count needs a host and a package"
    local number
    number=$(number_of "$1")
    is_fleet_package "$2" || usage_error "'$2' is none of ${all_packages[*]}"
    # Nothing to count is a count too.
    # shellcheck disable=SC2016
    in_host "$number" sh -c 'cat "/var/lib/fleet-counts/$1" 2>/dev/null || true' sh "$2" |
        awk -v version="${3:-}" 'version == "" || $1 == version { n++ } END { print n + 0 }'
}

reboot_host() {
    [ $# -eq 1 ] || usage_error "reboot needs a host"
    local number before
    number=$(number_of "$1")
    before=$(cat "$fleet_dir/hosts/$number/boot-id")
    in_host "$number" reboot || true
    for _ in {1..100}; do
        [ "$(cat "$fleet_dir/hosts/$number/boot-id")" = "$before" ] || break
        sleep 0.1
    done
    wait_for_ssh "$number"
}

fault() {
    [ $# -eq 2 ] || usage_error "fault needs a host and a kind"
    local number
    number=$(number_of "$1")
    case $2 in
    refuse-ssh) in_host "$number" pkill -KILL -x sshd || true ;;
    vanish) vanish "$number" ;;
    hold-lock) hold_lock "$number" ;;
    fill-disk) fill_disk "$number" ;;
    edited-deb | altered-release | unsigned) spoil_view "$number" "$2" ;;
    *) usage_error "unknown fault '$2'; see deploy/fleet --help" ;;
    esac
}

# As if the power had gone: everything in the host ends at once. Its disk stays.
vanish() {
    local pid
    echo off >"$fleet_dir/hosts/$1/power"
    if pid=$(cat "$fleet_dir/hosts/$1/init.pid" 2>/dev/null); then
        kill -KILL "$pid" 2>/dev/null || true
    fi
    for _ in {1..100}; do
        [ -e "$fleet_dir/hosts/$1/init.pid" ] || return 0
        sleep 0.1
    done
    fail "host-$1 did not end"
}

# The locks that apt and dpkg take, held by a process of the host until heal.
hold_lock() {
    # shellcheck disable=SC2016
    in_host "$1" setsid perl -MFcntl -e '
        $0 = "fleet-lock-holder";
        my @held;
        for my $path ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock") {
            open(my $file, ">>", $path) or die;
            my $whole = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
            fcntl($file, F_SETLKW, $whole) or die;
            push @held, $file;
        }
        open(my $pid, ">", "/run/fleet-lock.pid") or die; print $pid $$; close $pid;
        sleep 3600 while 1;' </dev/null >/dev/null 2>&1 &
    for _ in {1..100}; do
        if in_host "$1" test -s /run/fleet-lock.pid; then return 0; fi
        sleep 0.1
    done
    fail "the lock on host-$1 could not be taken"
}

fill_disk() {
    in_host "$1" sh -c 'cat /dev/zero >/var/fleet-fill 2>/dev/null; sync' || true
}

# Gives one host a copy of the repository of its own, with the fault in it.
spoil_view() {
    local view=$fleet_dir/www/host-$1 suite file
    rm -rf "$view.spoilt"
    cp -a "$fleet_dir/repository" "$view.spoilt"
    suite=$view.spoilt/dists/stable-security
    case $2 in
    edited-deb)
        # Other bytes, same size, as an attacker would do it.
        for file in "$view.spoilt"/pool/*.deb; do
            printf 'edited' | dd of="$file" bs=1 seek=200 conv=notrunc status=none
        done
        ;;
    altered-release) sed -i 's/^Label: .*/Label: Altered-Security/' "$suite/InRelease" ;;
    unsigned)
        sed -e '/^-----BEGIN PGP SIGNATURE/,$d' -e '1,/^$/d' "$suite/InRelease" >"$suite/Release"
        rm "$suite/InRelease"
        ;;
    esac
    ln -sfn "host-$1.spoilt" "$view"
}

heal() {
    [ $# -eq 1 ] || usage_error "heal needs a host"
    local number
    number=$(number_of "$1")
    ln -sfn ../repository "$fleet_dir/www/host-$number"
    rm -rf "$fleet_dir/www/host-$number.spoilt"
    echo on >"$fleet_dir/hosts/$number/power"
    for _ in {1..100}; do
        [ ! -e "$fleet_dir/hosts/$number/init.pid" ] || break
        sleep 0.1
    done
    # shellcheck disable=SC2016
    in_host "$number" sh -c '
        rm -f /var/fleet-fill
        if [ -s /run/fleet-lock.pid ]; then
            kill -KILL "$(cat /run/fleet-lock.pid)"
            rm -f /run/fleet-lock.pid
        fi
        [ -s /run/sshd.pid ] && kill -0 "$(cat /run/sshd.pid)" 2>/dev/null ||
            /usr/sbin/sshd -o "ListenAddress=$(cat /etc/fleet-address)"'
    wait_for_ssh "$number"
}
