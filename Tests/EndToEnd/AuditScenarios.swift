import APIContract
import EventSourcing
import Foundation
import JSON
import Postgres
import PrivateCluster
import Support
import Testing
import TransparencyLog

/// An auditor with the log's public key, against a whole installation.
@Suite(.serialized)
struct AuditScenarios {
    @Test("events are proved by the key alone, and an edited one is found out (I11)")
    func proves() async throws {
        try await withInstallation { installation in
            let key = installation.directory + "/data/log/verifier.key"
            let verifier = try VerifierKey(
                String(contentsOfFile: key, encoding: .utf8)
                    .trimmingCharacters(in: .newlines))
            #expect(installation.log.contains("auditors verify by \(verifier)"))
            let printed = try await installation.runDirectly(["audit", "key"])
            #expect(printed.output == "\(verifier)\n")

            try await installation.introduce("ada", "auditor")
            let saved = installation.directory + "/saved"
            let size = try await installation.sealed()
            let first = try await installation.call(
                "ada", ["audit", "checkpoint", "--log-key", key, "--file", saved])
            #expect(first.output.isEmpty)
            #expect(first.error.hasSuffix("saved in \(saved)\n"))
            let note = try await installation.call(
                "ada", ["audit", "checkpoint", "--size", "\(size)"])
            let text = try String(contentsOfFile: saved, encoding: .utf8)
            #expect(note.output == text)
            #expect(note.error == "not verified: no key was given (--log-key)\n")

            let proof = try await installation.call(
                "ada", ["audit", "prove", "2", "--size", "\(size)", "--log-key", "\(verifier)"])
            try expectGolden(proof.output, size, verifier, installation)
            try await expectProved(by: verifier, installation)

            try await installation.introduce("bob", "viewer")
            let later = try await installation.sealed()
            #expect(later > size)
            let since = try await installation.call(
                "ada", ["audit", "checkpoint", "--log-key", key, "--since", saved])
            #expect(since.error.hasSuffix("begins with the \(size) entries of \(saved)\n"))

            try await expectSoundExports(since: saved, key, installation)

            // A superuser edits an event that was sealed.
            try await installation.asSuperuser(
                "update patchflow.events set actor = 'pe_nobody' where position = 2")
            let edited = try await installation.attempt(
                "ada", ["audit", "prove", "2", "--log-key", key])
            #expect(edited.status == 9)
            #expect(edited.error.contains("does not lead from the entry at position 2 to the root"))
            let other = try await installation.attempt(
                "ada", ["audit", "prove", "3", "--log-key", key])
            #expect(other.status == 0, "\(other.error)")
            let bundle = installation.directory + "/edited.tar"
            try await installation.call("ada", ["audit", "export", "--file", bundle])
            let verified = try await installation.run(["audit", "verify", bundle, "--log-key", key])
            #expect(verified.status == 9)
            #expect(verified.output.contains("position 2"), "\(verified.output)")
        }
    }

