import APIContract
import Foundation
import PrivateCluster
import Support
import Testing

/// Erasing a person from a whole installation, and what must not change by it.
@Suite(.serialized)
struct ErasureScenarios {
    private let name = "alice.lidell@example.com"

    @Test("two people erase a third: no dump has the name, and every proof stays valid (I11, I14)")
    func redact() async throws {
        try await withInstallation { installation in
            let key = installation.directory + "/data/log/verifier.key"
            try await installation.introduce(name, "viewer")
            try await installation.introduce("ada", "auditor", "riskOwner")
            let file = try await keyFile(of: name, installation)
            #expect(try files(installation).contains(file))
            let size = try await installation.sealed()
            let before = try await export("before", installation)
            let proof = try await installation.call(
                "ada", ["audit", "prove", "4", "--size", "\(size)", "--log-key", key])

            let asked = try await installation.call(
                "admin", ["audit", "redact", name, "--reason", "asked by letter"])
            #expect(asked.error.contains("nothing is erased yet"))
            let alone = try await installation.attempt(
                "admin", ["audit", "redact", name, "--confirm", "--reason", "seen", "--yes"])
            #expect(alone.status == 4, "\(alone.error)")
            #expect(try await names(installation).contains(name))
            try await installation.call(
                "ada", ["audit", "redact", name, "--confirm", "--reason", "seen", "--yes"])

            let names = try await names(installation)
            #expect(!names.contains(name) && names.contains("(erased)"))
            let refused = try await installation.attempt(name, ["patch", "list"])
            #expect(refused.status == 4, "\(refused.error)")
            #expect(try await !dump(of: installation).contains(name))
            #expect(try !files(installation).contains { $0.hasPrefix(file) })

            // The same bytes: what was proved is proved, and both bundles are sound.
            _ = try await installation.sealed()
            let again = try await installation.call(
                "ada", ["audit", "prove", "4", "--size", "\(size)", "--log-key", key])
            #expect(again.output == proof.output)
            let after = try await export("after", installation)
            for bundle in [before, after] {
                let verified = try await installation.run(
                    ["audit", "verify", bundle, "--log-key", key])
                #expect(verified.status == 0, "\(verified.output)\(verified.error)")
            }
            let sound = try await installation.runDirectly(["doctor", "--projections"])
            #expect(sound.status == 0, "\(sound.output)\(sound.error)")

            // A key that is shredded without its event is found out.
            try await installation.introduce("bob", "viewer")
            let bobs = try await keyFile(of: "bob", installation)
            let keys = installation.directory + "/data/subject-keys/"
            try FileManager.default.removeItem(atPath: keys + bobs)
            let found = try await installation.runDirectly(["doctor"])
            #expect(found.status == 9)
            #expect(
                found.output.contains("the key of \(bobs.dropLast(4)) is missing, though no event"),
                "\(found.output)")
        }
    }

    @Test("a server that is killed between the event and the key: the next one destroys it")
    func killedInBetween() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "riskOwner")
            try await installation.introduce(name, "viewer")
            let file = try await keyFile(of: name, installation)
            try await installation.call(
                "admin", ["audit", "redact", name, "--reason", "asked by letter"])
            // Whoever destroys a key waits for this lock: the event is durable before.
            let lock = open(installation.directory + "/data/subject-keys/lock", O_RDWR | O_CLOEXEC)
            #expect(lock >= 0 && flock(lock, LOCK_EX) == 0)
            async let confirmed = installation.attempt(
                "ada", ["audit", "redact", name, "--confirm", "--reason", "seen", "--yes"])
            try await eventually("the event") {
                try await installation.call(
                    "admin", ["event", "list", "--type", "SubjectErased", "-o", "json"]
                ).output.contains("SubjectErased")
            }
            #expect(try files(installation).contains(file))
            for pid in installation.pids(of: "serve") { kill(pid, SIGKILL) }
            #expect(try files(installation).contains(file))
            close(lock)
            try await eventually("the key to be gone") { try !files(installation).contains(file) }
            // Whoever asked asks again, and is told what was recorded.
            let answer = try await confirmed
            #expect(answer.status == 0 && answer.output.contains("erased"), "\(answer)")
            let events = try await installation.call(
                "admin", ["event", "list", "--type", "SubjectErased", "-o", "jsonl"])
            #expect(events.output.split(separator: "\n").count == 1)
            #expect(installation.log.contains("destroyed the key of somebody who was erased"))
        }
    }

    @Test("servers that are killed while they erase leave nobody half erased")
    func killed() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "riskOwner")
            var random = SeededRandom.fresh("moments to kill a server that erases")
            var gone: [String] = []
            for round in 0..<6 {
                let name = "person-\(round)"
                try await installation.introduce(name, "viewer")
                let file = try await keyFile(of: name, installation)
                gone.append(file)
                try await installation.call(
                    "admin", ["audit", "redact", name, "--reason", "asked by letter"])
                async let confirmed = installation.attempt(
                    "ada", ["audit", "redact", name, "--confirm", "--reason", "seen", "--yes"])
                try await Task.sleep(for: .milliseconds(30 + random.below(120)))
                for pid in installation.pids(of: "serve") { kill(pid, SIGKILL) }
                // The command asks again until there is an answer.
                let answer = try await confirmed
                #expect(answer.status == 0, "\(answer.error), seed: \(random.seed)")
                try await eventually("the key of \(name) to be gone") {
                    try !files(installation).contains { $0.hasPrefix(file) }
                }
                #expect(try await !names(installation).contains(name))
            }
            // The keys come back with a backup: the next server to start destroys them.
            let back = try #require(gone.first)
            let keys = installation.directory + "/data/subject-keys/"
            let living = try #require(try files(installation).first { $0.hasSuffix(".key") })
            try FileManager.default.copyItem(atPath: keys + living, toPath: keys + back)
            let looked = try await installation.runDirectly(["doctor"])
            #expect(
                looked.status == 0 && looked.output.contains("was erased, and its key is there"))
            for pid in installation.pids(of: "serve") { kill(pid, SIGKILL) }
            try await eventually("the key that came back to be gone") {
                try !files(installation).contains(back)
            }
            let sound = try await installation.runDirectly(["doctor"])
            #expect(sound.status == 0 && !sound.output.contains("look"), "\(sound.output)")
        }
    }

    private func files(_ installation: Installation) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: installation.directory + "/data/subject-keys")
    }

    private func tokens(_ installation: Installation) async throws -> [TokenResource] {
        let answer = try await installation.call("admin", ["token", "list", "-o", "json"])
        return try WireJSON.decode(
            ListPage<TokenResource>.self, from: Data(answer.output.utf8)
        ).data
    }

    private func names(_ installation: Installation) async throws -> [String] {
        try await tokens(installation).map(\.person)
    }

    /// The file with the key of somebody.
    private func keyFile(of name: String, _ installation: Installation) async throws -> String {
        let token = try await tokens(installation).first { $0.person == name }
        return try #require(token).personId + ".key"
    }

    /// Everything that the database holds.
    private func dump(of installation: Installation) async throws -> String {
        let cluster = try PrivateCluster(directory: installation.directory + "/data/postgres")
        let file = installation.directory + "/dump.sql"
        try await Programs.run(
            Programs.postgres("pg_dump"),
            Programs.connection(cluster.options) + ["-d", "patchflow", "-f", file])
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    private func export(_ name: String, _ installation: Installation) async throws -> String {
        let bundle = "\(installation.directory)/\(name).tar"
        try await installation.call("ada", ["audit", "export", "--file", bundle])
        return bundle
    }
}
