import APIContract
import Foundation
import Support
import Testing

/// Bad input by the real command line: each gets its clear error and its exit status, and leaves
/// nothing in the log. The fleet is simulated, since nothing here reaches a host.
@Suite(.serialized, .badInputStage)
struct BadInputScenarios {
    var stage: BadInputStage { .current }
    private static let noUUID = "00000000-0000-4000-8000-000000000000"

    @Test("unknown ids are named back")
    func unknownIDs() async throws {
        for id in ["pa_\(Self.noUUID)", "nonsense", "pa_../../tokens", stage.lab] {
            for words in [
                ["patch", "show", id], ["patch", "approve", id, "--reason", "x", "--yes"],
                ["report", "evidence", id],
            ] {
                try await refuse(words, status: 1, saying: id, "not-found")
            }
            try await refuse(
                ["patch", "acquire", id, "--reference", stage.lab], status: 1,
                saying: "there is no")
        }
        for words in [
            ["rollout", "show", "ro_\(Self.noUUID)"],
            ["rollout", "deployments", "ro_\(Self.noUUID)"],
            ["rollout", "wait", "ro_\(Self.noUUID)"],
            ["asset", "show", "as_\(Self.noUUID)"], ["asset", "scan", "as_\(Self.noUUID)"],
            ["patch", "acquire", stage.identified, "--reference", "as_\(Self.noUUID)"],
            ["patch", "test", stage.approved, "--sample", "as_\(Self.noUUID)"],
        ] {
            try await refuse(words, status: 1, saying: Self.noUUID)
        }
        try await refuse(
            ["token", "revoke", "to_\(Self.noUUID)", "--reason", "x"], by: "admin", status: 1,
            saying: Self.noUUID)
        try await refuse(
            [
                "rollout", "plan", "--patch", "pa_\(Self.noUUID)", "--environment", "production",
                "--soak", "1s",
            ], by: "rita", status: 1, saying: "pa_\(Self.noUUID)", "not-found")
        try await refuse(
            ["patch", "submit", "pa_\(Self.noUUID)", "--environment", "production"], by: "rita",
            status: 1, saying: "pa_\(Self.noUUID)", "not-found")
        try await refuse(
            ["rollout", "start", "ro_\(Self.noUUID)", "--yes"], by: "rita", status: 1,
            saying: Self.noUUID)
        try await refuse(["event", "show", "99999999"], status: 1, saying: "99999999")
    }

    @Test("what the state doesn't allow says the state and what is needed")
    func wrongStates() async throws {
        let identified = stage.identified
        try await refuse(
            ["patch", "sign-off", identified, "--reason", "x"], status: 1, saying: "identified",
            "tested")
        try await refuse(
            ["patch", "test", identified, "--sample", stage.lab], status: 1, saying: "identified",
            "acquired")
        try await refuse(["patch", "document", identified], status: 1, saying: "identified")
        for verb in ["reopen", "resume", "cancel-test", "hand-to-owner"] {
            try await refuse(
                ["patch", verb, identified, "--reason", "x"], by: "everybody", status: 1,
                saying: "identified")
        }
        try await refuse(
            ["patch", "defer", identified, "--until", "tomorrow", "--reason", "x"],
            by: "everybody", status: 1, saying: "until", "'tomorrow'")
        try await refuse(
            ["patch", "submit", identified, "--environment", "production"], by: "rita", status: 1,
            saying: "identified", "signedOff")
        // The client itself knows that there is nothing to approve.
        try await refuse(
            ["patch", "approve", identified, "--reason", "x", "--yes"], by: "peter", status: 2,
            saying: identified, "submit it first")
        for words in [
            ["start", stage.rollout, "--yes"], ["resume", stage.rollout, "--reason", "x"],
        ] {
            try await refuse(
                ["rollout"] + words, by: "rita", status: 1, saying: "awaitingApproval")
        }
        try await refuse(
            ["rollout", "start", stage.plan, "--yes"], by: "rita", status: 1, saying: "planned")
        try await refuse(
            ["rollout", "resume", stage.rollout, "--acknowledge", "host-99", "--reason", "x"],
            by: "rita", status: 2, saying: stage.rollout, "'host-99'")
        try await refuse(
            [
                "rollout", "plan", "--patch", stage.submitted, "--environment", "production",
                "--soak", "1s",
            ], by: "rita", status: 1, saying: "awaitingApproval")
    }

