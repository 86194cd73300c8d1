internal import Advisories
internal import Foundation

/// What matching a fleet costs, measured in this process.
struct IntakeMeasurement: Codable {
    var advisories = 0
    var assets = 0
    /// Making the index of the advisories; in seconds.
    var indexing = 0.0
    /// Matching every inventory, each as if it were the only one; in seconds, those of the wall.
    var matching = 0.0
    /// The same in seconds of processors, all threads together.
    var matchingBusy = 0.0
    var matches = 0
    /// Most memory of the process by then, in MiB.
    var peak = 0.0
    /// Keeping the matches of the whole fleet, from nothing; in seconds.
    var fleet = 0.0
    var fleetBusy = 0.0
    var fleetPeak = 0.0
    /// Different packages of all assets.
    var packages = 0
    /// One inventory matched from nothing, and one that has changed in a kept fleet: the median of
    /// many, and the longest; in milliseconds.
    var inventory = 0.0
    var changedInventory = 0.0
    var slowestChangedInventory = 0.0
    /// One advisory that has changed.
    var changedAdvisory = 0.0
    var slowestChangedAdvisory = 0.0
    /// Assets that a changed advisory concerned, at most.
    var concernedAssets = 0

    private static let rounds = 200

    static func take(_ fleet: IntakeFleet, threads: Int) async throws -> IntakeMeasurement {
        var measurement = IntakeMeasurement()
        measurement.advisories = fleet.size.advisories
        measurement.assets = fleet.size.assets
        var index = AdvisoryIndex()
        for number in 0..<fleet.size.advisories {
            let advisory = try fleet.advisory(number)
            measurement.indexing += seconds { _ = index.apply(.put(advisory)) }
        }
        try await measurement.match(fleet, index, threads: threads)
        try measurement.keep(fleet, consume index)
        return measurement
    }

    private mutating func match(
        _ fleet: IntakeFleet, _ index: AdvisoryIndex, threads: Int
    ) async throws {
        let parts = await withTaskGroup(of: Part.self) { group in
            for thread in 0..<threads {
                group.addTask { await Part.take(fleet, index, first: thread, step: threads) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        matching = parts.map { $0.inventories.reduce(0, +) / 1000 }.max() ?? 0
        matchingBusy = parts.reduce(0) { $0 + $1.busy }
        matches = parts.reduce(0) { $0 + $1.matches }
        inventory = median(parts.flatMap(\.inventories))
        peak = residentMiB()
    }

    /// What one thread does.
    private struct Part: Sendable {
        var matches = 0
        /// In milliseconds.
        var inventories: [Double] = []
        /// In seconds of a processor.
        var busy = 0.0

        @concurrent
        static func take(
            _ fleet: IntakeFleet, _ index: AdvisoryIndex, first: Int, step: Int
        ) async -> Part {
            var part = Part()
            for number in stride(from: first, to: fleet.size.assets, by: step) {
                let inventory = fleet.inventory(number)
                var found = 0
                let before = processorSeconds()
                let took = seconds { found = index.match(inventory).count }
                part.busy += processorSeconds() - before
                part.matches += found
                part.inventories.append(took * 1000)
            }
            return part
        }
    }

    /// - Parameter index: Nobody else may have it, or the first change would copy it.
    private mutating func keep(
        _ fleet: IntakeFleet, _ index: consuming AdvisoryIndex
    ) throws {
        var kept = FleetMatches(index)
        for number in 0..<fleet.size.assets {
            let inventory = fleet.inventory(number)
            let before = processorSeconds()
            self.fleet += seconds { _ = kept.put(fleet.asset(number), inventory) }
            fleetBusy += processorSeconds() - before
        }
        packages = kept.inventories.packageCount
        fleetPeak = residentMiB()
        var (inventories, advisories) = ([Double](), [Double]())
        for round in 0..<Self.rounds {
            let number = round * 7919 % fleet.size.assets
            let inventory = fleet.inventory(number, isUpdated: true)
            inventories.append(seconds { _ = kept.put(fleet.asset(number), inventory) } * 1000)
        }
        for round in 0..<Self.rounds {
            // What was another advisory becomes this one.
            let old = try fleet.advisory(round * 7919 % fleet.size.advisories)
            let new = try fleet.advisory(fleet.size.advisories + round)
            let edited = Advisory(
                format: old.format, id: old.id, aliases: new.aliases, upstream: new.upstream,
                related: new.related, summary: new.summary, modified: new.modified,
                affected: new.affected)
            var assets = 0
            let took = seconds {
                let changes = kept.apply(.put(edited))
                assets = kept.inventories.assets(havingAny: changes.map(\.package)).count
            }
            concernedAssets = max(concernedAssets, assets)
            advisories.append(took * 1000)
        }
        changedInventory = median(inventories)
        slowestChangedInventory = inventories.max() ?? 0
        changedAdvisory = median(advisories)
        slowestChangedAdvisory = advisories.max() ?? 0
    }
}

private func seconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
}

/// Of this thread: other programs don't count, which share a machine.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
}
