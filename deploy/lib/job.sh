# shellcheck shell=bash disable=SC2154,SC2034
# Sourced by deploy/run: the main job, as people would do it with the command line. Needs
# deploy/lib/server.sh, and from deploy/run: run_directory, fleet, source_package, debian_security.

patch="" rollout=""

run_job() {
    create_identities
    discover
    qualify
    approve
    roll_out
    document
}

# Separation of duties is in the domain: nobody may approve what they asked for or tested, so the
# job needs three people.
create_identities() {
    step="creating the identities"
    say "separation of duties needs three people, each with a token of their own:"
    create_identity alice vendorWatch analyst tester securityTester
    create_identity rita releaseManager
    create_identity peter approver
}

create_identity() {
    local who=$1 roles=() role
    shift
    for role in "$@"; do roles+=(--role "$role"); done
    (
        umask 077
        as admin token create --person "$who" "${roles[@]}" --expires-in 1d -o json |
            field secret >"$run_directory/$who.token"
    )
    detail "$who: $*"
}

discover() {
    step="importing the inventory"
    say "alice imports the inventory of seven hosts"
    as alice asset import "$run_directory/inventory.ini" >&2
    step="scanning the hosts"
    say "alice has every host scanned: what is installed, and what do its signed lists offer"
    as alice asset scan --all --wait 180 >&2
    step="listing the offered updates"
    say "updates that are offered:"
    as alice asset updates >&2
    [ -n "$source_package" ] || source_package=$(choose_source)
    step="identifying the patch of $source_package"
    say "alice identifies the update of $source_package as a patch"
    patch=$(as alice patch identify --source "$source_package" -o json | field id)
    detail "it is $patch"
}

# The fleet's own demonstration package, or with --debian-security the security update that most
# hosts are offered.
choose_source() {
    as alice asset updates -o json | python3 -c '
import json, sys
offers = json.load(sys.stdin)["data"]
if sys.argv[1]:
    offers = [o for o in offers if o["from_security_archive"] and not o["source"].startswith("pf-")]
    if not offers:
        sys.exit("the mirror offers no security update now; leave out --debian-security")
names = sorted({o["source"] for o in offers})
if not names:
    sys.exit("no host offers any update")
width = {n: max(len(o["assets"]) for o in offers if o["source"] == n) for n in names}
demonstration = [o["source"] for o in offers if o["name"] == "pf-demo"]
print(demonstration[0] if demonstration else max(names, key=lambda n: (width[n], n)))
' "$debian_security"
}

qualify() {
    step="assessing the patch"
    say "alice assesses it: important, no downtime expected"
    as alice patch assess "$patch" --class important --expected-downtime 0s --effort 30m -q
    step="acquiring the patch"
    say "a worker downloads it and checks it against the signed lists"
    local lab
    lab=$(as alice asset list --environment lab -o jsonl | head -n 1 | field id)
    as alice patch acquire "$patch" --reference "$lab" -q
    wait_for_patch acquired 120
    step="testing the patch"
    say "alice has it tested on the lab host: back up, install, verify, roll back, verify"
    as alice patch test "$patch" --sample "$lab" -q
    wait_for_patch tested 300
    step="matching the advisories with it"
    wait_for_match 60
    step="signing off"
    say "alice signs it off for the security team"
    as alice patch sign-off "$patch" --reason "stable on the lab host" -q
}

approve() {
    step="submitting the patch"
    say "rita submits it for the production hosts"
    as rita patch submit "$patch" --environment production -q
    step="an approval that must be refused"
    local status=0
    as rita patch approve "$patch" --reason "my own" --yes -q 2>"$run_directory/refusal" || status=$?
    if [ "$status" -ne 4 ]; then
        say "rita's approval of what she submitted ended with status $status instead of 4"
        return 1
    fi
    say "rita may not approve what she submitted: $(head -n 1 "$run_directory/refusal")"
    step="approving the patch"
    say "peter approves it"
    as peter patch approve "$patch" --reason "evidence read" --yes -q
}

roll_out() {
    step="planning the rollout"
    say "rita plans the rollout: one canary, then half, then the rest, 5 s of soak each"
    local plan digest
    plan=$(as rita rollout plan --patch "$patch" --environment production \
        --batches 1,50%,rest --soak 5s -o json)
    rollout=$(field id <<<"$plan")
    digest=$(field digest <<<"$plan")
    as rita rollout apply "$rollout" --digest "$digest" -q
    step="approving the plan"
    say "peter approves exactly that plan: $digest"
    as peter rollout approve "$rollout" --digest "$digest" --reason "plan read" --yes -q
    step="the rollout"
    say "rita starts rollout $rollout"
    as rita rollout start "$rollout" --yes -q
    as rita rollout watch "$rollout" --timeout 10m >&2
    step="verifying every host"
    wait_for_patch verified 120 documented
}

document() {
    step="documenting"
    say "alice documents the patch: every item of evidence must be there"
    as alice patch document "$patch" -q
    wait_for_patch documented 30
    as alice report evidence "$patch" --format markdown >"$run_directory/evidence.md"
    as alice report evidence "$patch" --format json >"$run_directory/evidence.json"
    detail "evidence: $(wc -l <"$run_directory/evidence.md") lines of Markdown, and JSON"
    if [ -n "$keep" ] || [ -z "$once" ]; then detail "$run_directory/evidence.md"; fi
}

# "wait_for_patch STATE SECONDS [ALSO]": until the patch is in that state.
wait_for_patch() {
    local wanted=$1 limit=$2 also=${3:-$1} began state=""
    began=$(milliseconds)
    while [ $(($(milliseconds) - began)) -lt $((limit * 1000)) ]; do
        state=$(as alice patch show "$patch" -o json | field state)
        case $state in
        "$wanted" | "$also")
            detail "$state after $(seconds_since "$began") s"
            return
            ;;
        acquisitionFailed | testFailed | testInconclusive | rejected | approvalExpired | \
            verificationFailed | rolledBack | withdrawn) break ;;
        esac
        sleep 0.3
    done
    say "the patch is '$state', not '$wanted', after $(seconds_since "$began") s"
    as alice patch show "$patch" >&2 || true
    as alice event list --stream "$patch" >&2 || true
    return 1
}

# The monitor looks at what the advisories say of the new version; without that nothing is submitted.
wait_for_match() {
    local limit=$1 began
    began=$(milliseconds)
    while [ $(($(milliseconds) - began)) -lt $((limit * 1000)) ]; do
        if as alice patch show "$patch" -o json |
            python3 -c 'import json, sys; sys.exit(json.load(sys.stdin).get("flaws") is None)'; then
            detail "matched after $(seconds_since "$began") s"
            return
        fi
        sleep 0.3
    done
    say "nobody matched the advisories with the patch in $limit s; is the finding monitor running?"
    return 1
}

job_result() {
    local shown events
    shown=$(as alice patch show "$patch" -o json)
    events=$(as alice event list --limit 1 -o json | field position)
    python3 - "$shown" "$fleet" "$events" "$(seconds_since "$job_began")" <<'PYTHON'
import json, sys
shown = json.loads(sys.argv[1])
print(json.dumps({
    "patch": shown["id"], "state": shown["state"], "fleet": sys.argv[2],
    "hosts_verified": shown["counts"]["verified"], "events": int(sys.argv[3]),
    "wall_seconds": float(sys.argv[4]),
}))
PYTHON
}