    @Test("--if-version of another version is a conflict")
    func wrongVersions() async throws {
        for (person, words) in [
            ("alice", ["patch", "assess", stage.identified, "--class", "urgent"]),
            ("peter", ["patch", "reject", stage.submitted, "--reason", "x"]),
            ("peter", ["rollout", "reject", stage.rollout, "--reason", "x"]),
        ] {
            for version in ["0", "9999"] {
                try await refuse(
                    words + ["--if-version", version], by: person, status: 5,
                    saying: "not \(version)", "version-conflict")
            }
        }
        try await refuse(
            ["patch", "reject", stage.submitted, "--reason", "x", "--if-version", "seven"],
            by: "peter", status: 2, saying: "seven", "--if-version")
    }

    @Test("a malformed inventory: each line is named, and no host is registered")
    func malformedInventory() async throws {
        let answer = try await importing(
            """
            [production]
            good ansible_host=192.0.2.77
            bad ansible_port=seventy
            [unclosed
            worse environment=moon
            """, saying: "nothing was registered", "line 3", "'seventy'", "line 4", "line 5",
            "'moon'")
        #expect(!answer.contains("line 2"))
        _ = try await importing("[{\"name\": 5}]", format: "json", saying: "entry 1", "name")
        _ = try await importing("{not json", format: "json", saying: "JSON")
        _ = try await importing("", saying: "no host")
        _ = try await importing("a\n", format: "toml", saying: "'toml'", "ini", "yaml")
        _ = try await importing("a\n", format: "yaml", saying: "line 1", "it is a text")
        try await refuse(
            ["asset", "import", stage.installation.directory + "/nowhere.ini"], status: 2,
            saying: "nowhere.ini", "can't be read")
        let assets = try await stage.installation.call("alice", ["asset", "list", "-o", "jsonl"])
        #expect(assets.output.split(separator: "\n").count == 4)
    }

    @Test("names that ssh or a shell would take for something else never get in")
    func dangerousHosts() async throws {
        for name in ["-oProxyCommand=reboot", "--", "a;reboot", "$(reboot)", "a/../b", "\u{202E}a"]
        {
            let answer = try await importing(name + "\n", saying: "line 1", "name")
            // What steers a terminal isn't given back to it.
            #expect(!answer.unicodeScalars.contains("\u{202E}"))
        }
        for setting in [
            "ansible_host=-oProxyCommand=reboot", "ansible_user=-lroot", "ansible_host=a`reboot`",
            "ansible_port=0", "ansible_port=65536", "patchflow_colour=red",
        ] {
            _ = try await importing("host \(setting)\n", saying: "line 1", "'")
        }
    }

    @Test("packages, versions and services with shell characters")
    func dangerousPackages() async throws {
        for (package, part) in [
            ("a;reboot:amd64=1.0", "a;reboot"), ("-rf:amd64=1.0", "-rf"),
            ("$(reboot):amd64=1.0", "$(reboot)"), ("xy:amd64=1.0;reboot", "1.0;reboot"),
            ("xy:amd64=$(reboot)", "$(reboot)"), ("xy:am d64=1.0", "am d64"),
            ("xy:amd64=-1", "-1"),
        ] {
            try await refuse(
                identify("--package=\(package)"), status: 1, saying: "'\(part)'")
        }
        try await refuse(identify("--package=no-colon"), status: 2, saying: "'no-colon'")
        try await refuse(
            identify("--package=xy:amd64=1.0", source: "a b"), status: 1, saying: "source", "a b")
        try await refuse(
            [
                "patch", "assess", stage.identified, "--class", "important", "--service",
                "x; reboot",
            ], status: 1, saying: "x; reboot")
        try await refuse(
            ["patch", "assess", stage.identified, "--class", "grave"], status: 1,
            saying: "class", "grave")
        try await refuse(
            ["patch", "identify", "--source", "no-such-source"], status: 2,
            saying: "no-such-source", "asset updates")
    }

    @Test("a package file that was edited is never taken")
    func editedPackage() async throws {
        let host = try await stage.installation.call(
            "alice", ["asset", "list", "--name", "host-9", "-o", "jsonl"])
        let asset = try WireJSON.decode(AssetResource.self, from: Data(host.output.utf8))
        let patch = try await BadInputStage.identify("pf-floods", stage.installation)
        try await stage.story.alice("patch", "assess", patch, "--class", "important")
        try await stage.story.alice("patch", "acquire", patch, "--reference", asset.id)
        try await stage.story.wait(for: patch, "acquisitionFailed")
        let failure = try await stage.installation.call(
            "alice",
            ["event", "list", "--stream", patch, "--type", "AcquisitionFailed", "-o", "jsonl"])
        #expect(failure.output.contains("pf-floods"), "\(failure.output)")
        #expect(failure.output.contains("digest"), "\(failure.output)")
        try await stage.settle()
        try await refuse(
            ["patch", "test", patch, "--sample", stage.lab], status: 1,
            saying: "acquisitionFailed", "acquired")
        #expect(try await stage.story.patch(patch).packages.allSatisfy { $0.sha256 == nil })
    }

