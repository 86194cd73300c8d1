import Advisories
import Testing

@testable import PatchManagement

@Suite("Directories of CSAF documents, in each of the forms in which they are published")
struct FeedDirectoryFormTests {
    private let url = FeedURL("https://v.example/.well-known/csaf/provider-metadata.json")

    private func read(
        _ text: String, named name: String, from place: String = "https://v.example/csaf/f.json"
    ) throws -> FeedDirectory? {
        try FeedDirectory(
            FeedDocument(name: name, bytes: Array(text.utf8)), from: #require(FeedURL(place)))
    }

    private func entry(
        _ id: String, _ path: String, updated: String = "2026-01-02T00:00:00Z",
        host: String = "https://v.example"
    ) -> String {
        """
        {"id":"\(id)","updated":"\(updated)","link":[\
        {"rel":"self","href":"\(host)\(path)"},\
        {"rel":"hash","href":"\(host)\(path).sha256"},\
        {"rel":"hash","href":"\(host)\(path).sha512"},\
        {"rel":"signature","href":"\(host)\(path).asc"}],\
        "content":{"type":"application/json","src":"\(host)\(path)"}}
        """
    }

    @Test("A ROLIE feed says of each document where it is, its digest and its signature")
    func rolie() throws {
        let text = """
            {"feed":{"id":"x","entry":[\(entry("B", "/csaf/2026/b.json")),\
            \(entry("A", "/.well-known/csaf/a.json"))]}}
            """
        guard case .rolie(let feed)? = try read(text, named: "feed-tlp-white.json") else {
            Issue.record("it was read as something else")
            return
        }
        #expect(
            feed.listing.entries.map(\.path) == [".well-known/csaf/a.json", "csaf/2026/b.json"])
        let last = feed.listing.entries[1]
        #expect(last.place?.description == "https://v.example/csaf/2026/b.json")
        #expect(last.digest?.description == "https://v.example/csaf/2026/b.json.sha512")
        #expect(last.signature?.description == "https://v.example/csaf/2026/b.json.asc")
        #expect(feed.refused.isEmpty)
        #expect(try FeedListing(feed.listing.bytes).dates == feed.listing.dates)
    }

