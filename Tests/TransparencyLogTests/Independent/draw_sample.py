#!/usr/bin/env python3
"""Draws an auditor's sample from a bundle of a whole log, without a line of patchflow's own code.

    draw_sample.py BUNDLE --of POPULATION --seed N --size N [--from TIME] [--to TIME]

It is written from the description of `audit sample` alone: the rank of a member is the SHA-256 of six
lines (the algorithm's name, population, seed, size and root of the checkpoint, id), and the lowest
ranks are the sample. Prints one line of JSON with the ids that were drawn, the positions of their
events, and the counts that the population adds up from. The states of patches and rollouts follow
from rules that are not repeated here; those of deployments and approvals stand in the events.
"""

import argparse
import hashlib
import json
import tarfile

PREFIX = {"deployments": "de_", "patches": "pa_", "rollouts": "ro_"}
REQUESTS = ("ApprovalRequested", "RolloutApprovalRequested")
DECISIONS = {
    "PatchApproved": "patch approved",
    "PatchRejected": "patch rejected",
    "RolloutApproved": "rollout approved",
    "RolloutRejected": "rollout rejected",
}


def read_bundle(path):
    """Size and root of the checkpoint, and all events in their order."""
    with tarfile.open(path, "r:") as tar:
        files = {member.name: member for member in tar.getmembers()}
        note = tar.extractfile(files["checkpoint"]).read().decode()
        _, size, root = note.split("\n")[:3]
        contents = {}
        for name in files:
            if name.startswith("tile/entries/"):
                number = name[len("tile/entries/") :].split(".p/")[0]
                index = int(number.replace("x", "").replace("/", ""))
                contents[index] = tar.extractfile(files[name]).read()
    events = []
    for index in sorted(contents):
        content, offset = contents[index], 0
        while offset < len(content):
            end = offset + 2 + int.from_bytes(content[offset : offset + 2], "big")
            events.append(json.loads(content[offset + 2 : end]))
            offset = end
    assert len(events) == int(size)
    return size, root, events


def members(events, population):
    """By id: time of the first event, positions, and the state where an event tells it."""
    found, requests = {}, {}
    for event in events:
        position, stream, kind = event["position"], event["stream"], event["type"]
        if population == "approvals":
            if kind in REQUESTS and stream[:3] in ("pa_", "ro_"):
                requests[stream] = position
            if kind in DECISIONS:
                asked = [requests.pop(stream)] if stream in requests else []
                found[event["id"]] = [event["recorded_at"], asked + [position], DECISIONS[kind]]
        elif stream.startswith(PREFIX[population]):
            member = found.setdefault(stream, [event["recorded_at"], [], "open"])
            member[1].append(position)
            if kind == "ReturnAwaited":
                member[2] = "open"
            elif "change" in event["data"]:
                member[2] = event["data"]["change"].get("after", "open")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle")
    parser.add_argument("--of", required=True)
    parser.add_argument("--seed", required=True)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--from", dest="begin", default="")
    parser.add_argument("--to", dest="end", default="~")
    options = parser.parse_args()
    size, root, events = read_bundle(options.bundle)
    found = members(events, options.of)

    def rank(name):
        lines = ["patchflow-sample/1", options.of, options.seed, size, root, name]
        return hashlib.sha256("".join(line + "\n" for line in lines).encode()).digest()

    # Times have one form, so that their texts have their order.
    chosen = [name for name in found if options.begin <= found[name][0] < options.end]
    states = {}
    for name in chosen:
        states[found[name][2]] = states.get(found[name][2], 0) + 1
    drawn = sorted(chosen, key=rank)[: options.size]
    print(
        json.dumps(
            {
                "whole": len(found),
                "population": len(chosen),
                "states": states,
                "ids": drawn,
                "positions": [found[name][1] for name in drawn],
            }
        )
    )


if __name__ == "__main__":
    main()
