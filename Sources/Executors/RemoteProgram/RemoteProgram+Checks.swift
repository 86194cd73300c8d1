/// The verb that runs a command of the policy.
extension RemoteProgram {
    static let checks = #"""
        # The words of the order as they are: each is decoded into one argument, none is evaluated.
        run_words() {
            set --
            while read -r word; do
                [ -n "$word" ] || continue
                # What is behind keeps a word's last newlines.
                word=$(printf '%s' "${word#=}" | base64 -d; echo .)
                set -- "$@" "${word%.}"
            done <<END
        $words
        END
            exec timeout -k 5 "$limit" "$@" 3>&-
        }

        check() {
            began=$(date +%s%3N)
            capture "$scratch/check" run_words
            say "exit-code $?"
            say "milliseconds $(($(date +%s%3N) - began))"
            say "output-digest $(sha256sum <"$scratch/check" | cut -d ' ' -f 1)"
            say "output-bytes $(wc -c <"$scratch/check")"
            say "tail $(tail -c 12000 "$scratch/check" | base64 -w 0)"
            say "boot-id $(boot_id)"
        }
        """#
}
