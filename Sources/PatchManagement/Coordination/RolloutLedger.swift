package import EventSourcing

/// What the coordinator remembers of one rollout: counts, and by name only failures and assets in
/// doubt, so that it stays small however large the rollout is. The runner keeps it with its
/// checkpoint, in one transaction.
package struct RolloutLedger: Codable, Sendable, Equatable {
    struct Batch: Codable, Sendable, Equatable {
        var size: Int
        var counts = OutcomeCounts()
        var isStarted = false
        /// The assets without a final outcome, by id; only of a batch that is small enough to be
        /// remembered by name.
        var open: [String]?
        /// So many were absent and belong to the batch of stragglers now; nil for none.
        var moved: Int?

        mutating func start(_ assets: [StreamID]) {
            isStarted = true
            if assets.count <= RolloutTally.maxOpen { open = assets.map(\.text) }
        }

        mutating func note(_ outcome: DeploymentOutcome?, of asset: String) {
            if outcome?.isFinal == true {
                open?.removeAll { $0 == asset }
            } else if open?.contains(asset) == false {
                open?.append(asset)
            }
        }
    }

    struct Listed: Codable, Sendable, Equatable {
        let batch: Int
        var outcome: DeploymentOutcome
    }

    /// What the owner of an asset wants.
    struct Postponed: Codable, Sendable, Equatable {
        let until: Timestamp
        let number: Int
        let reason: String

        init(_ event: AssetPostponed) {
            until = event.until
            number = event.number
            reason = event.reason
        }
    }

    package internal(set) var rollout: StreamID?
    package internal(set) var patch: StreamID?
    package internal(set) var phase: RolloutPhase?
    var batches: [Batch] = []
    /// Failures and assets in doubt, by the asset's id.
    var listed: [String: Listed] = [:]
    /// The first `maxAbsent` that were absent, to be named if there are too many.
    var absent: [ListedOutcome] = []
    static let maxAbsent = 50
    /// Installations per stratum of the canary, by the stratum's name.
    var canaryStrata: [String: Int] = [:]
    var rollbackOrders = 0
    var rollbackScope: RollbackScope?
    /// Until when the assets of the last batch, which were absent, may return; nil when there is
    /// no such batch.
    var stragglersUntil: Timestamp?
    /// Nobody waits for them any longer.
    var areStragglersClosed: Bool?
    /// Until when freezes keep assets waiting, as far as it was told; nil while none ever did.
    var frozen: [String: Timestamp]?
    /// Assets of the canary that turned out to have the version already, by stratum; nil for none.
    var inPlace: [String: Int]?
    /// Assets whose owners have them patched later; nil for none.
    var postponed: [String: Postponed]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case rollout, patch, phase, batches, listed, absent, frozen, postponed
        case inPlace = "in_place"
        case canaryStrata = "canary_strata"
        case rollbackOrders = "rollback_orders"
        case rollbackScope = "rollback_scope"
        case stragglersUntil = "stragglers_until"
        case areStragglersClosed = "are_stragglers_closed"
    }

    /// The batch that was started last; nil before the first.
    var lastStarted: Int? { batches.lastIndex { $0.isStarted } }

    var totals: OutcomeCounts {
        batches.reduce(OutcomeCounts()) { $0 + $1.counts }
    }

    /// Counts one change of an outcome. What the ledger has listed is what was before; the event's
    /// own word goes for assets that it doesn't list.
    ///
    /// - Parameter isInPlace: It was passed over since it has the version already.
    mutating func count(
        _ change: OutcomeChange, _ route: DeploymentRoute, isInPlace: Bool = false
    ) {
        guard batches.indices.contains(route.batch) else { return }
        let key = route.asset.text
        let before = listed[key]?.outcome ?? change.before
        if let before { batches[route.batch].counts[before] -= 1 }
        if let after = change.after { batches[route.batch].counts[after] += 1 }
        batches[route.batch].note(change.after, of: key)
        if change.after == .absent, absent.count < Self.maxAbsent {
            absent.append(.init(asset: route.asset, batch: route.batch, outcome: .absent))
        }
        if let after = change.after, isListed(after) {
            listed[key] = Listed(batch: route.batch, outcome: after)
        } else {
            listed[key] = nil
        }
        guard route.batch == 0 else { return }
        if isInPlace { inPlace = (inPlace ?? [:]).merging([route.stratum: 1], uniquingKeysWith: +) }
        let wasInstalled = before?.summary == .success
        let isInstalled = change.after?.summary == .success
        canaryStrata[route.stratum, default: 0] +=
            (isInstalled ? 1 : 0) - (wasInstalled ? 1 : 0)
    }

    /// The outcomes as they stand at the event with that position; nil before the first batch.
    func tally(asOf position: Int64) -> RolloutTally? {
        guard let last = lastStarted else { return nil }
        let failures = listed.sorted {
            $0.value.batch != $1.value.batch
                ? $0.value.batch > $1.value.batch : $0.key < $1.key
        }.prefix(RolloutTally.maxListed - absent.count).compactMap { key, value in
            StreamID(key).map {
                ListedOutcome(asset: $0, batch: value.batch, outcome: value.outcome)
            }
        }
        return RolloutTally(
            asOf: position, batch: last, size: batches[last].size, counts: batches[last].counts,
            startedSize: batches.reduce(0) { $1.isStarted ? $0 + $1.size : $0 },
            totals: totals,
            strataWithoutInstall: last == 0
                ? canaryStrata.filter { $0.value == 0 }.map(\.key).sorted() : [],
            listed: failures + absent, rollbackOrders: rollbackOrders, openAssets: openAssets,
            strataInPlace: last == 0 ? inPlace.map { $0.keys.sorted() } : nil)
    }

    /// - Returns: false where it was told already.
    mutating func note(_ time: FrozenTime) -> Bool {
        if frozen?[time.freeze] == time.to { return false }
        frozen = (frozen ?? [:]).merging([time.freeze: time.to]) { $1 }
        return true
    }

    /// - Returns: false where it was told already.
    mutating func noteThaw(_ freeze: String) -> Bool {
        frozen?.removeValue(forKey: freeze) != nil
    }

    /// Of the last batch, or of those before it when nothing of that one is open.
    private var openAssets: [StreamID]? {
        let open = batches.filter(\.isStarted).map { $0.open ?? [] }
        let named = open.last?.isEmpty == false ? open.last ?? [] : open.flatMap(\.self)
        let assets = named.prefix(RolloutTally.maxOpen).compactMap { StreamID($0) }
        return assets.isEmpty ? nil : assets
    }

    /// When the whole goes back, those that did so are as they were meant to be; one that went back by
    /// itself is a failure.
    private func isListed(_ outcome: DeploymentOutcome) -> Bool {
        outcome == .unknown || outcome.isBad && (outcome != .rolledBack || rollbackScope == nil)
    }

    /// A new order to roll back takes up again what failed to go back before.
    mutating func orderRollback(_ scope: RollbackScope) {
        rollbackOrders += 1
        rollbackScope = scope
        for (key, entry) in listed where entry.outcome == .rollbackFailed {
            guard isInScope(entry.batch) else { continue }
            batches[entry.batch].counts[.rollbackFailed] -= 1
            batches[entry.batch].counts[.rollingBack] += 1
            listed[key]?.outcome = .rollingBack
        }
    }

    /// Whether `batch` was started: none is of a rollout whose plan couldn't be read.
    private func isStarted(_ batch: Int) -> Bool {
        batches.indices.contains(batch) && batches[batch].isStarted
    }

    /// Whether the last order to roll back goes for `batch`.
    func isInScope(_ batch: Int) -> Bool {
        switch rollbackScope {
        case .none: false
        case .all: isStarted(batch)
        case .batch: batch == lastStarted
        }
    }

    /// Whether `batch` was started and has targets without a final outcome.
    func isOpen(_ batch: Int) -> Bool {
        isStarted(batch) && batches[batch].counts.final < batches[batch].size
    }

    func isOpenOutOfScope(_ batch: Int) -> Bool { isOpen(batch) && !isInScope(batch) }

    /// nil before it was planned.
    var overview: RolloutOverview? {
        guard let rollout, let phase else { return nil }
        let totals = totals
        let started = batches.reduce(0) { $1.isStarted ? $0 + $1.size : $0 }
        return RolloutOverview(
            rollout: rollout, phase: phase,
            targets: batches.reduce(0) { $0 + $1.size } - totals[.skipped],
            verified: totals[.succeeded], failed: totals.bad, open: started - totals.final,
            skipped: totals[.skipped])
    }
}