    @Test("a token without the role (I13)")
    func missingRole() async throws {
        for words in [
            ["patch", "identify", "--source", "pf-hangs"],
            ["patch", "assess", stage.identified, "--class", "urgent"],
            ["patch", "approve", stage.submitted, "--reason", "x", "--yes"],
            ["rollout", "start", stage.rollout, "--yes"],
            ["rollout", "abort", stage.rollout, "--reason", "x", "--yes"],
            ["asset", "scan", "--all"], ["token", "list"],
            ["token", "create", "--person", "victor", "--role", "approver"],
        ] {
            try await refuse(words, by: "victor", status: 4, saying: "viewer", "not-allowed")
        }
        // The administrator manages people and decides nothing about patches.
        try await refuse(
            ["patch", "approve", stage.submitted, "--reason", "x", "--yes"], by: "admin",
            status: 4, saying: "administrator", "approver")
        try await refuse(
            ["token", "create", "--person", "eve", "--role", "timer"], by: "admin", status: 1,
            saying: "roles", "'timer'")
        try await refuse(
            ["token", "create", "--person", "../eve", "--role", "viewer"], by: "admin", status: 1,
            saying: "person", "'../eve'")
    }

    @Test("a revoked, an expired, an unknown and a missing token")
    func badTokens() async throws {
        try await stage.installation.introduce("mallory", "approver")
        let token = try await tokenID(of: "mallory")
        try await stage.installation.call(
            "admin", ["token", "revoke", token, "--reason", "she left"])
        try await expire("trent", "approver")
        let file = stage.installation.directory + "/stranger.token"
        try Data("pf_nonsense\n".utf8).write(to: URL(filePath: file))

        for (person, word) in [
            ("mallory", "revoked"), ("trent", "expired"), ("stranger", "not known"),
        ] {
            for words in [
                ["patch", "approve", stage.submitted, "--reason", "x", "--yes"], ["patch", "list"],
            ] {
                try await refuse(words, by: person, status: 4, saying: word, "token")
            }
        }
        try await refuse(["patch", "list"], by: "nobody", status: 2, saying: "nobody.token")
    }

    @Test("an approval of something else than what waits (I14)")
    func staleApproval() async throws {
        let other = stage.planDigest
        try await refuse(
            ["patch", "approve", stage.submitted, "--digest", other, "--reason", "x", "--yes"],
            by: "peter", status: 5, saying: other, "look at it again")
        try await refuse(
            ["rollout", "approve", stage.rollout, "--digest", other, "--reason", "x", "--yes"],
            by: "peter", status: 5, saying: other, "look at the plan again")
        try await refuse(
            ["rollout", "apply", stage.plan, "--digest", stage.rolloutDigest], by: "rita",
            status: 5, saying: stage.rolloutDigest)
        for digest in ["deadbeef", "sha256:", ""] {
            try await refuse(
                [
                    "patch", "approve", stage.submitted, "--digest", digest, "--reason", "x",
                    "--yes",
                ],
                by: "peter", status: 1, saying: "digest", "'\(digest)'")
        }
    }

    @Test("the requester may not approve, approver or not (I14)")
    func ownRequest() async throws {
        for words in [
            ["patch", "approve", stage.submitted], ["rollout", "approve", stage.rollout],
        ] {
            try await refuse(
                words + ["--reason", "mine", "--yes"], by: "ruth", status: 4,
                saying: "another person")
        }
        #expect(try await stage.story.patch(stage.submitted).state == "awaitingApproval")
        #expect(try await stage.story.rollout(stage.rollout).state == "awaitingApproval")
    }

    @Test("numbers and words that can't be meant")
    func badOptions() async throws {
        let plan = [
            "rollout", "plan", "--patch", stage.approved, "--environment", "production",
        ]
        for (words, part) in [
            (["--batches", "0,rest", "--soak", "1s"], "0"),
            (["--batches", "1,150%", "--soak", "1s"], "150%"),
            (["--batches", "one", "--soak", "1s"], "one"),
            (["--soak", "99999d"], "soak_seconds"),
            (["--soak", "1s", "--max-failure-percent", "101"], "101"),
            (["--soak", "1s", "--at-once", "0"], "0"),
            (["--soak", "1s", "--on-trip", "explode"], "explode"),
        ] {
            try await refuse(plan + words, by: "rita", status: 1, saying: part)
        }
        try await refuse(plan + ["--soak", "soon"], by: "rita", status: 2, saying: "soon")
        try await refuse(
            ["rollout", "plan", "--patch", stage.approved, "--soak", "1s"], by: "rita", status: 2,
            saying: "--environment")
        try await refuse(
            ["patch", "sign-off", stage.submitted, "--reason", ""], status: 1, saying: "reason")
    }

