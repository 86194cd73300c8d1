import Testing

@testable import PatchManagement

@Suite("Directories that a publisher lists with dates")
struct FeedListingTests {
    private func read(_ text: String) throws(FeedFetchFault) -> FeedListing {
        try FeedListing(Array(text.utf8))
    }

    @Test("Paths in order with the date of their first line; written as it is read")
    func reading() throws {
        let listing = try read(
            """
            "2026/b.json","2026-01-02T00:00:00Z"
            2026/a-1_x.json,2026-01-01T00:00:00+00:00
            "2026/b.json","2026-01-01T00:00:00Z"

            """)
        #expect(listing.entries.map(\.path) == ["2026/a-1_x.json", "2026/b.json"])
        #expect(listing.dates["2026/b.json"] == "2026-01-02T00:00:00Z")
        #expect(try FeedListing(listing.bytes) == listing)
        #expect(try read("").entries.isEmpty)
    }

    @Test(
        "A path that leads elsewhere, a date that is none, and other lines are refused",
        arguments: [
            "../a.json,2026-01-01T00:00:00Z", "/a.json,2026-01-01T00:00:00Z",
            "https://b.example/a.json,2026-01-01T00:00:00Z", "a//b.json,2026-01-01T00:00:00Z",
            ".a/b.json,2026-01-01T00:00:00Z", "a.json?x,2026-01-01T00:00:00Z",
            "%2e%2e/a.json,2026-01-01T00:00:00Z", "a.html,2026-01-01T00:00:00Z", "a.json,yesterday",
            "a.json", "a.json,2026-01-01T00:00:00Z,x", "\"a.json,2026-01-01T00:00:00Z",
        ])
    func faults(line: String) {
        #expect(throws: FeedFetchFault.self) { try read("ok.json,2026-01-01T00:00:00Z\n\(line)\n") }
    }
}
