private import Dispatch

/// Runs what waits for the disk, or for a lock: a busy disk takes seconds, and that isn't to be spent
/// on a thread that others need.
package func offThePool<R: Sendable>(
    _ body: @escaping @Sendable () throws -> R
) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
