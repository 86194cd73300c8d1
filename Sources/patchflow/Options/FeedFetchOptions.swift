internal import ArgumentParser
internal import Foundation
internal import PatchManagement

/// By which way a worker fetches feeds.
struct FeedFetchOptions: ParsableArguments {
    @Option(
        help: """
            The proxy through which feeds are fetched, such as http://proxy:3128 (default: HTTPS_PROXY; \
            NO_PROXY says what is asked directly). One that wants a password is better named by \
            HTTPS_PROXY: a command line can be read by everybody on this machine.
            """)
    var feedProxy: String?

    @Flag(
        help: """
            Leaves the names of publishers' servers to the proxy, where this machine knows no public \
            names. The proxy then has to refuse what isn't public.
            """)
    var feedProxyResolves = false

    /// The same choice on another process's command line; what is in the environment is inherited.
    var arguments: [String] {
        (feedProxy.map { ["--feed-proxy", $0] } ?? [])
            + (feedProxyResolves ? ["--feed-proxy-resolves"] : [])
    }

    func validate() throws { _ = try proxy(Self.environment) }

    /// - Returns: nil when feeds are fetched directly.
    func proxy() throws -> FeedProxy? { try proxy(Self.environment) }

    func proxy(_ environment: [String: String]) throws -> FeedProxy? {
        func variable(_ name: String) -> String? {
            [name, name.lowercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        guard let text = feedProxy ?? variable("HTTPS_PROXY") else {
            if feedProxyResolves {
                throw ValidationError("--feed-proxy-resolves: there is no proxy; name --feed-proxy")
            }
            return nil
        }
        let exceptions = ProxyExceptions(variable("NO_PROXY") ?? "")
        guard var proxy = FeedProxy(text, exceptions: exceptions) else {
            // It may hold a password: it is not repeated.
            let name = feedProxy == nil ? "HTTPS_PROXY" : "--feed-proxy"
            throw ValidationError("\(name) can't be used: \(FeedProxy.rule)")
        }
        proxy.resolvesNames = feedProxyResolves
        return proxy
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
