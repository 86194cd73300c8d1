internal import EventSourcing
internal import Foundation
internal import Orchestration
internal import Synchronization

extension Timestamp {
    static var now: Timestamp { Timestamp(Date()) }
}

extension UUID {
    /// A new, time-ordered one.
    static func timeOrdered() -> UUID {
        .version7(at: .now, random: randomWords.withLock { $0.take() })
    }
}

/// Random words from the system, fetched many at a time: each fetch is a system call.
private struct RandomWords {
    private var words: [UInt64] = []

    mutating func take() -> (UInt64, UInt64) {
        if words.count < 2 {
            words = Array(repeating: 0, count: 256)
            words.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { arc4random_buf(start, bytes.count) }
            }
        }
        return (words.removeLast(), words.removeLast())
    }
}

private let randomWords = Mutex(RandomWords())

extension Surroundings {
    /// The real clock, real randomness.
    static var live: Surroundings {
        Surroundings(
            now: { .now }, newID: { .timeOrdered() }, sleep: { try await Task.sleep(for: $0) })
    }
}
