import EventSourcing
import Postgres
import Support
import Testing

@testable import Projections

/// I12 in one digest: live, rebuilt and as-of are compared by their state hashes.
@Suite struct StateHashTests {
    @Test func liveRebuiltAndAsOfHaveOneHashHoweverAndWheneverTheyWereFolded() async throws {
        try await withBooks { books in
            var history = History("state hash", books)
            var taken: [StateHash] = []
            for _ in 0..<8 {
                try await history.live(steps: 10 + history.random.below(50))
                try await books.project()
                let live = try await books.generations.live(
                    definition: PatchflowFold().definition)
                let head = try await books.store.head()
                taken.append(try await live.stateHash(at: head))
            }
            #expect(Set(taken.map(\.digest)).count == taken.count, "every stretch changes rows")

            let report = try await books.rebuild.replace()
            #expect(report.live == report.other)
            #expect(report.differences.isEmpty)
            let all = try await books.generations.all()
            #expect(all.count == 2)
            for hash in taken {
                for one in all {
                    #expect(
                        try await books.generations.stateHash(
                            of: one.generation, at: hash.position) == hash)
                }
            }
            // The proof stays with the generation that it is of.
            #expect(all.first?.verified == taken.last)
            #expect(
                try await books.generations.stateHash(of: 99, at: 0).digest
                    == Digest(of: [UInt8]()))
        }
    }

    private static let edits: [(name: String, change: Query, subject: Query)] = [
        ("a document", "document = replace(document::text, '{', '{ ')::json", "true"),
        ("a state", "state = state || '!'", "to_position is null"),
        ("a parent", "parent = ''", "parent is null"),
        ("a key", "sort_key = sort_key || ' '", "to_position is not null"),
        ("an end", "to_position = to_position + 1", "to_position is not null"),
        ("a beginning", "from_position = from_position + 1", "to_position is null"),
    ]

    @Test func aRowThatASuperuserChangedAddedOrRemovedGivesAnotherHash() async throws {
        try await withBooks { books in
            var history = History("edited by hand", books)
            // Few random histories change no asset within 150 steps: those go on until one has.
            repeat {
                try await history.live(steps: 150)
                try await books.project()
            } while try await !Self.hasClosedAsset(books)
            let live = try await books.generations.live(definition: PatchflowFold().definition)
            let head = try await books.store.head()
            let sound = try await live.stateHash(at: head)
            try await books.pool.query(
                "create table kept as select * from patchflow.projection_rows")
            for (name, change, subject) in Self.edits {
                var query: Query = "update patchflow.projection_rows set "
                query.append(change)
                query.append(
                    " where ctid = (select min(ctid) from patchflow.projection_rows where ")
                query.append(subject)
                query.append(" and kind = 'asset')")
                #expect(try await books.pool.query(query).affectedRows == 1, "\(name)")
                #expect(try await live.stateHash(at: head) != sound, "\(name)")
                let report = try await books.rebuild.verify()
                #expect(!report.isEqual && !report.differences.isEmpty, "\(name)")
                #expect(report.other == sound, "\(name)")
                try await Self.restore(books)
                #expect(try await live.stateHash(at: head) == sound, "\(name)")
            }
            try await books.pool.query(
                "delete from patchflow.projection_rows where kind = 'asset' and to_position > 0")
            #expect(try await live.stateHash(at: head) != sound)
            try await Self.restore(books)
            try await books.pool.query(
                """
                insert into patchflow.projection_rows (
                    generation, kind, id, from_position, state, sort_key, document)
                values (\(live.number), 'asset', 'as_forged', 7, 'active', 'forged', '{}')
                """)
            #expect(try await live.stateHash(at: head) != sound)
            // As of a time before that row, nothing has changed.
            let before = try await live.stateHash(at: 6)
            try await Self.restore(books)
            #expect(try await live.stateHash(at: 6) == before)
        }
    }

    private static func hasClosedAsset(_ books: Books) async throws -> Bool {
        try await books.pool.query(
            """
            select 1 from patchflow.projection_rows where kind = 'asset'
                and to_position is not null limit 1
            """
        ).affectedRows == 1
    }

    private static func restore(_ books: Books) async throws {
        try await books.pool.withTransaction { connection in
            try await connection.query("delete from patchflow.projection_rows")
            try await connection.query(
                "insert into patchflow.projection_rows select * from kept")
        }
    }
}
