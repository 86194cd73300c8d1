package import Application
package import Hummingbird
package import Logging
internal import ServiceLifecycle

/// Serves routes to people and programs over HTTP, until it is told to shut down.
package struct APIServer: Service {
    private let responder: Responder
    private let listen: ListenAddress
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) -> Void

    /// - Parameter onListening: Called when it serves, with the port that it got.
    package init(
        routes: Routes, useCases: UseCases, listen: ListenAddress,
        counters: RequestCounters = RequestCounters(), logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) {
        responder = Responder(
            routes: routes, signIn: { try await useCases.signIn($0) }, counters: counters)
        self.listen = listen
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        try await serve(responder, on: listen, logger, onListening)
    }
}

/// Tells machines how the process is: `/livez`, `/readyz`, `/version`, `/metrics`. Open to whoever
/// reaches its address, and says nothing about patches.
package struct AdminServer: Service {
    private let responder: Responder
    private let listen: ListenAddress
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) -> Void

    /// - Parameters:
    ///   - readiness: nil when the process can serve, otherwise why not.
    ///   - metrics: Measured when asked.
    package init(
        listen: ListenAddress, version: String, logger: Logger,
        readiness: @escaping @Sendable () async -> String?,
        metrics: @escaping @Sendable () async -> [Metric] = { [] },
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) {
        var routes = Routes(prefix: "")
        routes.open("livez") { _ in .text("ok\n") }
        routes.open("readyz") { _ in
            if let reason = await readiness() {
                return .text("not ready: \(reason)\n", status: 503)
            }
            return .text("ok\n")
        }
        routes.open("version") { _ in try .json(["version": version]) }
        routes.open("metrics") { _ in
            .text(
                Metric.text(await metrics()),
                mediaType: "text/plain; version=0.0.4; charset=utf-8")
        }
        responder = Responder(
            routes: routes, signIn: { _ in throw NotSignedIn(.unknown) },
            counters: RequestCounters())
        self.listen = listen
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        try await serve(responder, on: listen, logger, onListening)
    }
}

/// Answers with `responder` until the process is told to shut down.
///
/// - Parameter onListening: Called when it serves, with the port that it got.
package func serve<Responder: HTTPResponder>(
    _ responder: Responder, on listen: ListenAddress, _ logger: Logger,
    _ onListening: @escaping @Sendable (ListenAddress) -> Void
) async throws where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let application = Application(
        responder: responder,
        configuration: ApplicationConfiguration(
            address: .hostname(listen.host, port: listen.port), serverName: "patchflow"),
        onServerRunning: { channel in
            onListening(
                ListenAddress(host: listen.host, port: channel.localAddress?.port ?? listen.port))
        },
        logger: logger)
    try await application.run()
}
