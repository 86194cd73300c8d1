/// Records and fences: what makes a step run at most once on a host (I4), and nothing older run
/// than what the host has seen (I5).
///
/// A record is a directory `/var/lib/patchflow/attempts/<attempt>.<step>` with the files `order`,
/// `boot-id` and `reserve` from its beginning, `worker` (process id and start time) from the
/// moment that somebody works on it, `output` and `answer`, and `result` when it has ended. It
/// appears whole, by a rename under the lock, after it has reached the disk.
extension RemoteProgram {
    static let records = #"""
        # Takes the lock that guards fence and records, and reads the highest fence.
        lock_records() {
            mkdir -p -m 711 "$state" &&
                mkdir -p -m 700 "$state/attempts" "$state/files" "$state/kept" &&
                mkdir -p "$state/no-lists/partial" && touch "$state/lock" ||
                fail disk-full "$state can't be written"
            exec 9>>"$state/lock"
            flock -w 20 9 || fail refused-by-host "another order has held $state/lock for 20 s"
            highest=0
            [ ! -e "$state/fence" ] || highest=$(cat "$state/fence")
            case $highest in
            '' | *[!0-9]*) fail refused-by-host "$state/fence is damaged: '$highest'" ;;
            esac
            [ "$fence" -ge "$highest" ] ||
                fail refused-by-host "fence $fence is lower than $highest, which this host has seen"
        }

        raise_fence() {
            [ "$fence" -gt "$highest" ] || return 0
            printf '%s\n' "$fence" >"$state/fence.new"
            sync "$state/fence.new"
            [ "$(cat "$state/fence.new")" = "$fence" ] && mv "$state/fence.new" "$state/fence" &&
                sync "$state" || fail disk-full "the fence can't be written to $state"
        }

        # Starts a step, once, and follows it for a while.
        begin() {
            record=$state/attempts/$attempt.$step
            lock_records
            [ ! -e "$record" ] ||
                fail refused-by-host "attempt $attempt has a record of $step already"
            raise_fence
            make_record || {
                rm -rf "$record.new"
                fail disk-full "no record can be written to $state/attempts"
            }
            PATCHFLOW_PROGRAM=$program PATCHFLOW_RECORD=$record setsid /bin/sh -c \
                'eval "$PATCHFLOW_PROGRAM"' patchflow-work \
                </dev/null >"$record/log" 2>&1 3>&- &
            for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                [ ! -e "$record/worker" ] || break
                sleep 0.05
            done
            # The worker holds the lock as well, until it has written down who it is.
            exec 9>&-
            follow
        }

        # The reserve is there for the result, should the disk be full by then.
        make_record() {
            rm -rf "$record.new"
            mkdir -m 700 "$record.new" &&
                printf '%s' "$order" >"$record.new/order" && boot_id >"$record.new/boot-id" &&
                head -c 65536 /dev/zero >"$record.new/reserve" &&
                [ "$(cat "$record.new/order"; echo .)" = "$order." ] &&
                sync "$record.new/order" "$record.new/boot-id" "$record.new/reserve" \
                    "$record.new" &&
                mv -nT "$record.new" "$record" && [ ! -e "$record.new" ] &&
                sync "$state/attempts"
        }

        # start_of PID: when the process started, in ticks since boot; false when it is gone.
        start_of() {
            { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
            set -- ${line##*) }
            [ "$1" != Z ] && printf '%s' "${20}"
        }

        # Does anybody work on the record? dpkg may outlive a worker that was killed.
        is_running() {
            [ "$(cat "$record/boot-id")" = "$(boot_id)" ] || return 1
            read -r worker worker_start <"$record/worker" || return 1
            [ "$(start_of "$worker")" != "$worker_start" ] || return 0
            for stat in /proc/[0-9]*/stat; do
                { read -r line <"$stat"; } 2>/dev/null || continue
                name=${line#*(}
                name=${name%)*}
                set -- ${line##*) }
                [ "$4" = "$worker" ] && [ "$1" != Z ] || continue
                case $name in apt-get | dpkg) return 0 ;; esac
            done
            return 1
        }

        state_of_record() {
            if [ ! -d "$record" ]; then
                echo never-started
            elif [ -e "$record/result" ]; then
                echo finished
            elif is_running; then
                echo running
            elif [ -e "$record/result" ]; then
                echo finished
            else
                echo interrupted
            fi
        }

        follow() {
            record=$state/attempts/$attempt.$step
            [ ! -d "$record" ] || grep -qx "activity $activity" "$record/order" ||
                fail refused-by-host "the record of $step of attempt $attempt is another's"
            ticks=$((wait * 10))
            while [ "$ticks" -gt 0 ] && [ ! -e "$record/result" ]; do
                if [ $((ticks % 10)) = 0 ] && [ "$(state_of_record)" != running ]; then break; fi
                sleep 0.1
                ticks=$((ticks - 1))
            done
            report
        }

        probe() {
            record=$state/attempts/$attempt.$step
            lock_records
            raise_fence
            report
        }

        report() {
            found=$(state_of_record)
            say "state $found"
            [ "$found" = finished ] || return 0
            cat "$record/result" >&3
            say "tail $(tail -c 12000 "$record/output" | base64 -w 0)"
            cat "$record/answer" >&3
        }

        # The detached process that does the work of a record.
        work() {
            printf '%s %s\n' "$$" "$(start_of $$)" >"$record/worker.new"
            sync "$record/worker.new"
            mv "$record/worker.new" "$record/worker"
            sync "$record"
            exec 9>&-
            take_order <"$record/order"
            scratch=$record
            began=$(date +%s)
            exec 3>"$record/answer"
            capture "$record/output" run_step
            code=$?
            exec 3>&-
            sync "$record/output" "$record/answer"
            rm -f "$record/reserve"
            result="exit-code $code
        seconds $(($(date +%s) - began))
        output-bytes $(stat -c %s "$record/output")
        output-digest $(sha256sum <"$record/output" | cut -c 1-64)
        reboot-required $(reboot_required)
        boot-id $(boot_id)"
            for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
                printf '%s\n' "$result" >"$record/result.new"
                if [ "$(cat "$record/result.new")" = "$result" ] && sync "$record/result.new"; then
                    mv "$record/result.new" "$record/result"
                    sync "$record"
                    if [ "$verb $code" = 'reboot 0' ]; then go_down; fi
                    return
                fi
                sleep 5
            done
        }

        run_step() {
            case $verb in
            back-up) back_up ;;
            install) install_packages ;;
            reboot) ready_to_reboot ;;
            roll-back) roll_back ;;
            esac
        }
        """#
}
