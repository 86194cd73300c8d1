# shellcheck shell=bash
# shellcheck disable=SC2154  # the settings come from settings.sh and deploy/fleet
# The repository's packages: tiny .debs whose scripts behave well in 1.0-1 and, after it, as their
# name says.

# build_package NAME VERSION well|by-name → the path of the .deb, below repository/pool.
build_package() {
    local name=$1 version=$2 behaviour=$3 tree architecture
    architecture=$(architecture_of_package "$name")
    tree=$(mktemp -d "$fleet_dir/build.XXXXXX")
    mkdir -p "$tree/DEBIAN" "$tree/usr/share/$name"
    echo "$version" >"$tree/usr/share/$name/version"
    cat >"$tree/DEBIAN/control" <<TEXT
Package: $name
Version: $version
Source: $name-source
Architecture: $architecture
Maintainer: patchflow <patchflow@localhost>
Section: misc
Priority: optional
Description: package for tests of patch management
 Its scripts behave as its name says.
TEXT
    case $name in
    pf-demo | pf-breaks) add_service "$tree" "$name" "$behaviour" ;;
    esac
    write_postinst "$tree" "$name" "$version" "$behaviour"
    mkdir -p "$fleet_dir/repository/pool"
    dpkg-deb --root-owner-group -Zgzip --build "$tree" \
        "$fleet_dir/repository/pool/${name}_${version}_$architecture.deb" >/dev/null
    rm -rf "$tree"
}

# One of them is for all architectures, so that both kinds are met.
architecture_of_package() {
    if [ "$1" = pf-slow ]; then echo all; else dpkg --print-architecture; fi
}

# The counter is what tests trust: one line for each run of the script, written before anything
# that may go wrong.
write_postinst() {
    local tree=$1 name=$2 version=$3 behaviour=$4
    {
        # shellcheck disable=SC2016
        printf '#!/bin/sh\nset -e\n[ "$1" = configure ] || exit 0\n'
        printf 'mkdir -p /var/lib/fleet-counts\n'
        printf 'echo %s >>/var/lib/fleet-counts/%s\n' "$version" "$name"
        if [ "$behaviour" = by-name ]; then
            misbehaviour "$name"
        fi
        if [ -e "$tree/etc/init.d/$name" ]; then
            printf 'update-rc.d %s defaults >/dev/null\n' "$name"
            printf 'service %s restart || true\n' "$name"
        fi
    } >"$tree/DEBIAN/postinst"
    chmod 755 "$tree/DEBIAN/postinst"
}

misbehaviour() {
    case $1 in
    pf-fails) printf 'echo "pf-fails: cannot configure" >&2\nexit 1\n' ;;
    pf-hangs) printf 'until [ -e /run/pf-hangs-release ]; do sleep 0.2; done\n' ;;
    pf-floods) printf "yes 'pf-floods: all work and no play' | head -c 50000000\n" ;;
    pf-reboot) printf 'touch /run/reboot-required\necho pf-reboot >>/run/reboot-required.pkgs\n' ;;
    pf-slow) printf 'sleep 8\n' ;;
    esac
}

# A service with an init script, and a command that checks that the installed version is the one
# that runs.
add_service() {
    local tree=$1 name=$2 behaviour=$3
    mkdir -p "$tree/etc/init.d" "$tree/usr/sbin" "$tree/usr/bin"
    {
        printf '#!/bin/sh\n'
        if [ "$name:$behaviour" = pf-breaks:by-name ]; then
            # A host may have what makes it run all the same, as labs sometimes do.
            printf 'if [ ! -e /etc/pf-breaks/tolerant ]; then\n'
            printf '    echo "pf-breaks: cannot read its configuration" >&2\n    exit 1\nfi\n'
        fi
        printf 'cat /usr/share/%s/version >/run/%s.version\n' "$name" "$name"
        printf 'while :; do sleep 5; done\n'
    } >"$tree/usr/sbin/$name-daemon"
    {
        printf '#!/bin/sh\n'
        printf 'service %s status >/dev/null || { echo "%s does not run"; exit 1; }\n' \
            "$name" "$name"
        printf 'cmp /run/%s.version /usr/share/%s/version && echo "%s is well"\n' \
            "$name" "$name" "$name"
    } >"$tree/usr/bin/$name-check"
    sed "s/@NAME@/$name/g" >"$tree/etc/init.d/$name" <<'TEXT'
#!/bin/sh
### BEGIN INIT INFO
# Provides:          @NAME@
# Required-Start:    $local_fs
# Required-Stop:     $local_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: service for tests of patch management
### END INIT INFO
pid=/run/@NAME@.pid
running() {
    start-stop-daemon --status --pidfile "$pid"
}
start() {
    rm -f /run/@NAME@.version
    start-stop-daemon --start --quiet --background --make-pidfile --pidfile "$pid" \
        --startas /usr/sbin/@NAME@-daemon
    # Up when it has written its version; a daemon that dies at once never does.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -e /run/@NAME@.version ] || return 0
        sleep 0.1
    done
    echo "@NAME@ failed to start" >&2
    return 1
}
stop() {
    start-stop-daemon --stop --quiet --oknodo --retry 2 --pidfile "$pid" --remove-pidfile
}
case $1 in
start) running || start ;;
stop) stop ;;
restart | force-reload) stop && start ;;
status) running ;;
*) echo "usage: @NAME@ start|stop|restart|status" >&2; exit 2 ;;
esac
TEXT
    chmod 755 "$tree/etc/init.d/$name" "$tree/usr/sbin/$name-daemon" "$tree/usr/bin/$name-check"
}
