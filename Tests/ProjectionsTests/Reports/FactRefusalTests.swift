import Application
import EventSourcing
import PatchManagement
import Postgres
import Testing

@testable import Projections

/// Where reports can't be counted, that is said instead of something wrong.
@Suite(.timeLimit(.minutes(2))) struct FactRefusalTests {
    @Test func viewsOfAnOlderDefinitionAreRefusedUntilNewOnesAreBuilt() async throws {
        try await withBooks { books in
            var estate = Estate("older views", books)
            let web = try await estate.register("web")
            let id = try await estate.find("CVE-2026-1", on: web)
            try await estate.resolve(id, .removed)
            try await books.project()
            // As they were folded before ends said when they were seen.
            try await books.pool.query(
                """
                update patchflow.projection_rows
                set document = ((document::jsonb) #- '{end,gathered_at}')::json
                where kind = 'finding'
                """)
            try await books.pool.query("update patchflow.projections set definition = 3")
            await #expect(throws: QueryError.outdated) { try await estate.facts() }
            _ = try await books.rebuild.replace()
            #expect(try await estate.facts().count == 2)
        }
    }

    @Test func aReportThatTakesTooLongIsStoppedAndGivesItsPlaceBack() async throws {
        try await withBooks { books in
            var estate = Estate("slow", books)
            try await estate.register("web")
            try await books.project()
            let limit: Duration = .milliseconds(200)
            let reads = PostgresReadModel(pool: books.pool, reportTime: limit)
            let wish = FactWish(ReportScope(), asOf: nil, isFindingsOnly: false)
            try await books.pool.withTransaction { connection in
                try await connection.query(
                    "lock table patchflow.projection_rows in access exclusive mode")
                for _ in 0...reads.reportPlaces.limit {
                    await #expect(throws: QueryError.tooSlow(limit: limit)) {
                        _ = try await reads.facts(wish) { _ in }
                    }
                }
            }
            // The limit was that of the report alone.
            let left = try await books.pool.query("show statement_timeout")
            #expect(try left[0].decode(String.self, at: 0) == "0")
            #expect(try await reads.facts(wish) { _ in } > 0)
        }
    }
}
