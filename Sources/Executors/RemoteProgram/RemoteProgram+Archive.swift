/// The signed package lists, and package files that are what the lists say.
extension RemoteProgram {
    static let archive = #"""
        # With `bound` set to a timeout command, unless dpkg runs in it.
        apt() {
            $bound apt-get -q -y -o APT::Update::Error-Mode=any \
                -o Acquire::AllowInsecureRepositories=false \
                -o Acquire::AllowWeakRepositories=false \
                -o Acquire::AllowDowngradeToInsecureRepositories=false \
                -o APT::Get::AllowUnauthenticated=false \
                -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
                -o Dpkg::Use-Pty=0 \
                -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
                "$@" 3>&- 9>&-
        }

        native_architecture() { dpkg --print-architecture; }

        # Refreshes the package lists; apt verifies their signatures. Somebody else's update is
        # waited for.
        refresh() {
            refresh_until=$(($(date +%s) + lock_wait))
            while :; do
                if said=$(bound="timeout -k 5 $limit" && apt update 2>&1); then return 0; fi
                # On a full disk apt also takes good signatures for bad ones.
                [ "$(free_bytes)" -ge 1048576 ] ||
                    problem disk-full "the package lists can't be written: $said" || return
                case $said in
                *'Could not get lock'*)
                    [ "$(date +%s)" -lt "$refresh_until" ] ||
                        problem lock-held "the package lists are locked: $said" || return
                    sleep 1
                    ;;
                *'No space left'* | *'enough free space'*)
                    problem disk-full "the package lists can't be written: $said" || return
                    ;;
                *[Ss]ignature* | *'GPG error'* | *'not signed'* | *'no longer signed'* | \
                    *NO_PUBKEY* | *BADSIG* | *learsigned* | *'does not have a Release file'*)
                    problem bad-signature "the package lists are not trusted: $said" || return
                    ;;
                *) problem not-available "the package lists can't be had: $said" || return ;;
                esac
            done
        }

        # look_up NAME ARCHITECTURE VERSION: what the lists say of it, in listed_*; the
        # architecture may be empty.
        look_up() {
            wanted=$1
            case $2 in '' | all | "$(native_architecture)") ;; *) wanted=$1:$2 ;; esac
            listed=$(apt-cache show "$wanted=$3" 2>/dev/null |
                awk -v architecture="$2" -v version="$3" '
                    BEGIN { RS = ""; FS = "\n" }
                    {
                        split("", field)
                        for (i = 1; i <= NF; i++)
                            if (match($i, /^[A-Za-z0-9-]+: /))
                                field[substr($i, 1, RLENGTH - 2)] = substr($i, RLENGTH + 1)
                        source = ("Source" in field) ? field["Source"] : field["Package"]
                        sub(/ .*/, "", source)
                        if (field["Version"] != version || field["SHA256"] == "") next
                        if (architecture != "" && field["Architecture"] != architecture) next
                        print field["Architecture"], source, field["SHA256"], field["Size"], \
                            field["Installed-Size"] + 0
                        exit
                    }')
            [ -n "$listed" ] || return 1
            set -- $listed
            listed_architecture=$1
            listed_source=$2
            listed_sha256=$3
            listed_size=$4
            listed_kilobytes=$5
        }

        # is_file PATH SHA256 SIZE
        is_file() {
            [ -f "$1" ] && [ "$(stat -c %s "$1")" = "$3" ] && has_digest "$1" "$2"
        }

        has_digest() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c 1-64)" = "$2" ]; }

        # store FILE PLACE: copies it so that a crash leaves the whole of it or nothing.
        store() {
            cp "$1" "$2.new" && cmp -s "$1" "$2.new" && sync "$2.new" && mv "$2.new" "$2" || {
                rm -f "$2.new"
                problem disk-full "${2##*/} can't be written to ${2%/*}"
            }
        }

        # Where apt keeps a package file that it has downloaded; it writes `:` as `%3a`.
        cached_file() {
            printf '/var/cache/apt/archives/%s_%s_%s.deb' \
                "$1" "$(printf '%s' "$3" | sed 's/:/%3a/g')" "$2"
        }

        # obtain NAME ARCHITECTURE VERSION SHA256 SIZE: leaves exactly that file in files/. The
        # lists are refreshed once when they don't have it, or lead nowhere.
        obtain() {
            mkdir -p -m 711 "$state" && mkdir -p -m 700 "$state/files" ||
                problem disk-full "$state can't be written" || return
            if is_file "$state/files/$4.deb" "$4" "$5"; then return 0; fi
            if is_file "$(cached_file "$@")" "$4" "$5"; then
                store "$(cached_file "$@")" "$state/files/$4.deb"
                return
            fi
            download "$@" && return 0
            [ "$cause" = not-available ] || return 1
            refresh && download "$@"
        }

        download() {
            look_up "$1" "$2" "$3" ||
                problem not-available "$1 $3 is not in the package lists" || return
            [ "$listed_sha256 $listed_size" = "$4 $5" ] ||
                problem digest-mismatch "$1 $3 is $listed_sha256 of $listed_size bytes in the \
        package lists, not $4 of $5" || return
            place=$(mktemp -d "$state/download.XXXXXX") ||
                problem disk-full "$state can't be written" || return
            # apt downloads as _apt, where there is one.
            chown _apt "$place" 2>/dev/null
            said=$(cd "$place" && bound="timeout -k 5 $limit" && apt download "$wanted=$3" 2>&1)
            file=$(find "$place" -name '*.deb')
            if is_file "$file" "$4" "$5"; then
                store "$file" "$state/files/$4.deb"
            else
                case $said in
                *'No space left'* | *'enough free space'*)
                    problem disk-full "$1 $3 can't be downloaded: $said"
                    ;;
                *'ash Sum mismatch'* | *'unexpected size'* | *'mismatch'*)
                    problem digest-mismatch "$1 $3 is not what the signed lists say: $said"
                    ;;
                *)
                    if [ -n "$file" ]; then
                        problem digest-mismatch "$1 $3 is not what the signed lists say"
                    else
                        problem not-available "$1 $3 can't be downloaded: $said"
                    fi
                    ;;
                esac
            fi
            obtained=$?
            rm -rf "$place"
            return $obtained
        }

        # says_it_is FILE NAME ARCHITECTURE VERSION
        says_it_is() {
            [ "$(dpkg-deb -f "$1" Package) $(dpkg-deb -f "$1" Architecture)" = "$2 $3" ] &&
                [ "$(dpkg-deb -f "$1" Version)" = "$4" ]
        }
        """#
}