    @Test("a filter by what nothing can be is no empty list")
    func badFilters() async throws {
        for (words, part) in [
            (["asset", "list", "--environment", "prodution"], "'prodution' is none of lab"),
            (["patch", "list", "--state", "aproved"], "'aproved' is none of identified"),
            (["rollout", "list", "--state", "halted"], "'halted' is none of planned"),
        ] {
            try await refuse(words, status: 1, saying: part)
        }
    }

    @Test("a moment that hasn't come")
    func aheadOfTheLog() async throws {
        let ahead = String(try await stage.head() + 1000)
        for words in [
            ["patch", "list"], ["patch", "show", stage.approved],
            ["rollout", "show", stage.rollout], ["report", "evidence", stage.approved],
            ["asset", "list"],
        ] {
            try await refuse(words + ["--as-of", ahead], status: 1, saying: ahead, "log")
            try await refuse(words + ["--as-of", "yesterday"], status: 1, saying: "'yesterday'")
        }
        // Options that a command can't heed aren't passed over.
        try await refuse(
            ["patch", "document", stage.approved, "--as-of", "1"], status: 2, saying: "--as-of")
        try await refuse(
            ["patch", "list", "--if-version", "1"], status: 2, saying: "--if-version")
    }
}

/// What no client of ours sends.
extension BadInputScenarios {
    @Test("the same idempotency key with another body (409)")
    func reusedKey() async throws {
        func identify(_ name: String) -> String {
            """
            {"vendor_id": "\(name)", "title": "\(name)", "kind": "update", "purpose": "bugFix", \
            "source_package": "xy", "packages": [{"name": "xy", "architecture": "amd64", \
            "version": "1.0"}], "origin": "here", "supersedes": []}
            """
        }
        #expect(try await send("alice", "patches", identify("K-1"), key: "k1") == nil)
        try await unchanged {
            let second = try await send("alice", "patches", identify("K-2"), key: "k1")
            #expect(second?.status == 409)
            #expect(second?.code == "idempotency-conflict")
            // And again as it was: the answer of then, nothing new.
            #expect(try await send("alice", "patches", identify("K-1"), key: "k1") == nil)
            let blank = try await send("alice", "patches", identify("K-3"), key: "a key")
            #expect(blank?.status == 422)
            let missing = try await send("alice", "patches", identify("K-3"), key: "")
            #expect(missing?.code == "missing-idempotency-key")
        }
    }

    @Test("unknown fields, broken JSON, and too much of it")
    func badBodies() async throws {
        let path = "patches/\(stage.submitted):reject"
        try await unchanged {
            for (body, status, part) in [
                ("{\"reason\": \"x\", \"force\": true}", 400, "force"),
                ("{\"reason\": \"x\"", 400, "JSON"), ("[]", 400, "object"), ("{}", 422, "reason"),
                ("{\"reason\": 5}", 422, "reason"),
                (
                    "{\"reason\": \"\(String(repeating: "x", count: 1_100_000))\"}", 413,
                    "larger than"
                ),
            ] {
                let problem = try await send("peter", path, body, key: UUID().uuidString)
                #expect(problem?.status == status, "\(body.prefix(80)): \(problem as Any)")
                #expect(problem?.detail.contains(part) == true, "\(problem as Any)")
            }
            #expect(
                try await send("peter", path + "?force=1", "{}", key: "k")?.code == "unknown-field")
        }
        let perSite = try await send(
            "ruth", "plans",
            """
            {"patch": "\(stage.approved)", "target": {"environment": "production"}, \
            "caps": {"per_site": 1}}
            """, key: UUID().uuidString)
        #expect(perSite?.status == 422)
        #expect(perSite?.errors.first?.field == "caps.per_site")
        #expect(perSite?.errors.first?.detail.contains("nothing is counted by site") == true)
        let file = stage.installation.directory + "/huge.ini"
        try Data(repeating: UInt8(ascii: "#"), count: 65 * 1024 * 1024)
            .write(to: URL(filePath: file))
        try await refuse(["asset", "import", file], status: 1, saying: "body-too-large")
    }
}
