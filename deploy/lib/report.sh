# shellcheck shell=bash
# Sourced by deploy/run and deploy/test: words on the terminal, times, and places for files.
# Everything that people read goes to standard error; standard output is for data.

# shellcheck disable=SC2034  # the scripts use it
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Milliseconds since some fixed moment.
milliseconds() {
    local now=${EPOCHREALTIME/[.,]/}
    echo $((now / 1000))
}

script_began=$(milliseconds)

# Seconds with one decimal from the moment $1 (milliseconds) until now.
seconds_since() {
    local spent=$(($(milliseconds) - $1))
    printf '%d.%d' $((spent / 1000)) $((spent % 1000 / 100))
}

# One line with the time that has passed since the script began.
say() {
    printf '%7s s  %s\n' "$(seconds_since "$script_began")" "$*" >&2
}

# A line without time, for details that belong to the line above.
detail() {
    printf '           %s\n' "$*" >&2
}

refuse() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# Where runs and logs lie: readable by the user that PostgreSQL runs as, so not below /root.
data_directory() {
    if [ -n "${PATCHFLOW_DATA_DIR:-}" ]; then
        echo "$PATCHFLOW_DATA_DIR"
    elif [ "$(id -u)" -eq 0 ]; then
        echo /var/lib/patchflow-demo
    else
        echo "${XDG_STATE_HOME:-$HOME/.local/state}/patchflow-demo"
    fi
}

# Runs a step: "timed WHAT LOG COMMAND...". Its output goes to LOG; on failure the end of LOG is
# shown and the step's status returned.
timed() {
    local what=$1 log=$2 began status=0
    shift 2
    began=$(milliseconds)
    say "$what"
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        detail "failed with status $status after $(seconds_since "$began") s; the end of $log:"
        tail -n 40 "$log" | sed 's/^/           | /' >&2
        return "$status"
    fi
    detail "took $(seconds_since "$began") s"
}
