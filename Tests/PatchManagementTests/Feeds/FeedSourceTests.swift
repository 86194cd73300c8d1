import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Where feeds are fetched from, and who may answer")
struct FeedSourceTests {
    @Test(
        "A URL is read as it is written, and no other way",
        arguments: [
            ("https://a.example/x/all.zip?y=1", "a.example", 443, "/x/all.zip?y=1"),
            ("HTTPS://A.Example", "a.example", 443, "/"),
            ("https://a.example:8443/", "a.example", 8443, "/"),
            ("https://a.example?q", "a.example", 443, "/?q"),
            ("https://192.0.2.1/x", "192.0.2.1", 443, "/x"),
            ("https://[2001:db8::1]:444/x", "2001:db8::1", 444, "/x"),
            ("http://127.0.0.1:80/x", "127.0.0.1", 80, "/x"),
        ])
    func urls(text: String, host: String, port: Int, target: String) throws {
        let url = try #require(FeedURL(text))
        #expect((url.host, url.port, url.target) == (host, port, target))
        #expect(FeedURL(url.description) == url)
    }

    @Test(
        "What readers of URLs understand differently is none",
        arguments: [
            "", "a.example/x", "ftp://a.example/", "file:///etc/passwd", "https://", "https:///x",
            "https://user@a.example/", "https://a.example@b.example/", "https://a.example/#f",
            "https://a.example:0/", "https://a.example:65536/", "https://a.example:/",
            "https://a b/",
            "https://127.1/", "https://0x7f.1/", "https://2130706433/", "https://1.2.3.04/",
            "https://[::1/", "https://::1/", "https://[a.example]/", "https://a.example\\b/",
            "https://a..example/", "https://-a.example/", "https://ä.example/",
            "https://a.example/\n",
        ])
    func noURLs(text: String) { #expect(FeedURL(text) == nil) }

    @Test(
        "Redirects are followed to where they lead, never from https to http",
        arguments: [
            ("https://b.example/y", "https://b.example/y"), ("/y?z", "https://a.example:8/y?z"),
            ("y", "https://a.example:8/d/y"), ("//b.example/y", "https://b.example/y"),
            ("/y#f", "https://a.example:8/y"), ("http://a.example/y", nil), ("", nil),
            ("gopher://a.example/", nil), ("https://u@b.example/", nil),
        ])
    func redirects(location: String, target: String?) throws {
        let url = try #require(FeedURL("https://a.example:8/d/x?q=/e/"))
        #expect(url.redirected(to: location)?.description == target)
    }

    @Test("Neither queries nor accounts are shown")
    func secrets() throws {
        let url = try #require(FeedURL("https://a.example:8/d/x?key=secret"))
        #expect(url.shown == "https://a.example:8/d/x")
        #expect(FeedURL.shown("ftp://b.example/y?key=secret#f") == "ftp://b.example/y")
        #expect(FeedURL.shown("https://u:secret@b.example/y") == "…@b.example/y")
    }

    private func address(_ bytes: UInt8...) throws -> NetworkAddress {
        try #require(NetworkAddress(bytes: bytes))
    }

    private func mapped(_ first: [UInt8], _ last: [UInt8]) throws -> NetworkAddress {
        let middle = [UInt8](repeating: 0, count: 16 - first.count - last.count)
        return try #require(NetworkAddress(bytes: first + middle + last))
    }

    @Test("Addresses by what they are part of, those in other clothes too")
    func zones() throws {
        #expect(try address(93, 184, 216, 34).zone == .publicInternet)
        #expect(try address(127, 0, 0, 1).zone == .loopback)
        for bytes: [UInt8] in [
            [10, 0, 0, 1], [172, 16, 0, 1], [192, 168, 1, 1], [100, 64, 0, 1],
        ] {
            #expect(try #require(NetworkAddress(bytes: bytes)).zone == .privateNetwork)
        }
        for bytes: [UInt8] in [
            [169, 254, 169, 254], [0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255],
            [192, 0, 2, 1], [198, 18, 0, 1],
        ] {
            #expect(try #require(NetworkAddress(bytes: bytes)).zone == .never)
        }
        #expect(try address(172, 32, 0, 1).zone == .publicInternet)
        #expect(try mapped([], [1]).zone == .loopback)
        #expect(try mapped([], [0]).zone == .never)
        #expect(try mapped([0xFE, 0x80], [1]).zone == .never)
        #expect(try mapped([0xFD, 0x00], [1]).zone == .privateNetwork)
        #expect(try mapped([0x26, 0x06], [1]).zone == .publicInternet)
        #expect(try mapped([0x20, 0x01, 0x0D, 0xB8], [1]).zone == .never)
        #expect(try mapped([], [0xFF, 0xFF, 127, 0, 0, 1]).zone == .loopback)
        #expect(try mapped([], [0xFF, 0xFF, 169, 254, 169, 254]).zone == .never)
        #expect(try mapped([0, 0x64, 0xFF, 0x9B], [10, 0, 0, 1]).zone == .privateNetwork)
        #expect(try mapped([0x20, 0x02, 10, 0, 0, 1], []).zone == .privateNetwork)
        #expect(NetworkAddress(bytes: [1, 2, 3]) == nil)
        #expect(try mapped([0x26, 0x06], [1]).text == "2606:0:0:0:0:0:0:1")
    }

    @Test("Only what the registration means may answer; link-local addresses never")
    func reach() {
        let zones: [NetworkAddress.Zone] = [.publicInternet, .privateNetwork, .loopback, .never]
        let allowed = FeedSource.Reach.allCases.map { reach in zones.map(reach.allows) }
        #expect(
            allowed == [
                [true, false, false, false], [true, true, false, false],
                [false, false, true, false],
            ])
    }

    @Test("A good look waits for the schedule; failures wait longer and longer, never beyond it")
    func waits() {
        let source = FeedSource(url: "https://a.example/", everySeconds: 3600)
        #expect(source.wait(failing: nil) == .seconds(3600))
        #expect(source.wait(failing: .zero) == .seconds(60))
        #expect(source.wait(failing: .seconds(500)) == .seconds(500))
        #expect(source.wait(failing: .seconds(90_000)) == .seconds(3600))
        #expect(source.wait(failing: .zero, asked: .seconds(700)) == .seconds(700))
        #expect(source.wait(failing: .zero, asked: .seconds(9_000_000)) == .seconds(86_400))
    }

    @Test("Digests as sha256sum and its relatives write them")
    func digests() {
        let (one, two) = (Digest(of: "1"), Digest(of: "2"))
        func read(_ text: String) -> Digest? { StatedDigest.sha256(of: "all.zip", in: text) }
        #expect(read("\(one)\n") == one)
        #expect(read("\(one)  all.zip\r\n\(two)  b.zip\n") == one)
        #expect(read("\(one.description.uppercased()) *./d/all.zip") == one)
        #expect(read("SHA256 (all.zip) = \(one)\nSHA256 (b.zip) = \(two)") == one)
        #expect(read("\(two)  b.zip\n") == nil)
        #expect(read("\(one)\n\(two)\n") == nil)
        #expect(read("\(one)  all.zip\n\(two)  all.zip\n") == nil)
        #expect(read("<html>not found</html>") == nil)
    }

    @Test("What a worker says of a look is read again; other reasons are none")
    func notes() {
        let note = FeedLookNote(at: Timestamp(seconds: 1_800_000_000), outcome: "12 records")
        #expect(FeedLookNote(note.description) == note)
        #expect(FeedLookNote("the worker before is gone") == nil)
    }
}
