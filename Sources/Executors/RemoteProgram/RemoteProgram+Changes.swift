/// The verbs that change a host: back up, install, reboot, roll back. They run detached, in a record.
extension RemoteProgram {
    static let changes = #"""
        # `yes` when the host asks for it, or a newer kernel of the running flavour is installed.
        reboot_required() {
            if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then
                echo yes
                return
            fi
            running=$(uname -r)
            for kernel in /boot/vmlinuz-*-"${running##*-}"; do
                [ -e "$kernel" ] || continue
                newer=$(printf '%s\n%s\n' "$running" "${kernel#/boot/vmlinuz-}" | sort -V | tail -n 1)
                if [ "$newer" != "$running" ]; then
                    echo yes
                    return
                fi
            done
            echo no
        }

        # Processes that still run files which the installation has replaced.
        tell_restarts() {
            grep -lE ' /(usr|lib|lib64|bin|sbin)/.* \(deleted\)$' /proc/[0-9]*/maps 2>/dev/null |
                while IFS=/ read -r _ _ pid _; do
                    echo "patchflow: still runs replaced files: $(cat "/proc/$pid/comm") ($pid)"
                done
        }

        # note_files NAME: what the package brings now, so that whoever still runs it after a change
        # is known. A library's new version has a file of another name.
        note_files() {
            mkdir -p -m 700 "$state/replaced"
            { cat "$state/replaced/$1"; list_files "$1"; } 2>/dev/null | sort -u \
                >"$state/replaced/.$1" && mv "$state/replaced/.$1" "$state/replaced/$1"
        }

        # Records each version and keeps its package file, from the cache or from the archive.
        back_up() {
            find "$state/files" -name '*.deb' -mtime +30 -delete
            bytes=$(free_bytes)
            [ "$bytes" -ge 8388608 ] || fail disk-full "only $bytes bytes are free"
            while read -r name architecture rest; do
                [ -n "$name" ] || continue
                status=$(status_of "$name" "$architecture")
                if [ -z "$status" ]; then
                    echo "$name is not installed"
                    say "prior $name $architecture - -"
                    continue
                fi
                set -- ${status#* * }
                if keep_old "$name" "$1" "$2"; then
                    echo "$name $2 is kept as $kept.deb"
                    say "prior $name $1 $2 $kept"
                else
                    [ "$cause" != disk-full ] || fail "$cause" "$words"
                    echo "$name $2 can't be kept: $words"
                    say "prior $name $1 $2 -"
                fi
            done <<END
        $packages
        END
        }

        # keep_old NAME ARCHITECTURE VERSION: leaves the file in kept/, named by its digest.
        keep_old() {
            old=$(cached_file "$1" "$2" "$3")
            if ! look_up "$1" "$2" "$3" && [ ! -f "$old" ]; then refresh && look_up "$1" "$2" "$3"; fi
            if [ -n "$listed" ]; then
                obtain "$1" "$2" "$3" "$listed_sha256" "$listed_size" || return
                old=$state/files/$listed_sha256.deb
            fi
            [ -f "$old" ] && says_it_is "$old" "$1" "$2" "$3" ||
                problem not-available "neither cache nor archive has it" || return
            kept=$(sha256sum <"$old" | cut -c 1-64)
            has_digest "$state/kept/$kept.deb" "$kept" || store "$old" "$state/kept/$kept.deb"
        }

        # Nothing but the given files can be installed by this: it knows no archive.
        apt_exactly() {
            bound=
            apt -o "Dir::State::lists=$state/no-lists" -o Dir::Cache::pkgcache= \
                -o Dir::Cache::srcpkgcache= -o "DPkg::Lock::Timeout=$lock_wait" \
                --no-install-recommends "$@"
        }

        ready_for_dpkg() {
            bytes=$(free_bytes)
            needed=$(needed_bytes)
            [ "$bytes" -ge "$needed" ] ||
                fail disk-full "$bytes bytes are free and $needed may be needed"
            dpkg_is_free || [ "$obstacle" != lock-held ] ||
                fail lock-held "dpkg's lock was not free within $lock_wait s"
        }

        install_packages() {
            ready_for_dpkg
            files=
            while read -r name architecture version sha256 size; do
                [ -n "$name" ] || continue
                obtain "$name" "$architecture" "$version" "$sha256" "$size" ||
                    fail "$cause" "$words"
                says_it_is "$state/files/$sha256.deb" "$name" "$architecture" "$version" ||
                    fail digest-mismatch "the file of $name $version says that it is another"
                files="$files $state/files/$sha256.deb"
                note_files "$name"
            done <<END
        $packages
        END
            apt_exactly install --no-remove $files
            installed=$?
            tell_restarts
            return $installed
        }

        # May it go down? It does so only when the record says that it will: see go_down.
        ready_to_reboot() {
            if [ "$(boot_id)" != "$boot" ]; then
                echo "it has booted since: nothing is left to do"
                return
            fi
            command -v reboot >/dev/null ||
                fail not-available "there is no reboot command on this host"
            dpkg_is_free || [ "$obstacle" != lock-held ] ||
                fail lock-held "dpkg's lock was not free within $lock_wait s"
        }

        # Whoever follows hears of it first.
        go_down() {
            [ "$(boot_id)" = "$boot" ] || return 0
            sleep 2
            reboot
        }

        roll_back() {
            ready_for_dpkg
            files= removals=
            while read -r name architecture version sha256 size; do
                [ -n "$name" ] || continue
                note_files "$name"
                if [ "$version" = - ]; then
                    [ -z "$(status_of "$name" "$architecture")" ] || removals="$removals $name"
                    continue
                fi
                file=$state/kept/$sha256.deb
                [ "$sha256" != - ] ||
                    fail not-available "no file of $name $version was kept: it is irreversible here"
                if ! has_digest "$file" "$sha256"; then
                    look_up "$name" "$architecture" "$version" || listed_size=0
                    obtain "$name" "$architecture" "$version" "$sha256" "$listed_size" ||
                        fail "$cause" "$words"
                    file=$state/files/$sha256.deb
                fi
                says_it_is "$file" "$name" "$architecture" "$version" ||
                    fail digest-mismatch "the kept file of $name $version says that it is another"
                files="$files $file"
            done <<END
        $packages
        END
            if [ -n "$files" ]; then
                apt_exactly install --allow-downgrades --no-remove $files || return
            fi
            [ -z "$removals" ] || remove_packages $removals
            rolled_back=$?
            tell_restarts
            return $rolled_back
        }

        # Only what the attempt brought may go: what needs it by now keeps it.
        remove_packages() {
            for name in $(apt_exactly -s remove "$@" | sed -n 's/^Remv \([^ :]*\).*/\1/p'); do
                case " $* " in
                *" $name "*) ;;
                *) fail invalid-order "removing $* would also remove $name" ;;
                esac
            done
            apt_exactly remove "$@"
        }
        """#
}
