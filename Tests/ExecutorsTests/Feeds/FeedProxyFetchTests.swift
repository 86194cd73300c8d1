import Advisories
import Foundation
import PatchManagement
import Support
import Testing

@testable import Executors

@Suite("Feeds are fetched through a proxy, which weakens no check", .timeLimit(.minutes(1)))
struct FeedProxyFetchTests {
    private let server: PublisherServer
    private let directory =
        FileManager.default.temporaryDirectory.path + "/patchflow-proxied-\(UUID().uuidString)"

    init() throws {
        server = try PublisherServer()
        server.serve("/a.json") { _ in PublisherServer.Answer(200, Array("1".utf8)) }
    }

    /// - Parameter address: What every name has as its address.
    private func fetcher(
        _ proxy: ConnectProxy, account: String = "", except: String = "", resolves: Bool = false,
        sparesLoopback: Bool = false, address: [UInt8] = [127, 0, 0, 1]
    ) throws -> HTTPFeedFetcher {
        var settings = try #require(
            FeedProxy(
                "http://\(account)127.0.0.1:\(proxy.port)", exceptions: ProxyExceptions(except)))
        settings.resolvesNames = resolves
        settings.sparesLoopback = sparesLoopback
        return HTTPFeedFetcher(
            directory: directory, proxy: settings,
            addresses: { _ in [NetworkAddress(bytes: address)].compactMap(\.self) })
    }

    private func source(
        _ host: String = "feeds.example", _ reach: FeedSource.Reach = .loopback
    ) -> FeedSource {
        FeedSource(
            url: (reach == .loopback ? "http" : "https") + "://\(host):\(server.port)/a.json",
            everySeconds: 300, reach: reach)
    }

    private func fault(
        _ source: FeedSource, _ fetcher: HTTPFeedFetcher
    ) async throws -> FeedFetchFault? {
        do {
            let delivery = try await fetcher.look(at: source, known: nil)
            #expect(try await delivery?.document(at: 0).bytes == [UInt8(ascii: "1")])
            return nil
        } catch let fault as FeedFetchFault {
            return fault
        }
    }

    @Test("It is asked to connect to the address that was checked, with the account if it has one")
    func connecting() async throws {
        let proxy = try ConnectProxy { [port = server.port] _ in .connect(port: port) }
        defer { proxy.stop() }
        #expect(try await fault(source(), fetcher(proxy, account: "name:secret@")) == nil)
        let account = Data("name:secret".utf8).base64EncodedString()
        #expect(
            proxy.asked == [
                ConnectProxy.Asked(
                    target: "127.0.0.1:\(server.port)", authorization: "Basic \(account)")
            ])
        #expect(
            server.asked.first?.headers["proxy-authorization"] == nil,
            "the account is not the publisher's to know")
        #expect(server.asked.first?.headers["host"] == "feeds.example:\(server.port)")
    }

    @Test("Only where this machine knows no names does it get a name")
    func names() async throws {
        let proxy = try ConnectProxy { [port = server.port] _ in .connect(port: port) }
        defer { proxy.stop() }
        #expect(try await fault(source(), fetcher(proxy, resolves: true)) == nil)
        #expect(proxy.asked.map(\.target) == ["feeds.example:\(server.port)"])
    }

    @Test("An address that may not be asked is not asked through a proxy either")
    func forbidden() async throws {
        let proxy = try ConnectProxy { [port = server.port] _ in .connect(port: port) }
        defer { proxy.stop() }
        let inner = try fetcher(proxy, address: [10, 0, 0, 1])
        #expect(try await fault(source(), inner)?.cause == .forbiddenAddress)
        #expect(
            try await fault(source("a.example", .publicInternet), inner)?.cause
                == .forbiddenAddress)
        // An address stays one, whoever reads the names.
        let resolving = HTTPFeedFetcher(
            directory: directory,
            proxy: try {
                var settings = try #require(FeedProxy("127.0.0.1:\(proxy.port)"))
                settings.resolvesNames = true
                return settings
            }())
        #expect(
            try await fault(source("169.254.169.254", .publicInternet), resolving)?.cause
                == .forbiddenAddress)
        #expect(proxy.asked.isEmpty)
    }

    @Test("What NO_PROXY names, and the worker's own host, are asked directly")
    func exceptions() async throws {
        let proxy = try ConnectProxy { _ in .refuse(status: 403) }
        defer { proxy.stop() }
        #expect(try await fault(source(), fetcher(proxy, except: ".example")) == nil)
        #expect(try await fault(source(), fetcher(proxy, sparesLoopback: true)) == nil)
        #expect(proxy.asked.isEmpty)
    }

    @Test("The proxy's refusal is told from the publisher's")
    func refusals() async throws {
        for status in [403, 407, 502] {
            let proxy = try ConnectProxy { _ in .refuse(status: status) }
            let found = try #require(try await fault(source(), fetcher(proxy)))
            #expect(found.cause == .proxyRefused && found.scope == .look)
            #expect(found.detail.contains("127.0.0.1:\(proxy.port)"), "\(found.detail)")
            if status == 407 { #expect(found.detail.contains("account")) }
            let known = try await fault(source(), fetcher(proxy, account: "name:secret@"))
            #expect(known?.detail.contains("secret") == false, "no password is told")
            proxy.stop()
            let gone = try await fault(source(), fetcher(proxy))
            #expect(gone?.cause == .proxyRefused, "nobody listens there")
        }
        let open = try ConnectProxy { [port = server.port] _ in .connect(port: port) }
        defer { open.stop() }
        server.serve("/a.json") { _ in PublisherServer.Answer(403) }
        #expect(try await fault(source(), fetcher(open))?.cause == .refused)
    }
}
