import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Testing

/// A worker that is known to the queue, with what it has claimed.
struct TestWorker {
    let id = UUID()
    let queue: any ActivityQueue

    init(_ store: any TestedStore, lease: Duration = .seconds(60)) async throws {
        queue = store.queue
        try await queue.heartbeat(worker: id, name: "worker", lease: lease)
    }

    func claim(_ limit: Int = 1, of queues: [String] = ["default"]) async throws
        -> [ClaimedActivity]
    {
        try await queue.claim(worker: id, queues: queues, limit: limit)
    }

    /// Lets the lease run out now.
    func expire() async throws {
        try await queue.heartbeat(worker: id, name: "worker", lease: .milliseconds(1))
        try await Task.sleep(for: .milliseconds(20))
    }
}

func install(
    on asset: StreamID? = nil, queue: String = "default", delay: Duration = .zero,
    priority: Int = 0
) -> NewActivity {
    NewActivity(
        kind: "install", queue: queue, asset: asset, data: Array(#"{"x":1}"#.utf8), delay: delay,
        priority: priority)
}

extension AppendRequest {
    func using(_ claim: Claim, _ mode: ClaimUse.Mode) -> AppendRequest {
        var copy = self
        copy.claim = ClaimUse(claim: claim, mode: mode)
        return copy
    }
}
