private import Synchronization

/// How often an event was tried in vain that can't be folded. Kept by each projector for itself:
/// another one may be able to.
final class Tries: Sendable {
    static let allowed = 3

    private struct Place: Hashable {
        let generation: Int32
        let position: Int64
    }

    private let counts = Mutex<[Place: Int]>([:])

    /// Counts one more.
    ///
    /// - Returns: Which it was; nil for the last that is allowed.
    func count(_ position: Int64, in generation: Generation) -> Int? {
        counts.withLock { counts in
            let place = Place(generation: generation.number, position: position)
            let count = counts[place, default: 0] + 1
            guard count < Self.allowed else {
                counts[place] = nil
                return nil
            }
            counts[place] = count
            return count
        }
    }
}
