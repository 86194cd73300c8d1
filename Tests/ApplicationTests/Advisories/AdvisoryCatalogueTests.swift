import Advisories
import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("What the feeds say, by ids and packages", .timeLimit(.minutes(2)))
struct AdvisoryCatalogueTests {
    private func advisory(
        _ id: String, day: Int, aliases: [String] = [], package: String = "curl"
    ) -> FeedDocument {
        let names = aliases.map { "\"\($0)\"" }.joined(separator: ",")
        return FeedDocument(
            name: "\(id).json",
            bytes: Array(
                """
                {"id":"\(id)","modified":"2026-01-0\(day)T00:00:00Z","aliases":[\(names)],\
                "summary":"of \(id)","severity":[{"type":"CVSS_V3",\
                "score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],\
                "affected":[{"package":{"ecosystem":"Debian:12","name":"\(package)"},\
                "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}]}]}]}
                """.utf8))
    }

    private func take(_ documents: [FeedDocument], as feed: String, _ house: House) async throws {
        let registration = FeedRegistration(name: feed, kind: .osv, team: "t")
        _ = try await house.useCases.watchFeed(registration, house.order(alice))
        let kept = try await house.useCases.keepFeedDocuments(
            of: feed, documents, house.order(alice))
        let taken = try await house.useCases.takeFeed(
            named: feed, kept.map { FeedContents.Part(name: $0.name, digest: $0.digest) },
            house.order(alice))
        #expect(taken.outcome == .taken)
        try await house.useCases.reads.reach(taken.written.position, within: .seconds(10))
    }

    private func list(
        _ house: House, _ change: (inout AdvisoryWish) -> Void = { _ in }
    ) async throws -> AdvisoryPage {
        var wish = AdvisoryWish()
        change(&wish)
        return try await house.useCases.listAdvisories(wish, gustav)
    }

    @Test("Newest first, page by page, by id, alias, package and feed; what is gone is not listed")
    func listing() async throws {
        try await withHouse { house in
            #expect(try await list(house).entries.isEmpty)
            try await take(
                [
                    advisory("A-1", day: 1), advisory("A-2", day: 3, aliases: ["CVE-2026-1000"]),
                    advisory("A-3", day: 2, package: "nginx"),
                ], as: "one", house)
            try await take(
                [advisory("B-1", day: 3, aliases: ["CVE-2026-1000"])], as: "two", house)
            #expect(try await list(house).entries.map(\.id) == ["A-2", "B-1", "A-3", "A-1"])
            var ids: [String] = []
            var cursor: String?
            repeat {
                let page = try await list(house) { ($0.limit, $0.cursor) = (1, cursor) }
                ids += page.entries.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(ids == ["A-2", "B-1", "A-3", "A-1"])
            #expect(
                try await list(house) { $0.id = "cve-2026-1000" }.entries.map(\.id)
                    == ["A-2", "B-1"])
            #expect(try await list(house) { $0.package = "nginx" }.entries.map(\.id) == ["A-3"])
            #expect(try await list(house) { $0.feed = "two" }.entries.map(\.id) == ["B-1"])
            await #expect(throws: QueryError.badCursor("x")) {
                try await list(house) { $0.cursor = "x" }
            }

            try await take([advisory("B-2", day: 4)], as: "two", house)
            #expect(try await list(house) { $0.feed = "two" }.entries.map(\.id) == ["B-2"])
        }
    }

    @Test("What a feed said before its last snapshot is still told, from its documents")
    func past() async throws {
        try await withHouse { house in
            try await take(
                [advisory("A-1", day: 1), advisory("A-2", day: 2)], as: "one", house)
            let then = try await house.useCases.reads.position()
            try await take(
                [advisory("A-1", day: 3), advisory("A-3", day: 2)], as: "one", house)
            try await take([advisory("B-1", day: 1)], as: "two", house)
            #expect(try await list(house).entries.map(\.id) == ["A-1", "A-3", "B-1"])
            for _ in 0..<2 {
                let past = try await list(house) { $0.moment.asOf = "\(then)" }
                #expect(past.entries.map(\.id) == ["A-2", "A-1"])
                #expect(past.position == then)
            }
            let shown = try await house.useCases.showAdvisory(
                "a-1", gustav, Moment(asOf: "\(then)"))
            #expect(shown.map(\.digest) == [Digest(of: advisory("A-1", day: 1).bytes)])
            await #expect(throws: NotFound("advisory", "B-1")) {
                try await house.useCases.showAdvisory("B-1", gustav, Moment(asOf: "\(then)"))
            }
            #expect(try await list(house) { $0.moment.asOf = "0" }.entries.isEmpty)
            #expect(try await list(house).entries.map(\.id) == ["A-1", "A-3", "B-1"])
        }
    }

    @Test("An id shows what each feed says under it, with the document that says it")
    func showing() async throws {
        try await withHouse { house in
            let document = advisory("A-2", day: 3, aliases: ["CVE-2026-1000"])
            try await take([document], as: "one", house)
            try await take(
                [advisory("B-1", day: 3, aliases: ["CVE-2026-1000"])], as: "two", house)
            let shown = try await house.useCases.showAdvisory("CVE-2026-1000", gustav)
            #expect(shown.map(\.feed) == ["one", "two"])
            #expect(shown[0].advisory.affected.first?.fixedVersions == ["2"])
            #expect(shown[0].digest == Digest(of: document.bytes))
            await #expect(throws: NotFound("advisory", "CVE-1")) {
                try await house.useCases.showAdvisory("CVE-1", gustav)
            }
        }
    }
}
