import Application
import EventSourcing
import PatchManagement
import Testing

@testable import Projections

/// The work list: findings and patches by class, deadline, owner and site.
@Suite(.timeLimit(.minutes(2))) struct WorkListTests {
    private func list(
        _ books: Books, asOf: Int64? = nil, _ change: (inout ListRequest) -> Void = { _ in }
    ) async throws -> [FindingViewDocument] {
        var request = ListRequest(.finding)
        request.asOf = asOf
        request.limit = 2
        change(&request)
        return try await books.wholeList(request).map {
            try ViewJSON.decode(FindingViewDocument.self, from: $0.document)
        }
    }

    @Test func aFindingFollowsItsAssetAndThePastShowsWhoOwnedItThen() async throws {
        try await withBooks { books in
            var estate = Estate("owners", books)
            let web = try await estate.register("web", owner: "shop")
            let id = try await estate.find("CVE-2026-1", on: web)
            try await books.project()
            let then = try await books.reads.position()
            try await estate.register("web", site: "south", owner: "bank")
            try await books.project()

            let now = try await list(books)
            #expect(now.map(\.owner) == ["bank"])
            #expect(now.map(\.site) == ["south"])
            #expect(now.map(\.assetName) == ["web"])
            #expect(now.map(\.environment) == ["production"])
            #expect(try await list(books, asOf: then).map(\.owner) == ["shop"])
            let shown = try #require(
                try await books.reads.find(ViewKey(.finding, id.text), asOf: then))
            #expect(
                try ViewJSON.decode(FindingViewDocument.self, from: shown.document).site
                    == "north")
            #expect(try await list(books) { $0.fields = ["owner": "shop"] }.isEmpty)
            #expect(try await list(books) { $0.fields = ["owner": "bank"] }.count == 1)
            #expect(
                try await list(books, asOf: then) { $0.fields = ["owner": "shop"] }.count == 1)
        }
    }

    @Test func byClassOrByDeadlineInPagesThatAddUp() async throws {
        try await withBooks { books in
            var estate = Estate("orders", books)
            let web = try await estate.register("web")
            let late = try await estate.find("CVE-2026-1", on: web)
            let urgent = try await estate.find("CVE-2026-2", on: web, isUrgent: true)
            let unclassified = try await estate.find("CVE-2026-3", on: web, isClassified: false)
            let later = try await estate.find("CVE-2026-4", on: web)
            try await books.project()
            let usual = try await list(books)
            #expect(usual.map(\.id) == [urgent, late, later, unclassified].map(\.text))
            let byDeadline = try await list(books) { $0.order = .deadline }
            #expect(byDeadline.map(\.id) == [urgent, late, later, unclassified].map(\.text))
            #expect(
                byDeadline.compactMap(\.deadline) == byDeadline.compactMap(\.deadline).sorted())
            let pressing = try await list(books) { $0.fields = ["risk_class": "urgent"] }
            #expect(pressing.map(\.id) == [urgent.text])
            let deadline = try #require(usual.first { $0.id == late.text }?.deadline)
            let moment = try #require(Timestamp(deadline))
            #expect(try await list(books) { $0.dueBefore = moment }.map(\.id) == [urgent.text])
            let after = moment + .seconds(1)
            #expect(
                try await list(books) { $0.dueBefore = after }.map(\.id)
                    == [urgent.text, late.text])
        }
    }

    @Test func anyOrderGivesTheSameFindings() async throws {
        try await withBooks { books in
            var estate = Estate("pages of work", books)
            try await estate.live(steps: 80)
            try await books.project()
            let usual = try await list(books).map(\.id)
            for order in [ListRequest.Order.deadline, .urgency, .owner, .site] {
                let ordered = try await list(books) { $0.order = order }
                #expect(usual.sorted() == ordered.map(\.id).sorted(), "\(order)")
                let names = ordered.map { (order == .owner ? $0.owner : $0.site) ?? "~" }
                if order == .owner || order == .site { #expect(names == names.sorted()) }
            }
            #expect(Set(usual).count == estate.findings.count)
        }
    }
}
