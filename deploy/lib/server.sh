# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by deploy/run: the server's life. Needs deploy/lib/report.sh, and from deploy/run:
# run_directory, listen, binary, executor_options.

server_pid=""

port_is_free() {
    python3 - "$1" <<'PYTHON'
import socket, sys
host, _, port = sys.argv[1].rpartition(":")
with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind((host.strip("[]"), int(port)))
    except OSError:
        sys.exit(1)
PYTHON
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() {
    local admin_listen
    admin_listen=127.0.0.1:$(free_port)
    if ! port_is_free "$listen"; then
        say "$listen is taken; another port is used"
        listen=127.0.0.1:$(free_port)
    fi
    local log=$run_directory/server.log began
    began=$(milliseconds)
    say "starting patchflow up at $listen"
    # It ends with this script, however that ends.
    setsid setpriv --pdeathsig TERM "$binary" up --data-dir "$run_directory/data" \
        --listen "$listen" --admin-listen "$admin_listen" "${executor_options[@]}" \
        >"$log" 2>&1 </dev/null &
    server_pid=$!
    until grep -q '^ready http' "$log"; do
        kill -0 "$server_pid" 2>/dev/null || {
            say "the server ended before it was ready"
            return 1
        }
        if [ $(($(milliseconds) - began)) -gt 60000 ]; then
            say "the server was not ready after 60 s"
            return 1
        fi
        sleep 0.1
    done
    export PATCHFLOW_SERVER=http://$listen
    cp "$run_directory/data/admin.token" "$run_directory/admin.token"
    chmod 600 "$run_directory/admin.token"
    detail "ready after $(seconds_since "$began") s"
}

show_server_log() {
    [ -s "$run_directory/server.log" ] || return 0
    detail "the end of the server's log:"
    tail -n 40 "$run_directory/server.log" | sed 's/^/           | /' >&2
}

# Ends the server as a service manager would, and by force only after 20 s.
stop_server() {
    [ -n "$server_pid" ] || return 0
    local pid=$server_pid waited=0
    server_pid=""
    kill -TERM "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 200 ]; do
        sleep 0.1
        waited=$((waited + 1))
    done
    if kill -KILL "$pid" 2>/dev/null; then
        say "the server did not stop within 20 s and was killed"
        return 1
    fi
    wait "$pid" 2>/dev/null || true
    say "the server has stopped"
}

# What still serves in the directory of a run, one process id a line: those that bear its data
# directory as a word of their command line, and are patchflow's or PostgreSQL's.
server_processes() {
    local data=$1/data command words
    for command in /proc/[0-9]*/cmdline; do
        mapfile -d '' -t words 2>/dev/null <"$command" || continue
        case ${words[0]:-} in
        */patchflow) [[ " ${words[*]} " == *" $data "* ]] || continue ;;
        */postgres) [[ " ${words[*]} " == *" $data/postgres/data "* ]] || continue ;;
        *) continue ;;
        esac
        command=${command#/proc/}
        echo "${command%/cmdline}"
    done
}

# Ends what a killed run has left serving, so that its directory can be removed: as a service
# manager would, and by force only after 30 s.
end_server_of() {
    local directory=$1 pids began
    began=$(milliseconds)
    mapfile -t pids < <(server_processes "$directory")
    [ ${#pids[@]} -gt 0 ] || return 0
    say "ending what a killed run has left serving in $directory"
    kill -TERM "${pids[@]}" 2>/dev/null || true
    while [ ${#pids[@]} -gt 0 ]; do
        if [ $(($(milliseconds) - began)) -gt 30000 ]; then
            kill -KILL "${pids[@]}" 2>/dev/null || true
        fi
        if [ $(($(milliseconds) - began)) -gt 35000 ]; then return 1; fi
        sleep 0.1
        mapfile -t pids < <(server_processes "$directory")
    done
}

# Runs a command as one of the identities: "as alice patch list -o json".
as() {
    local who=$1
    shift
    PATCHFLOW_TOKEN_FILE=$run_directory/$who.token timeout 900 "$binary" "$@"
}

# The value of a field of the JSON object on standard input: "field state", "field counts verified".
# Prints nothing for null or a field that isn't there.
field() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value.get(name) if isinstance(value, dict) else None
print("" if value is None else value if isinstance(value, str) else json.dumps(value))
' "$@"
}
