/// The one program that runs on hosts. It is constant: all data reaches it on standard input, so
/// nothing that an order says can become a word of a shell.
///
/// Only what every Debian system has is used: dash, coreutils, util-linux, dpkg and apt. The
/// conversation is lines of text:
///
/// 1. the host greets, so that a connection that fails before has certainly begun nothing;
/// 2. the order follows, `key value` lines up to `end`: one that is cut off is not carried out;
/// 3. the host answers with `key value` lines up to `done`.
enum RemoteProgram {
    static let greeting = "patchflow-host 1"

    static let text = [
        opening, records, archive, reports, checks, changes, closing,
    ].joined(separator: "\n")

    /// What ssh hands to the remote login shell, whichever that is.
    static let command =
        "exec env PATCHFLOW_PROGRAM='\(quoted(text))' /bin/sh -c 'eval \"$PATCHFLOW_PROGRAM\"' "
        + "patchflow"

    /// `'` ends a quoted word, `\'` stands for itself, `'` begins the next.
    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    }

    private static let opening = #"""
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        LC_ALL=C
        DEBIAN_FRONTEND=noninteractive
        APT_LISTCHANGES_FRONTEND=none
        NEEDRESTART_MODE=l
        export PATH LC_ALL DEBIAN_FRONTEND APT_LISTCHANGES_FRONTEND NEEDRESTART_MODE
        umask 022
        cd /
        program=$PATCHFLOW_PROGRAM
        record=${PATCHFLOW_RECORD:-}
        unset PATCHFLOW_PROGRAM PATCHFLOW_RECORD
        state=/var/lib/patchflow

        # Descriptor 3 leads to the orchestrator, or to the answer in a record.
        say() { printf '%s\n' "$*" >&3; }

        one_line() { tr -c '[:print:]' ' ' | tr -s ' ' | cut -c 1-600; }

        # fail CAUSE WORDS...: ends the verb, which has changed nothing.
        fail() {
            failed_for=$1
            shift
            say "failure $failed_for $(printf '%s' "$*" | one_line)"
            exit 90
        }

        # problem CAUSE WORDS...: remembers why something can't be had.
        problem() {
            cause=$1
            shift
            words=$*
            return 1
        }

        boot_id() { cat /proc/sys/kernel/random/boot_id; }

        # Reads an order from standard input; false unless it is whole.
        take_order() {
            order= verb= fence= activity= attempt= step= boot= wait=0 lock_wait=0 limit=60
            packages= services= command= words=
            while IFS= read -r line; do
                order="$order$line
        "
                key=${line%% *}
                value=${line#* }
                case $key in
                verb) verb=$value ;;
                fence) fence=$value ;;
                activity) activity=$value ;;
                attempt) attempt=$value ;;
                step) step=$value ;;
                boot) boot=$value ;;
                wait) wait=$value ;;
                lock-wait) lock_wait=$value ;;
                limit) limit=$value ;;
                command) command=$value ;;
                word) words="$words$value
        " ;;
                package) packages="$packages$value
        " ;;
                service) services="$services$value
        " ;;
                end)
                    case $fence$wait$lock_wait$limit in *[!0-9]*) return 1 ;; esac
                    case $attempt$step$activity$boot in *[!0-9a-z-]*) return 1 ;; esac
                    [ -n "$fence" ]
                    return
                    ;;
                esac
            done
            return 1
        }

        # capture FILE COMMAND...: runs it with all its output in FILE, of which the first 4 MB and
        # the last 64 kB are kept. A daemon that it leaves behind may hold the pipe; that must not
        # hold us.
        capture() {
            captured=$1
            shift
            mkfifo "$captured.pipe" || return 91
            (
                stdbuf -o0 head -c 4000000 >"$captured"
                tail -c 65536 >"$captured.end"
                : >"$captured.whole"
            ) <"$captured.pipe" >/dev/null 2>&1 3>&- 9>&- &
            ("$@") </dev/null >"$captured.pipe" 2>&1
            captured_code=$?
            for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                [ ! -e "$captured.whole" ] || break
                sleep 0.1
            done
            if [ -s "$captured.end" ]; then
                printf '\n[patchflow: the middle of the output was left out]\n' >>"$captured"
                cat "$captured.end" >>"$captured"
            fi
            rm -f "$captured.pipe" "$captured.end" "$captured.whole"
            return $captured_code
        }
        """#

    private static let closing = #"""
        run_verb() {
            case $verb in
            inventory) inventory ;;
            discover) discover ;;
            acquire) acquire ;;
            precheck) precheck ;;
            verify) verify ;;
            check) check ;;
            probe) probe ;;
            follow) follow ;;
            back-up | install | reboot | roll-back) begin ;;
            *) fail invalid-order "there is no verb '$verb'" ;;
            esac
        }

        talk() {
            exec 3>&1 >/dev/null 2>&1
            say 'patchflow-host 1'
            if ! take_order; then
                say 'failure invalid-order the order is not whole'
                say done
                return
            fi
            scratch=$(mktemp -d /run/patchflow.XXXXXX) || scratch=
            trap 'rm -rf "$scratch"' EXIT
            if [ "$(id -u)" != 0 ]; then
                say "failure invalid-order the account $(id -un) is not root on this host"
            elif [ -z "$scratch" ]; then
                say 'failure disk-full nothing can be written in /run'
            else
                (run_verb)
            fi
            say done
        }

        if [ -n "$record" ]; then work; else talk; fi
        """#
}