    @Test("a database that was set back stops sealing alone, until somebody says why (I11)")
    func incarnation() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "auditor")
            let size = try await installation.sealed()
            let idle = try await installation.runDirectly(
                ["audit", "incarnation", "--reason", "for fun"])
            #expect(idle.status == 2)
            #expect(idle.error.contains("the signer has nothing against this database"))

            // The signer has signed more than the database has now, and killed it goes on.
            let memory = installation.directory + "/data/log/signer.memory"
            let name = try #require(
                String(contentsOfFile: memory, encoding: .utf8).split(separator: "\n").first)
            let lost = TreeHash.leaf([1])
            for pid in installation.pids(of: "seal") { kill(pid, SIGSTOP) }
            try Data("\(name)\n9999\n\(lost.base64)\n".utf8).write(to: URL(filePath: memory))
            for pid in installation.pids(of: "seal") { kill(pid, SIGKILL) }
            try await eventually("the halt") { installation.log.contains("sealing stands still") }
            #expect(installation.log.contains("the log is smaller than it was"))
            // Everything else goes on.
            try await installation.introduce("bob", "viewer")
            #expect(try await installation.latest() == size)

            let said = try await installation.runDirectly(
                ["audit", "incarnation", "--reason", "the disk of db1 was lost"])
            #expect(said.status == 0, "\(said.error)")
            #expect(said.error.contains("the signer goes on from \(size) entries, after 9999"))
            #expect(try await installation.sealed() > size)
            let events: ListPage<EventResource> = try WireJSON.decode(
                ListPage.self,
                from: Data(
                    await installation.call(
                        "ada", ["event", "list", "--type", "IncarnationBegun", "-o", "json"]
                    ).output.utf8))
            let data = try #require(events.data.first).data
            guard case .object(let begun) = data else { throw InstallationError("\(data)") }
            #expect(begun["reason"] == .string("the disk of db1 was lost"))
            #expect(begun["lostSize"] == .integer(9999))
            #expect(begun["lostRoot"] == .string(lost.description))
            #expect(begun["resumedSize"] == .integer(size))
        }
    }

    @Test("without the key nothing is sealed, and the rest works")
    func lostKey() async throws {
        try await withInstallation { installation in
            _ = try await installation.sealed()
            await installation.stop()
            let key = installation.directory + "/data/log/signer.key"
            try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
            try await installation.start()
            #expect(installation.log.contains("nothing is sealed from here until the signer's key"))
            #expect(installation.pids(of: "seal").isEmpty)
            try await installation.introduce("ada", "auditor")
            #expect(!FileManager.default.fileExists(atPath: key))
        }
    }

    // MARK: What is expected

    /// What an auditor exports is verified by the key alone, whole and in parts.
    private func expectSoundExports(
        since saved: String, _ key: String, _ installation: Installation
    ) async throws {
        let position = try #require(await installation.latest())
        for (name, choice) in [
            ("whole", []), ("range", ["--from", "2", "--to", "4"]),
            ("dates", ["--from", "2026-01-01", "--to", "2126-01-01T12:00:00Z"]),
            ("again", ["--size", "\(position)"]), ("twice", ["--size", "\(position)"]),
        ] {
            let bundle = installation.directory + "/\(name).tar"
            let exported = try await installation.call(
                "ada", ["audit", "export", "--file", bundle] + choice)
            #expect(exported.output.isEmpty && exported.error.hasPrefix(bundle))
            let since = ["range", "dates"].contains(name) ? [] : ["--since", saved]
            let verified = try await installation.run(
                ["audit", "verify", bundle, "--log-key", key] + since)
            #expect(verified.status == 0, "\(name): \(verified.output)\(verified.error)")
        }
        let bundles = try ["again", "twice"].map { name in
            try Data(contentsOf: URL(filePath: installation.directory + "/\(name).tar"))
        }
        #expect(bundles[0] == bundles[1], "the same checkpoint and choice give the same bytes")
        for choice in [
            ["--from", "9", "--to", "2"], ["--stream", "nonsense"],
            ["--from", "1", "--stream", "x"], ["--from", "1", "--to", "2026-04-01"],
            ["--from", "2026-04-01", "--to", "2026-04-01"], ["--from", "April"],
            ["--without-neighbours"],
        ] {
            let bundle = installation.directory + "/refused.tar"
            let refused = try await installation.attempt(
                "ada", ["audit", "export", "--file", bundle] + choice)
            #expect(refused.status == 2, "\(choice): \(refused.error)")
            #expect(!FileManager.default.fileExists(atPath: bundle))
        }
    }

    private func expectGolden(
        _ output: String, _ size: Int64, _ verifier: VerifierKey, _ installation: Installation
    ) throws {
        let lines = output.split(separator: "\n").map(String.init)
        try #require(lines.count == 8, "\(output)")
        let entry = try LogEntry(bytes: Array(lines[7].utf8))
        let event = try entry.event()
        let root = try Checkpoint(
            text: SignedNote(
                Array(Data(contentsOf: URL(filePath: installation.directory + "/saved")))
            ).text
        ).head.root
        // A leaf at the left edge has a sibling at every level.
        let proofLength = Int64.bitWidth - (size - 1).leadingZeroBitCount
        #expect(
            output == """
                proved: \(event.type) is at position 2 of the log '\(verifier.name)'
                  event       \(event.id.text)
                  stream      \(event.stream), version \(event.version)
                  recorded    \(event.recordedAt)
                  entry       \(entry.bytes.count) bytes, SHA-256 \(Digest(of: entry.bytes))
                  proof       \(proofLength) hashes to the root \(root)
                  checkpoint  \(size) entries, signed by \(verifier)
                \(lines[7])

                """)
    }

    /// By each name of the event, and never by another key or none.
    private func expectProved(by verifier: VerifierKey, _ installation: Installation) async throws {
        func prove(_ event: String, _ key: String?) async throws -> Installation.Answer {
            try await installation.attempt(
                "ada",
                ["audit", "prove", event, "-o", "json"] + (key.map { ["--log-key", $0] } ?? []))
        }
        let proved = try await prove("2", "\(verifier)")
        guard case .object(let fields) = try proved.json, case .string(let id) = fields["event"],
            case .string(let stream) = fields["stream"]
        else { throw InstallationError(proved.output + proved.error) }
        #expect(fields["position"] == .integer(2))
        #expect(fields["signed_by"] == .string("\(verifier)"))
        for name in [id, "\(stream)@2"] {
            let answer = try await prove(name, "\(verifier)")
            #expect(answer.status == 0, "\(name): \(answer.error)")
        }
        let stranger = try SignerKey(
            name: verifier.name, algorithm: .ed25519, seed: Array(repeating: 7, count: 32)
        ).verifier
        let wrong = try await prove("2", "\(stranger)")
        #expect(wrong.status == 9)
        #expect(wrong.error.contains("signed by no key that is known here"))
        #expect(try await prove("2", nil).status == 2)
        #expect(try await prove("2", "nonsense").status == 2)
        #expect(try await prove("x_y", "\(verifier)").status == 2)
        #expect(try await prove("9999", "\(verifier)").status == 1)
    }
}

/// Runs `body` with an installation of its own that works on simulated hosts.
func withInstallation(_ body: (Installation) async throws -> Void) async throws {
    let installation = try Installation(executor: ["--executor", "simulated"])
    do {
        try await installation.start()
        try await body(installation)
    } catch {
        print("the end of the installation's log:\n\(installation.log.suffix(6000))")
        await installation.remove()
        throw error
    }
    await installation.remove()
}

extension Installation {
    func asSuperuser(_ change: String) async throws {
        let cluster = try PrivateCluster(directory: directory + "/data/postgres")
        let connection = try await Connection.open(cluster.options.with(database: "patchflow"))
        try await connection.script("set session_replication_role = replica; \(change)")
        await connection.close()
    }
}
