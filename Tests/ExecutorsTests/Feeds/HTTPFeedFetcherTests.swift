import Advisories
import EventSourcing
import Foundation
import Fuzzing
import PatchManagement
import Support
import Testing

@testable import Executors

@Suite("Feeds over HTTP, from a server that answers as badly as it likes", .timeLimit(.minutes(1)))
struct HTTPFeedFetcherTests {
    private typealias Answer = PublisherServer.Answer
    private let server: PublisherServer
    private let directory: String

    init() throws {
        server = try PublisherServer()
        directory =
            FileManager.default.temporaryDirectory.appending(
                path: "patchflow-feeds-\(UUID().uuidString)"
            ).path
    }

    private func fetcher(
        _ change: (inout FeedFetchLimits) -> Void = { _ in },
        addresses: (@Sendable (String) async throws -> [NetworkAddress])? = nil
    ) -> HTTPFeedFetcher {
        var limits = FeedFetchLimits()
        change(&limits)
        return HTTPFeedFetcher(
            directory: directory, limits: limits, addresses: addresses ?? HostAddresses.ofSystem)
    }

    private func source(
        _ path: String, digest: String? = nil, reach: FeedSource.Reach = .loopback
    ) -> FeedSource {
        FeedSource(
            url: server.root + path, everySeconds: 300, digestURL: digest.map { server.root + $0 },
            reach: reach)
    }

    /// The documents that come, by their names; nil when it is unchanged.
    private func look(
        _ source: FeedSource, known: FeedValidators? = nil, _ fetcher: HTTPFeedFetcher? = nil
    ) async throws -> (documents: [String: String], validators: FeedValidators)? {
        guard
            let delivery = try await (fetcher ?? self.fetcher()).look(at: source, known: known)
        else { return nil }
        var documents: [String: String] = [:]
        for index in delivery.names.indices {
            let document = try await delivery.document(at: index)
            documents[document.name] = String(decoding: document.bytes, as: UTF8.self)
        }
        return (documents, delivery.validators)
    }

    private func cause(
        _ source: FeedSource, _ fetcher: HTTPFeedFetcher? = nil
    ) async throws -> FeedFetchFault.Cause? {
        do {
            _ = try await look(source, known: nil, fetcher)
            return nil
        } catch let fault as FeedFetchFault {
            #expect(!fault.detail.isEmpty)
            return fault.cause
        }
    }

