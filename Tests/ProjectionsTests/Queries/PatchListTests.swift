import Application
import EventSourcing
import PatchManagement
import Postgres
import Testing

@testable import Projections

/// What patches mend is counted for those that are on the page.
@Suite(.timeLimit(.minutes(2))) struct PatchListTests {
    /// Patches in curl. Those behind the first ones have a list of assets that can't be read.
    private func add(_ names: [String], readable: Int, to books: Books) async throws {
        let (generation, _) = try await books.reads.live()
        for (number, name) in names.enumerated() {
            let list = number < readable ? "[\"another asset\"]" : "no list of \(name)"
            let digest = Digest(of: list)
            try await books.pool.query(
                """
                insert into patchflow.documents (sha256, media_type, bytes)
                values (\(digest.bytes), 'application/json', \(Array(list.utf8)))
                on conflict do nothing
                """)
            let document = """
                {"packages":[{"name":"curl"}],"assessment":{"assets_digest":"\(digest)"}}
                """
            try await books.pool.query(
                """
                insert into patchflow.projection_rows
                    (generation, kind, id, from_position, state, sort_key, document)
                values (\(generation), 'patch', \(name), 1, 'assessed', \(name), \(document)::json)
                """)
        }
    }

    @Test func aPageInTheUsualOrderReadsTheListsOfItsOwnPatches() async throws {
        try await withBooks { books in
            var estate = Estate("pages of patches", books)
            let web = try await estate.register("web")
            try await estate.find("CVE-2026-1", on: web)
            try await books.project()
            try await add(["pa_1", "pa_2", "pa_3", "pa_4"], readable: 3, to: books)
            var request = ListRequest(.patch)
            request.limit = 1
            for id in ["pa_1", "pa_2"] {
                let page = try await books.reads.list(request)
                #expect(page.views.map(\.id) == [id])
                let next = try #require(page.next)
                request.cursor = next
            }
            // Whoever wants them by what is due has all of them counted.
            request.cursor = nil
            request.order = .deadline
            let byDeadline = request
            await #expect(throws: PostgresError.self) { try await books.reads.list(byDeadline) }
        }
    }
}
