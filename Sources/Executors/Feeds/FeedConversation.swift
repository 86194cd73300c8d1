internal import AsyncHTTPClient
private import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import PatchManagement

/// Questions to publishers' servers, which lead only to addresses that a registration allows.
struct FeedConversation: Sendable {
    let limits: FeedFetchLimits
    var proxy: FeedProxy?
    let addresses: @Sendable (String) async throws -> [NetworkAddress]

    /// Addresses of a name that are tried.
    private static let mostAddresses = 3

    private enum Turn<Answer: Sendable>: Sendable {
        case answered(Answer)
        case redirected(FeedURL)
    }

    /// Asks for `url`, and where it sends to.
    ///
    /// - Parameter read: Reads the first answer that is no redirect.
    /// - Throws: `FeedFetchFault`, `CancellationError`.
    func get<Answer: Sendable>(
        _ url: FeedURL, _ reach: FeedSource.Reach, _ headers: HTTPHeaders,
        until deadline: ContinuousClock.Instant,
        _ read: @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Answer {
        var url = url
        for _ in 0...limits.redirects {
            try Self.check(deadline)
            switch try await ask(url, reach, headers, deadline, read) {
            case .answered(let answer): return answer
            case .redirected(let next): url = next
            }
        }
        throw FeedFetchFault(
            .badRedirect, "it sends on more than \(limits.redirects) times, to \(url.shown) at last"
        )
    }

    static func check(_ deadline: ContinuousClock.Instant) throws {
        try Task.checkCancellation()
        guard ContinuousClock.now < deadline else {
            throw FeedFetchFault(.timedOut, "the whole took too long", scope: .server)
        }
    }

    private func ask<Answer: Sendable>(
        _ url: FeedURL, _ reach: FeedSource.Reach, _ headers: HTTPHeaders,
        _ deadline: ContinuousClock.Instant,
        _ read: @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Turn<Answer> {
        guard url.isSecure || reach == .loopback else {
            throw FeedFetchFault(.forbiddenAddress, "'\(url.shown)' is not https")
        }
        let proxy = proxy(to: url, reach)
        // An address is an address wherever it is read.
        if let proxy, proxy.resolvesNames, NetworkAddress(url.host) == nil {
            return try await ask(url, at: nil, by: proxy, headers, deadline, read)
        }
        let found = try await addresses(url.host)
        var allowed = found.filter { reach.allows($0.zone) }
        guard !allowed.isEmpty else {
            let shown = found.prefix(4).map(\.text).joined(separator: ", ")
            throw FeedFetchFault(
                .forbiddenAddress,
                "'\(url.host)' is \(shown), which the reach '\(reach.rawValue)' doesn't allow")
        }
        if proxy != nil {
            // Not every proxy reads the addresses of IPv6.
            allowed = allowed.filter { $0.bytes.count == 4 } + allowed.filter { $0.bytes.count > 4 }
        }
        var last: (any Error)?
        for address in allowed.prefix(Self.mostAddresses) {
            do {
                return try await ask(url, at: address, by: proxy, headers, deadline, read)
            } catch let fault as FeedFetchFault where fault.cause == .unreachable {
                last = fault
            }
        }
        throw last
            ?? FeedFetchFault(.unreachable, "'\(url.host)' has no address", scope: .server)
    }

    /// The proxy through which `url` is asked for; nil where that is done directly.
    private func proxy(to url: FeedURL, _ reach: FeedSource.Reach) -> FeedProxy? {
        guard let proxy, !(reach == .loopback && proxy.sparesLoopback),
            !proxy.exceptions.contains(url.host, port: url.port)
        else { return nil }
        return proxy
    }

    /// - Parameter address: The one that was checked; nil leaves the name to the proxy.
    private func ask<Answer: Sendable>(
        _ url: FeedURL, at address: NetworkAddress?, by proxy: FeedProxy?, _ headers: HTTPHeaders,
        _ deadline: ContinuousClock.Instant,
        _ read: @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Turn<Answer> {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .nanoseconds(limits.connect.wholeNanoseconds)
        configuration.timeout.read = .nanoseconds(limits.idle.wholeNanoseconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        // The certificate is still that of the name.
        if let address { configuration.dnsOverride = [url.host: address.text] }
        configuration.proxy = proxy.map { .server($0) }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var request = HTTPClientRequest(url: url.description)
        request.headers = headers
        request.headers.add(name: "user-agent", value: "patchflow")
        request.headers.add(name: "accept", value: "*/*")
        request.headers.add(name: "accept-encoding", value: "identity")
        let left = ContinuousClock.now.duration(to: deadline)
        let outcome: Result<Turn<Answer>, any Error>
        var hasBegun = false
        do {
            let response = try await client.execute(
                request, deadline: .now() + .nanoseconds(left.wholeNanoseconds))
            hasBegun = true
            outcome = .success(try await turn(response, url, read))
        } catch {
            outcome = .failure(Self.fault(error, url, hasBegun ? nil : proxy, hasBegun: hasBegun))
        }
        // What was not read of the answer is not waited for.
        try? await client.shutdown()
        return try outcome.get()
    }

    private func turn<Answer: Sendable>(
        _ response: HTTPClientResponse, _ url: FeedURL,
        _ read: @Sendable (HTTPClientResponse) async throws -> Answer
    ) async throws -> Turn<Answer> {
        guard [301, 302, 303, 307, 308].contains(response.status.code) else {
            return .answered(try await read(response))
        }
        let location = response.headers.first(name: "location") ?? ""
        guard let next = url.redirected(to: location) else {
            throw FeedFetchFault(
                .badRedirect,
                "it sends on to '\(FeedURL.shown(location))', which is no URL that may be followed")
        }
        return .redirected(next)
    }

    private static let timeouts: [HTTPClientError] = [
        .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
    ]

    /// - Parameter proxy: The one by which there is no answer yet.
    private static func fault(
        _ error: any Error, _ url: FeedURL, _ proxy: FeedProxy?, hasBegun: Bool
    ) -> any Error {
        if error is FeedFetchFault || error is CancellationError { return error }
        if let error = error as? HTTPClientError {
            if error == .cancelled, Task.isCancelled { return CancellationError() }
            if let proxy, let reason = refusal(error, of: proxy, url) {
                return FeedFetchFault(.proxyRefused, reason, scope: .look)
            }
            if timeouts.contains(error) {
                return FeedFetchFault(
                    .timedOut, "'\(url.host)' did not answer in time", scope: .server)
            }
        }
        // The library for TLS is not one of this target's, and its errors name its own files.
        let words = "\(error)"
        if "\(String(reflecting: type(of: error))) \(words)".contains("SSL") {
            let reason = words.firstRange(of: "OPENSSL_internal:").map { found in
                String(words[found.upperBound...].prefix { !$0.isWhitespace })
            }
            return FeedFetchFault(
                .untrusted,
                "'\(url.host)' has no certificate for this name that this system trusts "
                    + "(\(reason ?? String(words.prefix(100))))",
                scope: .server)
        }
        if let proxy {
            return FeedFetchFault(
                .proxyRefused, "the proxy \(proxy.shown) can't be reached: \(words)", scope: .look)
        }
        return FeedFetchFault(
            hasBegun ? .cutOff : .unreachable, "\(url.host): \(words)", scope: .server)
    }

    /// What the proxy says, which is not what the publisher's server says; nil for anything else.
    private static func refusal(
        _ error: HTTPClientError, of proxy: FeedProxy, _ url: FeedURL
    ) -> String? {
        switch error {
        case .proxyAuthenticationRequired:
            proxy.account == nil
                ? "the proxy \(proxy.shown) wants an account: \(FeedProxy.rule)"
                : "the proxy \(proxy.shown) doesn't take the account that it was given"
        case .invalidProxyResponse:
            "the proxy \(proxy.shown) lets nobody through to \(url.host):\(url.port)"
        case .httpProxyHandshakeTimeout, .connectTimeout:
            "the proxy \(proxy.shown) did not answer in time"
        case .remoteConnectionClosed:
            "the proxy \(proxy.shown), or the server behind it, ended the connection to "
                + "\(url.host):\(url.port)"
        default: nil
        }
    }
}

extension HTTPClient.Configuration.Proxy {
    fileprivate static func server(_ proxy: FeedProxy) -> Self {
        .server(
            host: proxy.host, port: proxy.port,
            authorization: proxy.account.map {
                .basic(username: $0.name, password: $0.password)
            })
    }
}

extension Duration {
    /// For NIO, which counts in 64 bits.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(0, min(seconds, 1_000_000_000)) * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
