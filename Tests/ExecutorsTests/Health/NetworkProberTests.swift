import EventSourcing
import Foundation
import PatchManagement
import Support
import Testing

@testable import Executors

/// Real connections to real listeners on this host.
@Suite("Probes over the network", .timeLimit(.minutes(2)))
struct NetworkProberTests {
    private typealias Answer = PublisherServer.Answer
    private let server: PublisherServer
    private let prober = NetworkProber()

    init() throws { server = try PublisherServer() }

    private func host(_ address: String = "127.0.0.1") -> HostAddress {
        HostAddress(
            asset: StreamID(prefix: "as", UUID()), name: "web-1", address: address, port: 22,
            user: "root")
    }

    private func http(
        _ path: String, _ change: (inout HealthProbe) -> Void = { _ in }
    ) -> HealthProbe {
        var probe = HealthProbe(name: "web", kind: .http)
        probe.port = server.port
        probe.path = path
        probe.reach = .loopback
        change(&probe)
        return probe
    }

    private func outcome(
        _ probe: HealthProbe, on host: HostAddress? = nil, _ prober: NetworkProber? = nil
    ) async -> HealthMeasurement {
        HealthMeasurement(
            await (prober ?? self.prober).read(probe, on: host ?? self.host()), of: probe, on: nil)
    }

    @Test("An answer of HTTP is good by its status, and by how long it took")
    func status() async {
        server.serve("/ok") { _ in Answer(200, Array("fine".utf8)) }
        server.serve("/gone") { _ in Answer(503) }
        server.serve("/elsewhere") { [root = server.root] _ in
            Answer(302, headers: ["location": root + "/ok"])
        }
        server.serve("/slow") { _ in
            usleep(300_000)
            return Answer(200)
        }
        let good = await outcome(http("/ok"))
        #expect(good.outcome == .good && good.value != nil, "\(good)")
        let bad = await outcome(http("/gone"))
        #expect(bad.outcome == .bad && bad.detail.contains("503"), "\(bad)")
        #expect(await outcome(http("/gone") { $0.status = 503 }).outcome == .good)
        #expect(await outcome(http("/ok") { $0.status = 204 }).outcome == .bad)
        let redirected = await outcome(http("/elsewhere"))
        #expect(redirected.outcome == .bad && redirected.detail.contains("302"), "\(redirected)")
        #expect(!server.asked.contains { $0.target == "/ok" && $0.headers["referer"] != nil })
        let slow = await outcome(http("/slow") { $0.most = 200 })
        #expect(slow.outcome == .bad && (slow.value ?? 0) > 200, "\(slow)")
    }

    @Test("A server that is down, hangs or never ends is bad, within the time limit")
    func silence() async throws {
        server.serve("/endless") { _ in
            var answer = Answer(200, Array(repeating: 65, count: 1 << 20))
            answer.piece = 100
            answer.pause = .milliseconds(100)
            return answer
        }
        let began = ContinuousClock.now
        let endless = await outcome(http("/endless") { $0.limitSeconds = 2 })
        #expect(endless.outcome == .bad, "\(endless)")
        #expect(began.duration(to: .now) < .seconds(30))
        let gone = try PublisherServer()
        gone.stop()
        let probe = http("/ok") { $0.port = gone.port }
        let refused = await eventually { await outcome(probe).outcome == .bad }
        #expect(refused, "nobody listens there")
    }

    /// Whether `isSo` within 20 s: a listener that is told to stop takes a moment to be gone.
    private func eventually(_ isSo: () async -> Bool) async -> Bool {
        for _ in 0..<200 {
            if await isSo() { return true }
            usleep(100_000)
        }
        return false
    }

    @Test("A flood is cut off, and its status counts")
    func flood() async {
        server.serve("/flood") { _ in Answer(200, Array(repeating: 65, count: 5 << 20)) }
        let flood = await outcome(http("/flood"))
        #expect(flood.outcome == .good, "\(flood)")
    }

    @Test("Only addresses within reach are asked, whatever a name leads to")
    func reach() async throws {
        server.serve("/ok") { _ in Answer(200) }
        for reach: FeedSource.Reach? in [nil, .publicInternet, .privateNetwork] {
            let refused = await outcome(http("/ok") { $0.reach = reach })
            #expect(refused.outcome == .missing && refused.detail.contains("reach"), "\(refused)")
            var tcp = HealthProbe(name: "port", kind: .tcp)
            tcp.port = server.port
            tcp.reach = reach
            #expect(await outcome(tcp).outcome == .missing)
        }
        // The metadata service of a cloud is nobody's to ask.
        let metadata = try #require(NetworkAddress(bytes: [169, 254, 169, 254]))
        let rebinding = NetworkProber { _ in [metadata] }
        for reach in FeedSource.Reach.allCases {
            let probe = http("/latest") { $0.reach = reach }
            #expect(await outcome(probe, on: host("web-1"), rebinding).outcome == .missing)
        }
        #expect(server.asked.isEmpty, "nobody was asked")
        // The address that was checked is the one that is connected to.
        let local = try #require(NetworkAddress(bytes: [127, 0, 0, 1]))
        let named = NetworkProber { _ in [local] }
        #expect(await outcome(http("/ok"), on: host("web-1"), named).outcome == .good)
        #expect(server.asked.last?.headers["host"] == "web-1:\(server.port)")
    }

    @Test("A port that takes connections is good, one that doesn't is bad")
    func tcp() async throws {
        var probe = HealthProbe(name: "port", kind: .tcp)
        probe.port = server.port
        probe.reach = .loopback
        let good = await outcome(probe)
        #expect(good.outcome == .good && good.value != nil, "\(good)")
        let gone = try PublisherServer()
        probe.port = gone.port
        gone.stop()
        let refused = await eventually { await outcome(probe).outcome == .bad }
        #expect(refused)
    }

    @Test("A Prometheus server is asked an instant query; a host's name stands where it is to")
    func prometheus() async {
        var probe = HealthProbe(name: "errors", kind: .prometheus)
        probe.server = server.root + "/prom"
        probe.query = #"rate(errors{host="{host}"}[5m])"#
        probe.reach = .loopback
        probe.most = 500
        let target =
            "/prom/api/v1/query?query=rate%28errors%7Bhost%3D%22web-1%22%7D%5B5m%5D%29"
        server.serve(target) { _ in
            Answer(
                200,
                Array(
                    #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.75"]}]}}"#
                        .utf8))
        }
        let bad = await outcome(probe)
        #expect(bad.outcome == .bad && bad.value == 750, "\(bad)")
        probe.most = 750
        #expect(await outcome(probe).outcome == .good)
        // An error of the server says nothing of the hosts.
        probe.query = "nonsense("
        #expect(await outcome(probe).outcome == .missing)
        server.serve("/prom/api/v1/query?query=nonsense%28") { _ in
            Answer(400, Array(#"{"status":"error","error":"parse error"}"#.utf8))
        }
        let refused = await outcome(probe)
        #expect(refused.outcome == .missing && refused.detail.contains("parse error"))
    }
}
