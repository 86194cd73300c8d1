import APIContract
import EventSourcing
import Foundation
import JSON
import Support
import Testing
import TransparencyLog

/// An installation whose checkpoints a witness cosigns, a process of its own, and an auditor who wants
/// to see that (I11).
@Suite(.serialized)
struct WitnessScenarios {
    @Test("what a witness has cosigned is exported and verified; one that hangs delays nobody")
    func cosigned() async throws {
        try await withWitness { installation, witness, key in
            try await installation.introduce("ada", "auditor")
            let size = try await installation.sealed()
            let bundle = try await cosignedBundle(of: size, installation, witness, key)
            let trusted = ["--log-key", key, "--witness-key", witness.key, "--quorum", "1"]
            let verified = try await installation.run(["audit", "verify", bundle] + trusted)
            #expect(verified.status == 0, "\(verified.output)\(verified.error)")
            #expect(verified.output.contains("witness.example"))
            try await expectUnmet(bundle, key, installation)

            // From now on it accepts connections and answers nobody.
            witness.send(SIGSTOP)
            let before = try await cosignedSize(installation)
            for name in ["bob", "carl"] {
                try await installation.introduce(name, "viewer")
                _ = try await installation.sealed()
            }
            // The sealer dies while it is being asked.
            for pid in installation.pids(of: "seal") { kill(pid, SIGKILL) }
            try await installation.introduce("dora", "viewer")
            let sealed = try await installation.sealed()
            #expect(try await cosignedSize(installation) == before)
            let behind = try await installation.call(
                "ada", ["audit", "checkpoint", "--log-key", key, "--witness-key", witness.key])
            #expect(behind.error.contains("cosigned by witness.example at 20"), "\(behind.error)")
            #expect(behind.error.contains("the newest checkpoint has \(sealed) entries"))

            witness.send(SIGCONT)
            _ = try await cosignedBundle(of: sealed, installation, witness, key)
            #expect(!installation.log.contains("cosigns nothing of this log"))
        }
    }

    @Test("a key succeeds another: both are believed in their time, and the witness goes along")
    func succession() async throws {
        try await withWitness { installation, witness, old in
            try await installation.introduce("ada", "auditor")
            let size = try await installation.sealed()
            let saved = installation.directory + "/saved"
            try await installation.call(
                "ada", ["audit", "checkpoint", "--log-key", old, "--file", saved])
            let words = ["--person", "administrator", "--reason", "a year has passed"]
            let early = try await installation.runDirectly(
                ["audit", "key", "--destroy-old"] + words)
            #expect(early.status == 2, "\(early.error)")

            let keys = try await rotateInSpiteOfKills(words, installation)
            try #require(keys.count == 2 && keys[1] == old)
            let file = installation.directory + "/data/log/verifier.key"
            let published = try String(contentsOfFile: file, encoding: .utf8)
            #expect(published == keys.map { $0 + "\n" }.joined())

            // The running sealer signs with both; the witness knows the old one, and cosigns.
            try await installation.introduce("bob", "viewer")
            let both = try await installation.sealed()
            #expect(both > size)
            let bundle = try await cosignedBundle(of: both, installation, witness, old)
            for key in keys + [file] {
                let verified = try await verify(bundle, key, ["--since", saved], installation)
                #expect(verified.status == (key == keys[0] ? 9 : 0), "\(key): \(verified.output)")
            }
            for key in keys {
                let verified = try await verify(bundle, key, [], installation)
                #expect(verified.status == 0, "\(key): \(verified.output)")
            }

            let destroyed = try await installation.runDirectly(
                ["audit", "key", "--destroy-old"] + words)
            #expect(destroyed.status == 0, "\(destroyed.error)")
            #expect(destroyed.output == "\(keys[0])\n")
            await witness.kill()
            try await witness.start(logKeys: keys)
            try await installation.introduce("carl", "viewer")
            let new = try await installation.sealed()
            let last = try await cosignedBundle(of: new, installation, witness, keys[0])
            #expect(try await verify(last, keys[0], [], installation).status == 0)
            #expect(try await verify(last, old, [], installation).status == 9)
            let continued = try await verify(last, file, ["--since", saved], installation)
            #expect(continued.status == 0, "\(continued.output)")
            try await expectRecorded(keys, installation)
        }
    }

    // MARK: What is expected