    @Test("An entry that leads elsewhere or lacks something is named, and the others are read")
    func refusedEntries() throws {
        let entries = [
            entry("good", "/csaf/a.json"),
            entry("other host", "/a.json", host: "https://w.example"),
            entry("port", "/a.json", host: "https://v.example:444"),
            entry("no date", "/csaf/b.json", updated: "yesterday"),
            entry("hidden", "/csaf/.git/b.json"), entry("up", "/csaf/../b.json"),
            entry("plain", "/a.json", host: "http://v.example"), #"{"id":"nothing"}"#, "7",
        ]
        let text = #"{"feed":{"entry":["# + entries.joined(separator: ",") + "]}}"
        guard case .rolie(let feed)? = try read(text, named: "feed.json") else {
            Issue.record("it was read as something else")
            return
        }
        #expect(feed.listing.entries.map(\.path) == ["csaf/a.json"])
        #expect(
            feed.refused.map(\.name) == [
                "other host", "port", "no date", "hidden", "up", "plain", "nothing",
                "feed.entry[8]",
            ])
    }

    @Test("Of two entries of one document the later one counts, in whatever order")
    func twice() throws {
        let new = entry("A", "/a.json", updated: "2026-03-01T00:00:00.000Z")
        let old = entry("A", "/a.json", updated: "2026-02-01T00:00:00Z")
        for text in [[new, old], [old, new]] {
            let text = #"{"feed":{"entry":["# + text.joined(separator: ",") + "]}}"
            guard case .rolie(let feed)? = try read(text, named: "feed.json") else { return }
            #expect(feed.listing.entries.map(\.date) == ["2026-03-01T00:00:00.000Z"])
        }
    }

    @Test("index.txt lists paths; those without a date of changes.csv are looked at each day")
    func index() throws {
        guard case .index(let index)? = try read("b.json\r\n2026/a.json\n\n", named: "index.txt")
        else {
            Issue.record("it was read as something else")
            return
        }
        #expect(index.paths == ["2026/a.json", "b.json"])
        let today = "2026-11-29T00:00:00Z"
        let changes = FeedListing(entries: [
            FeedListing.Entry(path: "b.json", date: "2026-01-01T00:00:00Z"),
            FeedListing.Entry(path: "gone.json", date: "2026-01-01T00:00:00Z"),
        ])
        let (listing, undated) = index.listing(changes, today: today)
        #expect(listing.entries.map(\.path) == ["2026/a.json", "b.json"])
        #expect(listing.dates == ["2026/a.json": today, "b.json": "2026-01-01T00:00:00Z"])
        #expect(undated == 1)
        #expect(throws: FeedFetchFault.self) { try read("../a.json\n", named: "index.txt") }
        #expect(throws: FeedFetchFault.self) { try read("https://w/a.json", named: "index.txt") }
    }

    @Test("A provider leads to its lists for everybody, and to its keys")
    func provider() throws {
        let text = """
            {"metadata_version":"2.0","distributions":[{"rolie":{"feeds":[\
            {"tlp_label":"WHITE","url":"https://v.example/w.json"},\
            {"tlp_label":"AMBER","url":"https://v.example/a.json"},\
            {"tlp_label":"CLEAR","url":"https://v.example/c.json"}]}},\
            {"directory_url":"https://v.example/csaf"}],"public_openpgp_keys":[\
            {"fingerprint":"3a02280cc6f3416d0e0c11e1b237bdda901e2576",\
            "url":"https://k.example/key.asc"},{"fingerprint":"no url"}]}
            """
        guard
            case .provider(let provider)? = try read(text, named: ProviderMetadata.fileName)
        else {
            Issue.record("it was read as something else")
            return
        }
        #expect(provider.feeds.map(\.target) == ["/w.json", "/c.json"])
        #expect(provider.directories.map(\.description) == ["https://v.example/csaf/"])
        #expect(provider.keys.map(\.fingerprint) == [SampleKey.fingerprint])
    }

    @Test(
        "A provider without a list for everybody, or with one that leads to http, is refused",
        arguments: [
            "{}", "[]", "x", #"{"distributions":[]}"#,
            #"{"distributions":[{"rolie":{"feeds":[{"tlp_label":"RED","url":"https://v/x"}]}}]}"#,
            #"{"distributions":[{"directory_url":"http://v.example/csaf"}]}"#,
            #"{"distributions":[{"directory_url":"file:///etc/"}]}"#,
        ])
    func badProvider(text: String) {
        #expect(throws: FeedFetchFault.self) {
            try read(text, named: ProviderMetadata.fileName)
        }
    }

    @Test("A document that lists nothing is no directory")
    func documents() throws {
        for text in [#"{"document":{"title":"t"}}"#, #"{"feed_of":1}"#, "x", "[]"] {
            #expect(try read(text, named: "a.json") == nil)
        }
        #expect(throws: FeedFetchFault.self) { try read(#"{"feed":{}}"#, named: "a.json") }
    }

    @Test("A digest is stated alone or with the file's name, and counts only for that file")
    func digests() {
        let bytes = Array("{}".utf8)
        let sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        let sha512 =
            "27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9"
            + "a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd"
        func fault(_ algorithm: StatedDigest.Algorithm, _ text: String) -> String? {
            StatedDigest.fault(in: bytes, named: "a.json", algorithm, by: text)
        }
        #expect(fault(.sha256, "\(sha256)  a.json\n") == nil)
        #expect(fault(.sha512, "\(sha512.uppercased())\n") == nil)
        #expect(fault(.sha512, "SHA512 (2026/a.json) = \(sha512)\n") == nil)
        #expect(fault(.sha512, "\(sha512)  b.json\n") != nil)
        #expect(fault(.sha512, "\(sha256)  a.json\n") != nil)
        #expect(fault(.sha256, "\(sha256.dropLast())0  a.json\n") != nil)
        #expect(fault(.sha256, "") != nil)
        #expect(StatedDigest.Algorithm(endingOf: "a.json.SHA512") == .sha512)
    }
}
