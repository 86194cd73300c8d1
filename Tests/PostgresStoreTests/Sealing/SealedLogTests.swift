import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing
import TransparencyLog

/// What auditors get verifies with nothing but the checkpoint.
@Suite(.timeLimit(.minutes(2))) struct SealedLogTests {
    @Test func everyKindOfProofAndFileIsRightForARandomLog() async throws {
        var random = SeededRandom.fresh("proofs")
        let files = try SignerFiles()
        let size = Int64(520 + random.below(400))
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 10))
            try await sealing(store, files) {
                try await waitForCheckpoint(of: 10, store)
                _ = try await store.append(request(newStream(), events: Int(size) - 10))
                try await waitForCheckpoint(of: size, store)
            }
            let log = PostgresSealedLog(store: store)
            let leaves = try await leavesBySQL(options)
            let old = try await head(10, log)
            let new = try await head(size, log)

            for _ in 0..<40 {
                let position = 1 + Int64(random.below(Int(size)))
                let proven = try await log.inclusion(of: position, in: size)
                let proof = InclusionProof(
                    index: position - 1, size: size, hashes: try hashes(proven.hashes))
                let entry = try LogEntry(bytes: proven.entry)
                #expect(proof.proves(entry.leafHash, under: new.root), "position \(position)")
                #expect(try entry.event().position == position)
            }
            let consistency = ConsistencyProof(
                oldSize: 10, newSize: size,
                hashes: try hashes(await log.consistency(from: 10, to: size)))
            #expect(consistency.proves(old.root, growsInto: new.root))

            // The files are those of a C2SP log: the tiles, and bundles whose hashes they are.
            var builder = TileBuilder()
            for tile in builder.append(leaves) {
                #expect(try await log.file(tile.id.description) == tile.bytes, "\(tile.id)")
            }
            for id in BundleID.all(ofTreeOf: size) {
                let bytes = try #require(await log.file(id.description))
                let bundle = try EntryBundle(id, bytes: bytes)
                #expect(
                    bundle.leafHashes
                        == Array(leaves[Int(id.leaves.lowerBound)..<Int(id.leaves.upperBound)]))
            }
            // A narrower partial tile of an earlier head is still there.
            #expect(try await log.file("tile/0/000.p/10")?.count == 320)
        }
        try files.remove()
    }

    @Test func nothingBeyondTheLatestSignedHeadIsShown() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            let log = PostgresSealedLog(store: store)
            #expect(try await log.checkpoint(of: nil) == nil)
            #expect(try await log.file("tile/0/000.p/1") == nil)
            _ = try await store.append(request(newStream(), events: 260))
            try await sealing(store, files) { try await waitForCheckpoint(of: 260, store) }
            // Sealed, and not signed yet.
            try await withSQL(options) {
                try await $0.query(
                    """
                    select patchflow.seal_log(260, 261, sha256('x'), '{0}', '{1}', array[
                        (select hashes from patchflow.tiles where level = 0 and index = 1)
                        || sha256('y')])
                    """)
            }
            #expect(try await log.checkpoint(of: nil)?.size == 260)
            #expect(try await log.checkpoint(of: 261) == nil)
            #expect(try await log.file("tile/0/001.p/4")?.count == 128)
            for path in [
                "tile/0/001.p/5", "tile/0/002", "tile/1/000.p/2", "tile/9/000", "tile/entries/001",
                "tile/entries/001.p/5", "tile/entries/x999/x999/x999/x999/x999/x999/999",
                "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/1", "tile/0/../000",
            ] {
                #expect(try await log.file(path) == nil, "\(path)")
            }
        }
        try files.remove()
    }

    @Test func eventsAreFoundByIdAndByTheirStreamsVersion() async throws {
        try await withStore { store, _ in
            let stream = newStream()
            _ = try await store.append(request(newStream(), events: 3))
            _ = try await store.append(request(stream, events: 4))
            let log = PostgresSealedLog(store: store)
            let event = try #require(try await store.read(stream, after: 1, limit: 1).first)
            #expect(try await log.position(ofEvent: event.id) == 5)
            #expect(try await log.position(of: stream, version: 2) == 5)
            #expect(try await log.position(ofEvent: UUID()) == nil)
            #expect(try await log.position(of: stream, version: 5) == nil)
            #expect(try await log.position(of: newStream(), version: 1) == nil)
        }
    }

    private func head(_ size: Int64, _ log: PostgresSealedLog) async throws -> TreeHead {
        let checkpoint = try #require(await log.checkpoint(of: size))
        return TreeHead(size: size, root: try hashes([checkpoint.root])[0])
    }

    private func hashes(_ digests: [Digest]) throws -> [TreeHash] {
        try digests.map { try #require(TreeHash(bytes: $0.bytes)) }
    }
}
