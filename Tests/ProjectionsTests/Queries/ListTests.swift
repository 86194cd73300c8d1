import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

@Suite struct ListTests {
    @Test func pagesAddUpToTheListWhateverTheirSize() async throws {
        try await withBooks { books in
            var history = History("pages", books)
            try await history.live(steps: 400)
            try await books.project()
            for kind in foldedKinds {
                var request = ListRequest(kind)
                request.limit = 500
                let whole = try await books.reads.list(request)
                #expect(whole.next == nil)
                for limit in [1, 2, 5] {
                    request.limit = limit
                    #expect(
                        try await books.wholeList(request) == whole.views, "\(kind) by \(limit)")
                }
            }
        }
    }

    @Test func aCursorHoldsItsPlaceWhenRowsComeBeforeIt() async throws {
        try await withBooks { books in
            try await register(["bb", "dd", "ff", "hh"], in: books)
            var request = ListRequest(.asset)
            request.limit = 2
            let first = try await books.reads.list(request)
            #expect(try names(first.views) == ["bb", "dd"])
            try await register(["aa", "cc", "ee"], in: books)
            request.cursor = first.next
            #expect(try await names(books.wholeList(request)) == ["ee", "ff", "hh"])
        }
    }

    @Test func filtersArePartOfTheQuerySoPagesAreFull() async throws {
        try await withBooks { books in
            try await register((0..<30).map { "host-\($0 + 10)" }, in: books) {
                $0.environment = $0.name.hasSuffix("5") ? .lab : .production
                $0.group = $0.name.hasSuffix("15") ? "odd" : "even"
            }
            var request = ListRequest(.asset)
            request.limit = 2
            request.fields = ["environment": "lab"]
            let page = try await books.reads.list(request)
            #expect(try names(page.views) == ["host-15", "host-25"])
            request.cursor = page.next
            #expect(try await names(books.reads.list(request).views) == ["host-35"])
            request.cursor = nil
            request.fields = ["environment": "lab", "group": "odd"]
            #expect(try await names(books.reads.list(request).views) == ["host-15"])
            request.fields = ["environment') or true --": "lab"]
            #expect(try await books.reads.list(request).views.isEmpty)
            request.fields = [:]
            request.state = "decommissioned"
            #expect(try await books.reads.list(request).views.isEmpty)
        }
    }

    /// Else pages would overlap or leave things out, and nobody would see it.
    @Test func aCursorOfAnotherListIsRefused() async throws {
        try await withBooks { books in
            try await register(["aa", "bb", "cc", "dd"], in: books)
            var request = ListRequest(.asset)
            request.limit = 1
            let first = try await books.reads.list(request)
            let cursor = try #require(first.next)
            request.cursor = cursor
            request.limit = 2
            request.asOf = first.position
            #expect(
                try await names(books.reads.list(request).views) == ["bb", "cc"],
                "how many, and as of when, may differ")
            let changes: [(inout ListRequest) -> Void] = [
                { $0.kind = .baseline }, { $0.state = "active" }, { $0.parent = "as_1" },
                { $0.fields = ["environment": "lab"] }, { $0.order = .deadline },
                { $0.states = ["active"] }, { $0.dueBefore = Timestamp(seconds: 1) },
            ]
            for change in changes {
                var other = request
                change(&other)
                let asked = other
                await #expect(throws: QueryError.otherCursor(cursor)) {
                    try await books.reads.list(asked)
                }
            }
            for text in ["", "zz", String(cursor.dropFirst()), "00000000"] {
                request.cursor = text
                let asked = request
                await #expect(throws: QueryError.self, "\(text)") {
                    try await books.reads.list(asked)
                }
            }
        }
    }

    @Test(arguments: ["", "zz", "6", "61", "611f", "611f621f63", "éé", "ff1fff", "611f00"])
    func aTextThatIsNoCursorIsRefused(text: String) async throws {
        if text == "611f" {
            // An empty id is never given, and does no harm.
            #expect(try ListCursor(text) == ListCursor(sortKey: "a", id: ""))
            return
        }
        #expect(throws: QueryError.badCursor(text)) { try ListCursor(text) }
    }

    @Test func cursorsKeepAnyName() throws {
        for name in ["", "a", "ünï 😀", "with space", "\"quoted\""] {
            let cursor = ListCursor(sortKey: name, id: "as_1")
            #expect(try ListCursor(cursor.text) == cursor)
        }
    }

    private func register(
        _ names: [String], in books: Books, _ change: (inout AssetRegistration) -> Void = { _ in }
    ) async throws {
        for name in names {
            var registration = AssetRegistration(name: name, address: "10.0.0.1")
            change(&registration)
            _ = try await books.bus.send(
                .register(registration), to: registration.asset, as: AssetDecider.self,
                CommandContext(
                    actor: Actor(id: "pe_1", role: "vendorWatch"),
                    at: Timestamp(seconds: 1_767_225_600), commandID: UUID()))
        }
        try await books.project()
    }

    private func names(_ views: [View]) throws -> [String] {
        try views.map { try ViewJSON.decode(AssetDocument.self, from: $0.document).name }
    }
}
