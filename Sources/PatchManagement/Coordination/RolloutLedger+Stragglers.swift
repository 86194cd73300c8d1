import EventSourcing

/// Assets that were absent are counted with the batch that comes after all others.
extension RolloutLedger {
    var hasStragglers: Bool { stragglersUntil != nil }

    /// Whether some of `batch` have become stragglers.
    func hasStragglers(from batch: Int) -> Bool {
        batches.indices.contains(batch) && batches[batch].moved != nil
    }

    func hasOpenStragglers(from batch: Int) -> Bool {
        hasStragglers && hasStragglers(from: batch) && isOpen(batches.count - 1)
    }

    /// Everything that is absent by now has its place in a new batch.
    mutating func startStragglers(until: Timestamp) {
        var size = 0
        for batch in batches.indices where batches[batch].counts[.absent] > 0 {
            size += move(batches[batch].counts[.absent], from: batch)
        }
        let names = absent.map(\.asset.text)
        batches.append(
            Batch(size: size, isStarted: true, open: names.count == size ? names : nil))
        absent = []
        stragglersUntil = until
    }

    /// Those that are absent are waited for.
    var awaitsStragglers: Bool {
        hasStragglers && areStragglersClosed == nil && (phase == .running || phase == .paused)
    }

    /// An asset of a batch that was passed over has turned out to be absent after the others. It
    /// is counted with them, waited for or not: their batch has been told to it already, perhaps.
    ///
    /// - Returns: false where it isn't one of those.
    mutating func takeStraggler(_ route: DeploymentRoute) -> Bool {
        let last = batches.count - 1
        guard hasStragglers, route.batch < last else { return false }
        batches[last].size += move(1, from: route.batch)
        batches[last].open?.append(route.asset.text)
        absent.removeAll { $0.asset == route.asset }
        return true
    }

    mutating func closeStragglers() { areStragglersClosed = true }

    private mutating func move(_ count: Int, from batch: Int) -> Int {
        batches[batch].counts[.absent] -= count
        batches[batch].size -= count
        batches[batch].moved = (batches[batch].moved ?? 0) + count
        return count
    }
}
