import APIContract
import Application
import EventSourcing
import Foundation
import Logging
import Postgres
import PostgresStore
import Signing
import Support
import Testing
import TransparencyLog

/// What an auditor reads over HTTP verifies by the log's key alone (I11).
@Suite(.timeLimit(.minutes(2))) struct AuditTests {
    @Test func checkpointsProofsAndFilesVerify() async throws {
        try await withSealedLog { log, auditor, key in
            let latest = try await log.get("/api/v1/checkpoints/latest", as: auditor)
            let resource = try latest.decode(CheckpointResource.self)
            let head = try Checkpoint(
                opening: SignedNote(Array(resource.note.utf8)), from: key.name, by: [key]
            ).head
            #expect(head.size == resource.size && head.root.description == resource.root)
            let note = try await log.get("/api/v1/log/checkpoint", as: auditor)
            #expect(note.text == resource.note)
            #expect(note.header("content-type") == "text/plain; charset=utf-8")
            #expect(note.header("cache-control") == "no-store")
            let same = try await log.get("/api/v1/checkpoints/\(head.size)", as: auditor)
            #expect(same.body == latest.body)

            let proof: InclusionProofResource = try await log.get(
                "/api/v1/proofs/inclusion?position=2", as: auditor
            ).decode()
            let entry = try LogEntry(bytes: Array(proof.entry.utf8))
            let hashes = proof.hashes.compactMap { Digest($0) }
                .compactMap { TreeHash(bytes: $0.bytes) }
            #expect(
                InclusionProof(index: 1, size: head.size, hashes: hashes)
                    .proves(entry.leafHash, under: head.root))
            let event = try entry.event()
            for query in [
                "event=\(event.id.text)", "stream=\(event.stream)&version=\(event.version)",
            ] {
                let found: InclusionProofResource = try await log.get(
                    "/api/v1/proofs/inclusion?\(query)&size=\(head.size)", as: auditor
                ).decode()
                #expect(found == proof, "\(query)")
            }

            let tile = try await log.get("/api/v1/log/tile/0/000.p/\(head.size)", as: auditor)
            #expect(tile.header("cache-control") == "private, max-age=31536000, immutable")
            #expect(tile.header("content-type") == "application/octet-stream")
            let id = BundleID(index: 0, width: Int(head.size))
            let bytes = try await log.get("/api/v1/log/\(id)", as: auditor).body
            let bundle = try EntryBundle(id, bytes: Array(bytes))
            #expect(bundle.entries[1] == entry)
            #expect(bundle.leafHashes.flatMap(\.bytes) == Array(tile.body))

            let whole: ConsistencyProofResource = try await log.get(
                "/api/v1/proofs/consistency?from=0", as: auditor
            ).decode()
            #expect(whole == ConsistencyProofResource(from: 0, to: head.size, hashes: []))
        }
    }

    private static let requests = [
        ("checkpoints/99", 404, "not-found"), ("checkpoints/first", 404, "not-found"),
        ("checkpoints/latest?cosignatures=0", 200, ""),
        ("checkpoints/latest?cosignatures=1", 404, "not-found"),
        ("checkpoints/latest?cosignatures=x", 422, "invalid-field"),
        ("proofs/inclusion", 422, "invalid-field"),
        ("proofs/inclusion?position=0", 404, "not-found"),
        ("proofs/inclusion?position=999", 404, "not-found"),
        ("proofs/inclusion?position=1&size=99", 404, "not-found"),
        ("proofs/inclusion?event=x", 404, "not-found"),
        ("proofs/inclusion?stream=pe_1&version=1", 404, "not-found"),
        ("proofs/consistency", 422, "invalid-field"),
        ("proofs/consistency?from=1&to=99", 422, "invalid-field"),
        ("proofs/consistency?from=3&to=2", 422, "invalid-field"),
        ("log/tile/0/000", 404, "not-found"), ("log/tile/0/00%30.p/1", 200, ""),
        ("log/tile/../checkpoint", 404, "not-found"), ("log/tile", 404, "not-found"),
        ("log/tile/entries/001", 404, "not-found"),
    ]

    @Test func whatIsNotThereIsSaid() async throws {
        try await withSealedLog { log, auditor, _ in
            for (path, status, code) in Self.requests {
                let reply = try await log.get("/api/v1/\(path)", as: auditor)
                #expect(reply.status == status, "\(path): \(reply.text)")
                if status != 200 { #expect(try reply.problem.code == code, "\(path)") }
            }
        }
    }

    @Test func theLatestThatIsCosignedIsShownAsLongAsItIsRecent() async throws {
        try await withSealedLog { log, auditor, _ in
            func size(_ query: String = "") async throws -> Int64 {
                try await log.get("/api/v1/checkpoints/latest\(query)", as: auditor)
                    .decode(CheckpointResource.self).size
            }
            let database = try await Connection.open(log.options)
            let line =
                "\u{2014} witness.example \(Data(repeating: 7, count: 76).base64EncodedString())\n"
            try await database.query(
                "select patchflow.add_cosignature(size, root, \(line)) from patchflow.checkpoints")
            let administrator = try #require(
                try await log.useCases.installAdministrator(again: true))
            _ = try await log.token("bob", "viewer", by: administrator)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await size("?cosignatures=0") <= 4 {
                try #require(ContinuousClock.now < deadline, "it was not sealed")
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await size() == 4)
            let note = try await log.get("/api/v1/log/checkpoint", as: auditor)
            #expect(note.text.hasSuffix(line))

            try await database.script(
                """
                set session_replication_role = replica;
                update patchflow.checkpoints set sealed_at = sealed_at - interval '11 minutes'
                where cosignatures > 0;
                """)
            await database.close()
            #expect(try await size() > 4, "the witness is gone, and the log goes on")
            #expect(try await size("?cosignatures=1") == 4)
        }
    }

    @Test func strangersSeeNothingOfIt() async throws {
        try await withSealedLog { log, _, _ in
            for path in ["checkpoints/latest", "log/checkpoint", "log/tile/0/000.p/1"] {
                let reply = try await log.get("/api/v1/\(path)")
                #expect(reply.status == 401)
            }
        }
    }

    /// A served log of four events that is sealed, an auditor's token, and the log's key.
    private func withSealedLog(
        _ body: (ServedLog, String, VerifierKey) async throws -> Void
    ) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let token = try await log.token("ada", "auditor", by: administrator)
            let auditor = try #require(token.secret)
            let directory = try makeTestDirectory("signer")
            let key = try CheckpointSigner.make(
                origin: "example.org/log", keyFile: directory + "/key",
                memoryFile: directory + "/memory")
            let store = try #require(log.useCases.store as? PostgresEventStore)
            let sealer = Sealer(
                store: store,
                signer: try CheckpointSigner(
                    keyFile: directory + "/key", memoryFile: directory + "/memory"),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let service = Task { try await sealer.run() }
            let deadline = ContinuousClock.now + .seconds(20)
            while try await log.useCases.sealedLog.checkpoint(of: nil)?.size != 4 {
                try #require(ContinuousClock.now < deadline, "it was not sealed")
                try await Task.sleep(for: .milliseconds(5))
            }
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(log, auditor, key))
            } catch {
                outcome = .failure(error)
            }
            service.cancel()
            try await service.value
            try FileManager.default.removeItem(atPath: directory)
            try outcome.get()
        }
    }
}
