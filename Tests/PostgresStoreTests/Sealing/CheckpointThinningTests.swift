import EventSourcing
import Foundation
import Postgres
import PostgresStore
import StoreCheck
import Support
import Testing
import TransparencyLog

/// Old checkpoints go, and nothing that could be proved can't be any more (I11).
@Suite(.timeLimit(.minutes(2))) struct CheckpointThinningTests {
    @Test("of each hour, and later of each day, the last stays, and the best cosigned")
    func rule() async throws {
        try await withStoreDatabase { options in
            let now = Int64(Date().timeIntervalSince1970)
            var random = SeededRandom.fresh("thinned checkpoints")
            var all: [Kept] = []
            // Over forty days, about every half hour; the last of them a moment ago.
            var moment = now - 40 * 86_400
            while moment < now {
                all.append(
                    Kept(
                        size: Int64(all.count + 1), sealedAt: moment,
                        cosignatures: random.chance(20) ? Int64(1 + random.below(2)) : 0))
                moment += Int64(1 + random.below(3600))
                // None gets older than the rule's limits while this runs.
                for limit in [now - 86_400, now - 30 * 86_400]
                where abs(moment - limit) < 300 { moment = limit + 300 }
            }
            let archived = random.pick(all.filter { $0.sealedAt < now - 3 * 86_400 }).size
            try await withSQL(options) { owner in
                try await owner.query(
                    """
                    insert into patchflow.checkpoints (size, root, note, sealed_at, cosignatures)
                    select size, sha256('root'), 'signed', to_timestamp(at), cosignatures::smallint
                    from unnest(
                        \(all.map(\.size)), \(all.map(\.sealedAt)), \(all.map(\.cosignatures))
                    ) c(size, at, cosignatures)
                    """)
                try await owner.query(
                    """
                    insert into patchflow.archives values (
                        1, 20, 'first.tar', sha256('file'), 1, \(archived), now())
                    """)
                for _ in 0..<2 { try await owner.query("select patchflow.forget_old_rows()") }
                let left = try await owner.query(
                    "select size from patchflow.checkpoints order by size"
                ).map { try $0.decode(Int64.self, at: 0) }
                #expect(left == Kept.expected(of: all, archived, at: now))
                #expect(left.last == all.last?.size)
                // Nor by hand.
                for size in left {
                    let refused = await #expect(throws: PostgresError.self) {
                        try await owner.query(
                            "delete from patchflow.checkpoints where size = \(size)")
                    }
                    #expect(refused?.sqlState == "PF001")
                }
            }
        }
    }

    private struct Kept {
        let size: Int64
        let sealedAt: Int64
        let cosignatures: Int64

        /// As the rule is told to people.
        static func expected(of all: [Kept], _ archived: Int64, at now: Int64) -> [Int64] {
            all.filter { one in
                if one.sealedAt > now - 86_400 || one.size == archived { return true }
                let length: Int64 = one.sealedAt > now - 30 * 86_400 ? 3600 : 86_400
                let start = one.sealedAt / length * length
                let others = all.filter { (start..<start + length).contains($0.sealedAt) }
                let best = others.filter { $0.cosignatures > 0 }
                    .max { ($0.cosignatures, $0.size) < ($1.cosignatures, $1.size) }
                return one.size == others.last?.size || one.size == best?.size
            }.map(\.size)
        }
    }

    @Test("whoever has kept a checkpoint that went is shown that the log begins with it")
    func proofs() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            let log = PostgresSealedLog(store: store)
            var saved: [SealedCheckpoint] = []
            for round in 1...6 {
                _ = try await store.append(request(newStream(), events: 50))
                let size = Int64(50 * round)
                try await sealing(store, files) { try await waitForCheckpoint(of: size, store) }
                saved.append(try #require(try await log.checkpoint(of: size)))
            }
            try await withSQL(options) { owner in
                try await owner.script(
                    """
                    set session_replication_role = replica;
                    update patchflow.checkpoints
                    set sealed_at = date_trunc('day', now() - interval '50 days', 'UTC')
                        + size * interval '1 second';
                    set session_replication_role = origin;
                    """)
                try await owner.query("select patchflow.forget_old_rows()")
                let left = try await owner.query("select size from patchflow.checkpoints")
                #expect(try left.map { try $0.decode(Int64.self, at: 0) } == [300])
            }
            for checkpoint in saved {
                let hashes = try await log.consistency(from: checkpoint.size, to: 300)
                let proof = ConsistencyProof(
                    oldSize: checkpoint.size, newSize: 300,
                    hashes: try hashes.map { try #require(TreeHash(bytes: $0.bytes)) })
                let (old, last) = (checkpoint.root, try #require(saved.last).root)
                let oldRoot = try #require(TreeHash(bytes: old.bytes))
                let newRoot = try #require(TreeHash(bytes: last.bytes))
                #expect(proof.proves(oldRoot, growsInto: newRoot), "from \(checkpoint.size)")
                let inside = try await log.inclusion(of: 7, in: max(7, checkpoint.size))
                #expect(inside.position == 7)
            }
            #expect(try await log.checkpoint(of: 100) == nil)
            #expect(try await log.checkpoint(covering: 100)?.size == 300)
            #expect(try await log.checkpoint(covering: 301) == nil)
            let report = try await StoreDoctor.auditing(options, keys: [files.verifier]).report()
            #expect(report.result == .sound, "\(report.words)")
        }
        try files.remove()
    }
}
