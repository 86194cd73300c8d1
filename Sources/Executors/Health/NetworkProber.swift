private import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
private import NIOPosix
package import PatchManagement

/// Asks hosts over the network for their health.
///
/// Each name is looked up once, the address is checked against the probe's reach, and only that
/// address is connected to; no redirect is followed. What comes back is hostile: little of it is
/// read, and none of it gets any further than as one line without control characters.
package struct NetworkProber: HealthProber {
    /// Read of an answer at most; of more, only the status counts.
    private static let mostBytes = 64 << 10

    private let addresses: @Sendable (String) async throws -> [NetworkAddress]

    /// - Parameter addresses: All addresses of a name.
    package init(
        addresses: @escaping @Sendable (String) async throws -> [NetworkAddress] =
            HostAddresses.ofSystem
    ) {
        self.addresses = addresses
    }

    package func read(_ probe: HealthProbe, on host: HostAddress?) async -> HealthReading {
        switch probe.kind {
        case .command: return .none(detail: "a command is not asked over the network")
        case .tcp:
            guard let host, let port = probe.port else {
                return .none(detail: "it names no host and port")
            }
            return await connect(to: host.address, port, probe)
        case .http:
            guard let host, let port = probe.port, let path = probe.path else {
                return .none(detail: "it names no host, port and path")
            }
            let shown = host.address.contains(":") ? "[\(host.address)]" : host.address
            let scheme = probe.tls == true ? "https" : "http"
            guard let url = FeedURL("\(scheme)://\(shown):\(port)\(path)") else {
                return .none(detail: "'\(shown):\(port)' with that path is no URL")
            }
            return await ask(url, probe) { Self.reading($0, probe) }
        case .prometheus: return await query(probe, on: host)
        }
    }

    // MARK: HTTP

    private struct Answer: Sendable {
        let status: Int
        /// As much of it as may be read.
        let body: [UInt8]
        let isWhole: Bool
        let milliseconds: Int
    }

    private static func reading(_ answer: Answer, _ probe: HealthProbe) -> HealthReading {
        let isWanted =
            probe.status.map { $0 == answer.status } ?? (200...299).contains(answer.status)
        return .answer(
            value: answer.milliseconds, isRefusal: !isWanted,
            detail: "status \(answer.status) after \(answer.milliseconds) ms")
    }

    private func query(_ probe: HealthProbe, on host: HostAddress?) async -> HealthReading {
        guard let server = probe.server, let text = probe.query else {
            return .none(detail: "it names no server and query")
        }
        var promQL = text
        if probe.isPerHost {
            // The name of a host has no character that could end a quoted label.
            guard let host, HostName(host.name) != nil else {
                return .none(detail: "the query is for a host that has no such name")
            }
            promQL = text.split(separator: HealthProbe.hostMark, omittingEmptySubsequences: false)
                .joined(separator: host.name)
        }
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        guard let url = FeedURL("\(base)/api/v1/query?query=\(Self.encoded(promQL))") else {
            return .none(detail: "the query is too long for a URL")
        }
        return await ask(url, probe) { answer in
            guard answer.isWhole else {
                return .none(detail: "the answer has more than \(Self.mostBytes) bytes")
            }
            return PrometheusAnswer.reading(answer.body)
        }
    }

    /// Percent-encoded for a query: everything but what RFC 3986 calls unreserved.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~".utf8.contains(byte)
            bytes += isPlain ? [byte] : [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Asks for `url` and hands the answer to `read`. That a server doesn't answer is bad where it is
    /// the one that is measured, and no answer where it only tells of others.
    private func ask(
        _ url: FeedURL, _ probe: HealthProbe, _ read: (Answer) -> HealthReading
    ) async -> HealthReading {
        let address: NetworkAddress
        switch await allowed(url.host, probe) {
        case .success(let found): address = found
        case .failure(let fault): return .none(detail: fault.detail)
        }
        let limit = TimeAmount.seconds(Int64(probe.timeLimitSeconds))
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = limit
        configuration.timeout.read = limit
        configuration.connectionPool.retryConnectionEstablishment = false
        // The certificate is still that of the name.
        configuration.dnsOverride = [url.host: address.text]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: url.description)
        request.headers.add(name: "user-agent", value: "patchflow")
        request.headers.add(name: "accept", value: "*/*")
        let began = ContinuousClock.now
        let reading: HealthReading
        do {
            let response = try await client.execute(request, deadline: .now() + limit)
            var body: [UInt8] = []
            var isWhole = true
            for try await piece in response.body {
                body += piece.readableBytesView.prefix(Self.mostBytes - body.count + 1)
                if body.count > Self.mostBytes {
                    isWhole = false
                    break
                }
                guard began.duration(to: .now) < .seconds(probe.timeLimitSeconds) else {
                    throw HTTPClientError.deadlineExceeded
                }
            }
            reading = read(
                Answer(
                    status: Int(response.status.code), body: body, isWhole: isWhole,
                    milliseconds: Self.milliseconds(since: began)))
        } catch {
            let words = "\(url.host):\(url.port): \(error)"
            reading =
                probe.kind == .prometheus
                ? .none(detail: words) : .answer(value: nil, isRefusal: true, detail: words)
        }
        // What was not read of the answer is not waited for.
        try? await client.shutdown()
        return reading
    }

    // MARK: TCP

    private func connect(
        to host: String, _ port: Int, _ probe: HealthProbe
    ) async -> HealthReading {
        let address: NetworkAddress
        switch await allowed(host, probe) {
        case .success(let found): address = found
        case .failure(let fault): return .none(detail: fault.detail)
        }
        let began = ContinuousClock.now
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(Int64(probe.timeLimitSeconds)))
                .connect(to: SocketAddress(ipAddress: address.text, port: port)).get()
            let taken = Self.milliseconds(since: began)
            // It may be closed from the other side already.
            try? await channel.close()
            return .answer(
                value: taken, isRefusal: false, detail: "connected after \(taken) ms")
        } catch {
            return .answer(value: nil, isRefusal: true, detail: "\(host):\(port): \(error)")
        }
    }

    // MARK: Addresses

    private struct Forbidden: Error {
        let detail: String
    }

    /// The first address of `host` that the probe may reach.
    private func allowed(
        _ host: String, _ probe: HealthProbe
    ) async -> Result<NetworkAddress, Forbidden> {
        let reach = probe.reach ?? .publicInternet
        let found: [NetworkAddress]
        do {
            found = try await addresses(host)
        } catch {
            return .failure(Forbidden(detail: "'\(host)' has no address: \(error)"))
        }
        guard let address = found.first(where: { reach.allows($0.zone) }) else {
            let shown = found.prefix(4).map(\.text).joined(separator: ", ")
            return .failure(
                Forbidden(
                    detail: "'\(host)' is \(shown), which the reach '\(reach.rawValue)' of probe "
                        + "'\(probe.name)' doesn't allow"))
        }
        return .success(address)
    }

    private static func milliseconds(since began: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = began.duration(to: .now).components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
