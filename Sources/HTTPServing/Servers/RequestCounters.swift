private import Synchronization

/// How many requests were answered, by method and status.
package final class RequestCounters: Sendable {
    private struct Key: Hashable, Comparable {
        let method: String
        let status: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.method, left.status) < (right.method, right.status)
        }
    }

    private static let known: Set = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    private let counts = Mutex<[Key: Int]>([:])

    package init() {}

    func count(method: String, status: Int) {
        // Whoever invents methods gets one line for all of them.
        let method = Self.known.contains(method) ? method : "other"
        counts.withLock { $0[Key(method: method, status: status), default: 0] += 1 }
    }

    /// As Prometheus reads it.
    package var samples: [Metric] {
        counts.withLock { counts in
            counts.sorted { $0.key < $1.key }.map { key, count in
                Metric(
                    "patchflow_http_requests_total", .counter, "Requests that were answered.",
                    labels: [("method", key.method), ("status", String(key.status))],
                    Double(count))
            }
        }
    }
}
