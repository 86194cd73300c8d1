internal import EventSourcing
internal import ServiceLifecycle

/// Tells the demonstration in the background, once the server answers. When that fails, it says so
/// and the installation goes on serving.
struct DemonstrationService: Service {
    let demonstration: Demonstration
    /// Whether the server takes connections.
    let isReady: @Sendable () -> Bool

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                while !isReady() { try await Task.sleep(for: .milliseconds(100)) }
                try await demonstration.tell()
            } catch {
                if Task.isCancelled { return }
                let reason = (error as? any DomainRejection)?.message ?? "\(error)"
                complain("[simulated] the history is not complete: \(reason)")
                complain("[simulated] when it is started again with --demo, it goes on from there")
            }
        }
        // A service that ends would end all others.
        try await gracefulShutdown()
    }
}
