import EventSourcing
import PatchManagement
import Postgres
import Testing

@testable import Projections

/// A report of the past costs what there was then, and what has changed since.
@Suite(.timeLimit(.minutes(2))) struct PastFactTests {
    @Test func whatWasReplacedLongBeforeIsNotRead() async throws {
        try await withBooks { books in
            var estate = Estate("the past", books)
            let web = try await estate.register("web")
            try await books.project()
            let (generation, _) = try await books.reads.live()
            // 50 findings, each with 400 versions.
            try await books.pool.query(
                """
                insert into patchflow.projection_rows (
                    generation, kind, id, from_position, to_position, parent, state, sort_key,
                    document)
                select \(generation), 'finding', 'fi_' || number, version * 50 + number,
                    case when version < 400 then (version + 1) * 50 + number end, \(web.text),
                    'open', number::text, json_build_object('text', repeat('x', 500))
                from generate_series(1, 400) version cross join generate_series(1, 50) number
                """)
            try await books.pool.query("analyze patchflow.projection_rows")
            let recent = FactReader(generation: generation, asOf: 20_000, scope: ReportScope())
            let plan = try await books.pool.query("explain \(query: recent.findings)").map {
                try $0.decode(String.self, at: 0)
            }
            #expect(
                plan.contains { $0.contains("projection_rows_past") },
                "\(plan.joined(separator: "\n"))")
        }
    }
}
