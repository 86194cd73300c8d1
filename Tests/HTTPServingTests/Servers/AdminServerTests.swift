import AsyncHTTPClient
import HTTPServing
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// What machines ask of a process.
@Suite(.timeLimit(.minutes(1))) struct AdminServerTests {
    private func ask(_ port: Int, _ path: String) async throws -> (status: Int, text: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)/\(path)"), timeout: .seconds(5))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), String(buffer: body))
    }

    @Test func itSaysHowTheProcessIs() async throws {
        let trouble = Mutex<String?>("the projector is behind")
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = AdminServer(
            listen: ListenAddress(host: "127.0.0.1", port: 0), version: "1.2.3",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            readiness: { trouble.withLock { $0 } },
            metrics: {
                [
                    Metric("patchflow_position", .gauge, "How far it is.", 17),
                    Metric("patchflow_x_total", .counter, "X.", labels: [("a", "b\"c\n")], 1.5),
                    Metric("patchflow_position", .gauge, "How far it is.", labels: [("p", "2")], 3),
                ]
            },
            onListening: { listening.yield($0.port) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            #expect(try await ask(port, "livez") == (200, "ok\n"))
            #expect(
                try await ask(port, "readyz") == (503, "not ready: the projector is behind\n"))
            trouble.withLock { $0 = nil }
            #expect(try await ask(port, "readyz") == (200, "ok\n"))
            #expect(try await ask(port, "version") == (200, #"{"version":"1.2.3"}"#))
            let expected = """
                # HELP patchflow_position How far it is.
                # TYPE patchflow_position gauge
                patchflow_position 17
                patchflow_position{p="2"} 3
                # HELP patchflow_x_total X.
                # TYPE patchflow_x_total counter
                patchflow_x_total{a="b\\"c\\n"} 1.5

                """
            #expect(try await ask(port, "metrics") == (200, expected))
            #expect(try await ask(port, "assets").status == 404)
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure = ended { continue }
            }
        }
    }
}