    @Test("It comes once; as long as it is unchanged, one question and a 304 are all")
    func unchanged() async throws {
        server.serve("/kev.json", Array("{}".utf8), etag: "\"1\"")
        let first = try #require(try await look(source("/kev.json")))
        #expect(first.documents == ["kev.json": "{}"])
        #expect(first.validators == FeedValidators(etag: "\"1\"", lastModified: nil))
        #expect(try await look(source("/kev.json"), known: first.validators) == nil)
        #expect(server.asked.count == 2)
        server.serve("/kev.json", Array("[]".utf8), etag: "\"2\"")
        let changed = try #require(
            try await look(source("/kev.json"), known: first.validators))
        #expect(changed.documents == ["kev.json": "[]"])
    }

    @Test("Last-Modified serves where there is no ETag")
    func dates() async throws {
        let date = "Sun, 01 Nov 2026 00:00:00 GMT"
        server.serve("/a.json") { asked in
            asked.headers["if-modified-since"] == date
                ? Answer(304) : Answer(200, Array("1".utf8), headers: ["last-modified": date])
        }
        let first = try #require(try await look(source("/a.json")))
        #expect(try await look(source("/a.json"), known: first.validators) == nil)
    }

    @Test("Archives and compressed files are unpacked, bombs and broken ones refused")
    func archives() async throws {
        let zip = SampleArchive([.init("b.json", "2"), .init("a.json", "1")])
        server.serve("/all.zip") { _ in Answer(200, zip.bytes) }
        #expect(
            try await look(source("/all.zip"))?.documents == ["a.json": "1", "b.json": "2"])
        server.serve("/e.csv.gz") { _ in Answer(200, SampleArchive.gzip(Array("x".utf8))) }
        #expect(try await look(source("/e.csv.gz"))?.documents == ["e.csv": "x"])
        server.serve("/cut.zip") { _ in Answer(200, Array(zip.bytes.dropLast(5))) }
        #expect(try await cause(source("/cut.zip")) == .badArchive)
        var bomb = SampleArchive.Member("a.json", "1")
        bomb.statedSize = 59 << 20
        server.serve("/bomb.zip") { [bomb] _ in Answer(200, SampleArchive([bomb]).bytes) }
        #expect(try await cause(source("/bomb.zip")) == .badArchive)
        bomb.statedSize = 61 << 20
        server.serve("/large.zip") { [bomb] _ in Answer(200, SampleArchive([bomb]).bytes) }
        #expect(try await cause(source("/large.zip")) == .tooLarge)
    }

    @Test("Answers that are cut off, too large, slow or none are failures with their cause")
    func badAnswers() async throws {
        server.serve("/cut") { _ in
            var answer = Answer(200, Array("half".utf8))
            answer.statedLength = 8
            return answer
        }
        #expect(try await cause(source("/cut")) == .cutOff)
        server.serve("/large") { _ in Answer(200, [UInt8](repeating: 1, count: 2000)) }
        let small = fetcher { $0.bytes = 1000 }
        #expect(try await cause(source("/large"), small) == .tooLarge)
        server.serve("/stuck") { _ in
            var answer = Answer(200, Array("late".utf8))
            answer.pause = .seconds(3)
            return answer
        }
        let impatient = fetcher { $0.idle = .milliseconds(500) }
        #expect(try await cause(source("/stuck"), impatient) == .timedOut)
        server.serve("/drip") { _ in
            var answer = Answer(200, [UInt8](repeating: 1, count: 100))
            (answer.piece, answer.pause) = (1, .milliseconds(50))
            return answer
        }
        let hasty = fetcher { $0.whole = .milliseconds(600) }
        #expect(try await cause(source("/drip"), hasty) == .timedOut)
        #expect(try await cause(source("/absent")) == .absent)
        server.serve("/packed") { _ in Answer(200, headers: ["content-encoding": "gzip"]) }
        #expect(try await cause(source("/packed")) == .refused)
        server.serve("/304") { _ in Answer(304) }
        #expect(try await cause(source("/304")) == .refused, "nothing was known")
        server.serve("/busy") { _ in Answer(503, headers: ["retry-after": "70"]) }
        await #expect(
            throws: FeedFetchFault(
                .refused, "the server answered 503", scope: .look, retryAfterSeconds: 70)
        ) { try await look(source("/busy")) }
        server.stop()
        #expect(try await cause(source("/kev.json")) == .unreachable)
    }

    @Test("All documents of a directory share the time of the look, and say what others would meet")
    func listed() async throws {
        server.serve("/changes.csv") { _ in Answer(200, Array("x".utf8)) }
        server.serve("/drip.json") { _ in
            var answer = Answer(200, [UInt8](repeating: 1, count: 5000))
            (answer.piece, answer.pause) = (1, .milliseconds(50))
            return answer
        }
        for status in [403, 429, 500] {
            server.serve("/\(status).json") { _ in Answer(status) }
        }
        func fault(
            _ path: String, _ change: (inout FeedFetchLimits) -> Void = { _ in }
        ) async throws -> FeedFetchFault? {
            let delivery = try #require(
                try await fetcher(change).look(at: source("/changes.csv"), known: nil))
            let url = try #require(FeedURL(server.root + path))
            do {
                _ = try await delivery.listed(at: url)
                return nil
            } catch let fault as FeedFetchFault {
                return fault
            }
        }
        #expect(try await fault("/changes.csv") == nil)
        #expect(try await fault("/none.json")?.cause == .absent)
        #expect(try await fault("/403.json")?.scope == .document)
        #expect(try await fault("/429.json")?.scope == .look)
        #expect(try await fault("/500.json")?.scope == .server)
        let one = try await fault("/drip.json") { $0.document = .milliseconds(300) }
        #expect(one?.cause == .timedOut && one?.scope == .server)
        // A look whose time was over before it came to the document says nothing of it.
        var all: FeedFetchFault?
        for seconds in [1, 8, 64] where all == nil {
            do {
                all = try await fault("/drip.json") { $0.whole = .seconds(seconds) }
            } catch let late as FeedFetchFault where late.cause == .timedOut {
                continue
            }
        }
        #expect(all?.cause == .timedOut && all?.scope == .look)
        let large = try await fault("/drip.json") { $0.documentBytes = 2 }
        #expect(large?.cause == .tooLarge && large?.scope == .document)
    }

    @Test("Keys in queries and accounts are not told")
    func secrets() async throws {
        let places = ["/loop?key=secret", "ftp://a.example/x?key=secret", "https://u:secret@b/"]
        server.serve("/loop?key=secret") { _ in
            Answer(302, headers: ["location": "/loop?key=secret"])
        }
        for place in places {
            server.serve("/moved") { _ in Answer(302, headers: ["location": place]) }
            do {
                _ = try await look(source("/moved"))
                Issue.record("it was followed to \(place)")
            } catch let fault as FeedFetchFault {
                #expect(fault.cause == .badRedirect)
                #expect(!fault.detail.contains("secret"), "\(fault.detail)")
            }
        }
    }

    @Test("A digest that is offered has to be right")
    func digests() async throws {
        let body = Array("{}".utf8)
        server.serve("/a.json") { _ in Answer(200, body) }
        server.serve("/sums") { _ in Answer(200, Array("\(Digest(of: body))  a.json\n".utf8)) }
        #expect(try await look(source("/a.json", digest: "/sums")) != nil)
        server.serve("/sums") { _ in Answer(200, Array("\(Digest(of: "x"))  a.json\n".utf8)) }
        #expect(try await cause(source("/a.json", digest: "/sums")) == .wrongDigest)
        server.serve("/sums") { _ in Answer(200, Array("nonsense".utf8)) }
        #expect(try await cause(source("/a.json", digest: "/sums")) == .wrongDigest)
        #expect(try await cause(source("/a.json", digest: "/none")) == .absent)
    }

    @Test("Redirects are followed a few times, and only to where they may lead")
    func redirects() async throws {
        func redirect(_ path: String, to location: String) {
            server.serve(path) { _ in Answer(302, headers: ["location": location]) }
        }
        server.serve("/a.json") { _ in Answer(200, Array("1".utf8)) }
        redirect("/moved", to: "/a.json")
        #expect(try await look(source("/moved"))?.documents == ["moved": "1"])
        redirect("/loop", to: "/loop")
        #expect(try await cause(source("/loop")) == .badRedirect)
        #expect(server.asked.filter { $0.target == "/loop" }.count == 6)
        redirect("/file", to: "file:///etc/passwd")
        #expect(try await cause(source("/file")) == .badRedirect)
        redirect("/metadata", to: "http://169.254.169.254/latest/meta-data")
        #expect(try await cause(source("/metadata")) == .forbiddenAddress)
        redirect("/public", to: "http://192.0.2.1/")
        #expect(try await cause(source("/public")) == .forbiddenAddress)
    }

    @Test("A name counts by the addresses that it has, and the one that was checked is asked")
    func names() async throws {
        server.serve("/a.json") { _ in Answer(200, Array("1".utf8)) }
        func named(_ name: String, _ reach: FeedSource.Reach) -> FeedSource {
            FeedSource(
                url: "http://\(name):\(server.port)/a.json", everySeconds: 300, reach: reach)
        }
        func resolving(_ addresses: [UInt8]...) -> HTTPFeedFetcher {
            fetcher(addresses: { _ in addresses.compactMap { NetworkAddress(bytes: $0) } })
        }
        // Nobody but this resolver knows the name, so it was asked at the address that it gave.
        let here = resolving([169, 254, 1, 1], [127, 0, 0, 1])
        #expect(
            try await look(named("feeds.example", .loopback), known: nil, here)?.documents == [
                "a.json": "1"
            ])
        #expect(server.asked.last?.headers["host"] == "feeds.example:\(server.port)")
        #expect(
            try await cause(named("feeds.example", .loopback), resolving([10, 0, 0, 1]))
                == .forbiddenAddress)
        for inner: [UInt8] in [[127, 0, 0, 1], [10, 0, 0, 1], [169, 254, 169, 254]] {
            let secure = FeedSource(url: "https://feeds.example/", everySeconds: 300)
            #expect(try await cause(secure, resolving(inner)) == .forbiddenAddress)
        }
        #expect(try await cause(source("/a.json", reach: .publicInternet)) == .forbiddenAddress)
        #expect(
            try await cause(
                FeedSource(url: "http://nowhere.invalid/", everySeconds: 300, reach: .loopback))
                == .unreachable)
    }

    @Test("Files that came have no names: nothing is left of them")
    func noFiles() async throws {
        server.serve("/a.json") { _ in Answer(200, Array("1".utf8)) }
        let delivery = try #require(try await fetcher().look(at: source("/a.json"), known: nil))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
        #expect(try await delivery.document(at: 0).bytes == [UInt8(ascii: "1")])
        try FileManager.default.removeItem(atPath: directory)
    }
}
