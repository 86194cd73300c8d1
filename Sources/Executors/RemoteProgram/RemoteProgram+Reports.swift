/// The verbs that change nothing but caches: inventory, discover, acquire, precheck, verify.
extension RemoteProgram {
    static let reports = #"""
        os_release() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" /etc/os-release; }

        inventory() {
            say "os-name $(os_release ID)"
            say "os-version $(os_release VERSION_ID)"
            say "architecture $(native_architecture)"
            say "kernel $(uname -r)"
            say "boot-id $(boot_id)"
            # What is unpacked counts, configured or not: its files are there.
            dpkg-query -W -f \
                '${db:Status-Status} ${Package} ${Architecture} ${Version} ${source:Package} ${source:Version}\n' |
                awk '$1 != "not-installed" && $1 != "config-files" && NF == 6 {
                    print "package", $2, $3, $4, $5, $6 }' >&3
        }

        # status_of NAME ARCHITECTURE: `status want architecture version` of what is unpacked. A
        # package may change between the machine's architecture and `all`.
        status_of() {
            dpkg-query -W -f \
                '${db:Status-Status} ${db:Status-Want} ${Architecture} ${Version}\n' "$1" |
                awk -v architecture="$2" -v native="$(native_architecture)" '
                    $1 == "not-installed" || $1 == "config-files" || NF != 4 { next }
                    $3 == architecture || (($3 == native || $3 == "all") &&
                        (architecture == native || architecture == "all")) { print; exit }'
        }

        # Every installed package whose candidate is another version, with the archive it is from.
        # Not by a trial upgrade, which tells nothing on a host with a broken dependency.
        candidates() {
            names=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Architecture}\n' |
                awk -v native="$(native_architecture)" '
                    $1 == "installed" || $1 ~ /^triggers/ || $1 ~ /^half-conf/ {
                        print (($3 == native || $3 == "all") ? $2 : $2 ":" $3) }')
            {
                apt-cache policy
                echo ----
                apt-cache policy $names
            } | awk '
                function flush() {
                    if (name != "" && found != "" && installed != "(none)" &&
                        candidate != "(none)" && candidate != installed)
                        print name, installed, candidate, security, found
                }
                /^----$/ { packages = 1; next }
                !packages && $1 == "release" {
                    split("", part)
                    text = $0
                    sub(/^ *release /, "", text)
                    count = split(text, parts, ",")
                    for (i = 1; i <= count; i++)
                        if (substr(parts[i], 2, 1) == "=")
                            part[substr(parts[i], 1, 1)] = substr(parts[i], 3)
                    origin[key] = part["l"] ":" (part["v"] == "" ? "" : part["v"] "/") part["a"]
                    isSecurity[key] = (part["a"] ~ /-security$/ || part["n"] ~ /-security$/ ||
                        part["l"] == "Debian-Security") ? "yes" : "no"
                    next
                }
                !packages { key = $0; sub(/^ *-?[0-9]+ /, "", key); next }
                /^[^ ]/ {
                    flush()
                    name = $0
                    sub(/:$/, "", name)
                    found = ""
                    security = "no"
                    inCandidate = 0
                    next
                }
                $1 == "Installed:" { installed = $2; next }
                $1 == "Candidate:" { candidate = $2; next }
                /^ (\*\*\*|   ) [^ ]/ {
                    inCandidate = (($1 == "***" ? $2 : $1) == candidate)
                    next
                }
                inCandidate {
                    file = $0
                    sub(/^ *-?[0-9]+ /, "", file)
                    if (file in origin && (found == "" || isSecurity[file] == "yes")) {
                        found = origin[file]
                        security = isSecurity[file]
                    }
                }
                END { flush() }'
        }

        discover() {
            refresh || fail "$cause" "$words"
            candidates >"$scratch/candidates"
            while read -r name installed offered security origin; do
                dpkg --compare-versions "$offered" gt "$installed" || continue
                architecture=
                case $name in *:*) architecture=${name#*:} ;; esac
                look_up "${name%%:*}" "$architecture" "$offered" || continue
                say "offer ${name%%:*} $listed_source $listed_architecture $installed $offered" \
                    "$security $listed_sha256 $listed_size $origin"
            done <"$scratch/candidates"
        }

        acquire() {
            refresh || fail "$cause" "$words"
            while read -r name architecture version rest; do
                [ -n "$name" ] || continue
                look_up "$name" "$architecture" "$version" ||
                    fail not-available "$name $version for $architecture is not in the package lists"
                pin="$name $architecture $version $listed_sha256 $listed_size"
                obtain $pin || fail "$cause" "$words"
                says_it_is "$state/files/$listed_sha256.deb" "$name" "$architecture" "$version" ||
                    fail digest-mismatch "the file of $name $version says that it is another"
                say "pinned $pin"
            done <<END
        $packages
        END
        }

        # Bytes free where packages and our records go, at the tightest place.
        free_bytes() {
            df -B1 --output=avail / /usr /var /var/lib 2>/dev/null |
                awk 'NR > 1 { if (NR == 2 || $1 < least) least = $1 } END { printf "%.0f", least }'
        }

        # What the packages of the order may need, in bytes, with room for scripts.
        needed_bytes() {
            needed=33554432
            while read -r name architecture version sha256 size; do
                [ -n "$name" ] || continue
                case $size in '' | *[!0-9]*) size=0 ;; esac
                needed=$((needed + size * 6))
                look_up "$name" "$architecture" "$version" </dev/null &&
                    needed=$((needed + listed_kilobytes * 1024))
            done <<END
        $packages
        END
            echo "$needed"
        }

        # Waits for dpkg's locks; false, with the reason in `obstacle`, when they can't be had or
        # dpkg was stopped halfway.
        dpkg_is_free() {
            obstacle=
            said=$(bound= && apt -o "DPkg::Lock::Timeout=$lock_wait" check 2>&1)
            case $said in
            *'Could not get lock'* | *'nable to acquire the dpkg'* | *'nable to lock'*)
                obstacle=lock-held
                ;;
            *'dpkg was interrupted'*) obstacle=dpkg-interrupted ;;
            esac
            [ -z "$obstacle" ]
        }

        is_offered() {
            is_file "$state/files/$4.deb" "$4" "$5" || is_file "$(cached_file "$@")" "$4" "$5" ||
                { look_up "$1" "$2" "$3" && [ "$listed_sha256 $listed_size" = "$4 $5" ]; }
        }

        precheck() {
            free=$(free_bytes)
            say "free $free"
            say "boot-id $(boot_id)"
            [ "$free" -ge "$(needed_bytes)" ] || say 'obstacle disk-full'
            if ! dpkg_is_free; then
                say "obstacle $obstacle"
            elif [ -n "$(dpkg --audit)" ]; then
                say 'obstacle dpkg-interrupted'
            fi
            held=no offered=yes
            while read -r name architecture version sha256 size; do
                [ -n "$name" ] || continue
                status=$(status_of "$name" "$architecture")
                case $status in
                installed* | triggers*) say "installed $name ${status#* * }" ;;
                *) continue ;;
                esac
                case $status in *' hold '*) held=yes ;; esac
                is_offered "$name" "$architecture" "$version" "$sha256" "$size" || offered=no
            done <<END
        $packages
        END
            [ "$held" = no ] || say 'obstacle package-held'
            if [ "$offered" = no ] && ! offered_after_refresh; then say 'obstacle not-offered'; fi
        }

        # Lists may only be old; but ones that can't be trusted are no lists.
        offered_after_refresh() {
            if ! refresh; then
                # A full disk is an obstacle that was told already.
                [ "$cause" = disk-full ] || fail "$cause" "$words"
                return 1
            fi
            while read -r name architecture version sha256 size; do
                [ -n "$name" ] && [ -n "$(status_of "$name" "$architecture")" ] || continue
                is_offered "$name" "$architecture" "$version" "$sha256" "$size" || return 1
            done <<END
        $packages
        END
        }

        service_state() {
            if [ -d /run/systemd/system ]; then
                if [ "$(systemctl show -p LoadState --value -- "$1")" = not-found ]; then
                    echo missing
                elif timeout 20 systemctl is-active --quiet -- "$1"; then
                    echo running
                else
                    echo stopped
                fi
            elif [ ! -x "/etc/init.d/$1" ]; then
                echo missing
            elif timeout 20 service "$1" status </dev/null; then
                echo running
            else
                echo stopped
            fi 2>/dev/null 3>&-
        }

        run_command() {
            timeout -k 5 "$limit" /bin/sh -c "$(printf '%s' "$command" | base64 -d)" 3>&-
        }

        # list_files NAME: the package's files. Where /lib is a link to /usr/lib both names are met,
        # so all go without /usr.
        list_files() {
            dpkg-query -L $(dpkg-query -W -f '${binary:Package} ' "$1") 2>/dev/null |
                sed -n 's#^/usr/#/#; /^\//p'
        }

        # One line for each process that runs a file of the packages that isn't there any more:
        # process id, unit, file and name.
        tell_outdated() {
            grep -HE '^[^ ]+ ..x. .* \(deleted\)$' /proc/[0-9]*/maps 2>/dev/null |
                awk -v files="$scratch/files" '
                    BEGIN { while ((getline file <files) > 0) known[file] = 1 }
                    {
                        split($0, part, "/")
                        path = substr($0, length("/proc//maps:") + length(part[3]) + 1)
                        path = substr(path, index(path, "/"))
                        sub(/ \(deleted\)$/, "", path)
                        sub(/\.dpkg-(new|tmp)$/, "", path)
                        short = path
                        sub(/^\/usr\//, "/", short)
                        if (short in known && !(part[3] in seen)) {
                            seen[part[3]] = 1
                            gsub(/ /, "?", path)
                            print part[3], path
                        }
                    }' | head -n 50 |
                while read -r pid path; do
                    name=$(one_line <"/proc/$pid/comm") || continue
                    unit=$(sed -n 's#.*/\([A-Za-z0-9][A-Za-z0-9@_.:-]*\)\.service$#\1#p' \
                        "/proc/$pid/cgroup" | head -n 1)
                    name=${name% }
                    say "outdated $pid ${unit:--} $path ${name:-?}"
                done 2>/dev/null
        }

        verify() {
            : >"$scratch/files"
            while read -r name rest; do
                [ -n "$name" ] || continue
                { cat "$state/replaced/$name"; list_files "$name"; } >>"$scratch/files" 2>/dev/null
                dpkg-query -W -f '${db:Status-Status} ${Architecture} ${Version}\n' "$name" |
                    awk -v name="$name" '$1 == "installed" || $1 ~ /^triggers/ {
                        print "installed", name, $2, $3 }' >&3
            done <<END
        $packages
        END
            while read -r name; do
                [ -n "$name" ] || continue
                say "service $name $(service_state "$name" | tail -n 1)"
            done <<END
        $services
        END
            if [ -n "$command" ]; then
                capture "$scratch/command" run_command
                say "command-exit-code $?"
                say "command-output $(tail -c 12000 "$scratch/command" | base64 -w 0)"
            fi
            tell_outdated
            say "reboot-required $(reboot_required)"
            say "boot-id $(boot_id)"
        }
        """#
}