    /// Exports at a cosigned checkpoint of at least `size`, and has it verified by other means too.
    private func cosignedBundle(
        of size: Int64, _ installation: Installation, _ witness: WitnessProcess, _ key: String
    ) async throws -> String {
        try await eventually("a cosigned checkpoint of \(size)") {
            try await cosignedSize(installation) ?? 0 >= size
        }
        let shown = try await installation.call(
            "ada", ["audit", "checkpoint", "--log-key", key, "--witness-key", witness.key])
        #expect(shown.error.contains("cosigned by witness.example at 20"), "\(shown.error)")
        let bundle = installation.directory + "/\(size).tar"
        try await installation.call("ada", ["audit", "export", "--quorum", "1", "--file", bundle])
        return bundle
    }

    /// The command is killed at random moments, and begun again, until it says that it is done.
    ///
    /// - Returns: The public keys, the new one first.
    private func rotateInSpiteOfKills(
        _ words: [String], _ installation: Installation
    ) async throws -> [String] {
        var random = SeededRandom.fresh("kills of the rotation")
        let rotate = ["audit", "key", "--rotate"] + words
        for _ in 0..<8 {
            let moment = Double(20 + random.below(400)) / 1000
            try await installation.runDirectly(rotate, killedAfter: moment)
            let printed = try await installation.runDirectly(["audit", "key"])
            #expect(printed.status == 0, "\(printed.error)")
        }
        let last = try await installation.runDirectly(rotate)
        #expect(last.status == 0 || last.error.contains("holds two keys"), "\(last.error)")
        return try await installation.runDirectly(["audit", "key"]).output
            .split(separator: "\n").map(String.init)
    }

    private func cosignedSize(_ installation: Installation) async throws -> Int64? {
        let answer = try await installation.attempt(
            "admin", ["audit", "checkpoint", "--quorum", "1", "-o", "json"])
        guard answer.status == 0, case .object(let checkpoint) = try answer.json,
            case .integer(let size) = checkpoint["size"]
        else { return nil }
        return size
    }

    /// Another witness has cosigned nothing, and a bundle that nobody has cosigned is incomplete.
    private func expectUnmet(
        _ bundle: String, _ key: String, _ installation: Installation
    ) async throws {
        let stranger = try SignerKey(
            name: "witness.example", algorithm: .cosignature, seed: [UInt8](repeating: 9, count: 32)
        ).verifier
        let verified = try await verify(
            bundle, key, ["--witness-key", "\(stranger)"], installation)
        #expect(verified.status == 2)
        #expect(verified.output.contains("cosigned by 0 of the 1 witnesses"))
        let shown = try await installation.attempt(
            "ada", ["audit", "checkpoint", "--log-key", key, "--witness-key", "\(stranger)"])
        #expect(shown.status == 2, "\(shown.error)")
        let two = try await installation.attempt("ada", ["audit", "checkpoint", "--quorum", "2"])
        #expect(two.status == 1, "\(two.error)")
    }

    private func expectRecorded(_ keys: [String], _ installation: Installation) async throws {
        for (type, data) in [
            (
                "LogKeySucceeded",
                [
                    "old": keys[1], "new": keys[0], "reason": "a year has passed",
                ]
            ), ("LogKeyDestroyed", ["key": keys[1], "reason": "a year has passed"]),
        ] {
            let events: ListPage<EventResource> = try WireJSON.decode(
                ListPage.self,
                from: Data(
                    await installation.call(
                        "ada", ["event", "list", "--type", type, "-o", "json"]
                    ).output.utf8))
            try #require(events.data.count == 1)
            #expect(events.data[0].data == .object(data.mapValues { .string($0) }))
            #expect(events.data[0].actor.onBehalfOf?.hasPrefix("pe_") == true)
        }
    }

    private func verify(
        _ bundle: String, _ key: String, _ options: [String], _ installation: Installation
    ) async throws -> Installation.Answer {
        try await installation.run(["audit", "verify", bundle, "--log-key", key] + options)
    }

    /// - Parameter body: Gets the log's public key as well.
    private func withWitness(
        _ body: (Installation, WitnessProcess, String) async throws -> Void
    ) async throws {
        let witness = try await WitnessProcess()
        let installation = try Installation(executor: [
            "--executor", "simulated", "--witness", "http://\(witness.address)", "--witness-key",
            witness.key,
        ])
        do {
            // The witness has to know the key before anybody asks it.
            let made = try await installation.runDirectly([
                "audit", "key", "--create", "--log-name", "log.example",
            ])
            let key = made.output.trimmingCharacters(in: .newlines)
            try await witness.start(logKeys: [key])
            try await installation.start()
            try await body(installation, witness, key)
        } catch {
            print("the end of the installation's log:\n\(installation.log.suffix(6000))")
            print("the end of the witness's log:\n\(witness.log.suffix(3000))")
            await installation.remove()
            await witness.remove()
            throw error
        }
        await installation.remove()
        await witness.remove()
    }
}
