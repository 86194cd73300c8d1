private import Synchronization

/// How many reports may be counted at a time. Nobody waits for a place: who gets none may ask again.
final class ReportPlaces: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: false when there is none; else it has to be given back.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() {
        taken.withLock { taken in
            precondition(taken > 0, "a place was given back that nobody had taken")
            taken -= 1
        }
    }
}
