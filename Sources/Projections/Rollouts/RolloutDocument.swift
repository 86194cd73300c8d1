internal import Application
internal import PatchManagement

/// A rollout with its batches, counts and gate values.
struct RolloutDocument: ViewDocument {
    static let kind = ViewKind.rollout

    var id: String
    var patch: String
    var patchTitle: String
    var state: String
    var reason: String?
    var planDigest: String
    var batch: Int?
    var batches: [Batch]
    var counts: Counts
    var approval: ApprovalDocument?
    var predictedEnd: String?
    var plannedAt: String
    /// When its first batch began.
    var startedAt: String?
    /// The batch whose gate tripped first: a resumption doesn't make that undone.
    var firstTrippedBatch: Int?
    /// The emergency that it was planned in.
    var emergency: String?
    /// Assets whose owners have them patched later, each with the last word; nil for none.
    var postponed: [Postponed]?
    /// The schedule that planned it.
    var schedule: String?
    /// The deadline that its predicted end misses.
    var missedDeadline: String?
    /// The risk owner who knows of that.
    var missAcknowledgedBy: String?
    var changedAt: String
    var version: Int

    struct Postponed: Codable, Equatable {
        var asset: String
        var until: String
        /// 1 for the first time.
        var number: Int
        var reason: String
        var by: String
    }

    struct Batch: Codable, Equatable {
        var index: Int
        var size: Int
        /// `waiting`, `running`, `soaking`, `passed`, `skipped`, `tripped`, `cancelled` or
        /// `awaitingReturn`.
        var state: String
        var counts: Counts
        var soakUntil: String?
        var gate: Gate?
        /// Of the batch of those that were absent: until then they may return.
        var returnUntil: String?
        /// The last round of probes that was about it.
        var health: Health?
    }

    /// What hosts said when they were asked for their health.
    struct Health: Codable, Equatable {
        /// `baseline`, `soak` or `watch`.
        var kind: String
        /// `good`, `bad` or `missing`.
        var verdict: String
        var reason: String?
        /// Rounds of that kind, one after the other.
        var rounds: Int
        var probes: [Probe]
        var at: String
    }

    /// One probe in a round, with the samples that its figures rest on.
    struct Probe: Codable, Equatable {
        var name: String
        var good: Int
        var bad: Int
        var missing: Int
        /// Mean of the values, over as many samples; nil without any.
        var mean: Int?
        var samples: Int
        /// From before the batch.
        var baselineMean: Int?
        var baselineSamples: Int?
        /// Of hosts that don't have the patch yet.
        var controlMean: Int?
        var controlSamples: Int?
    }

    /// Deployments by outcome; they add up to the targets.
    struct Counts: Codable, Equatable {
        var waiting = 0
        var running = 0
        var succeeded = 0
        var failed = 0
        var unknown = 0
        var absent = 0
        var skipped = 0
        var cancelled = 0
        var rolledBack = 0
    }

    struct Gate: Codable, Equatable {
        var verdict: String
        var rule: String
        var value: String
        var limit: String
        var assets: [String]
        var hosts: [String]
        var at: String
    }

    var parent: String? { patch }
    var sortKey: String { plannedAt }

    /// Moves one target of a batch from one outcome to another.
    mutating func count(_ change: OutcomeChange, inBatch index: Int) {
        guard batches.indices.contains(index) else { return }
        let isStarted = batches[index].state != "waiting"
        let before = Counts.place(of: change.before, isStarted: isStarted)
        let after = Counts.place(of: change.after, isStarted: isStarted)
        batches[index].counts[keyPath: before] -= 1
        batches[index].counts[keyPath: after] += 1
        counts[keyPath: before] -= 1
        counts[keyPath: after] += 1
        if ["running", "awaitingStragglers"].contains(state) { state = underWay }
    }

    mutating func postpone(_ new: Postponed) {
        postponed = (postponed ?? []).filter { $0.asset != new.asset } + [new]
    }

    /// Goes on; a pause lies over it until a person ends it.
    mutating func go(_ next: String) {
        if state != "paused" { state = next }
    }

    /// Those that were absent have a batch of their own from now on. They come into it one by one.
    mutating func awaitStragglers(batch index: Int, until: String) {
        batches.append(
            Batch(
                index: index, size: 0, state: "awaitingReturn", counts: Counts(), soakUntil: nil,
                gate: nil, returnUntil: until))
        batch = index
        state = underWay
    }

    /// One target is of another batch now, and still absent there.
    mutating func move(_ change: OutcomeChange?, from old: Int, to new: Int) {
        guard batches.indices.contains(old), batches.indices.contains(new) else { return }
        count(OutcomeChange(before: change?.before, after: .absent), inBatch: old)
        guard old != new else { return }
        batches[old].size -= 1
        batches[old].counts.absent -= 1
        batches[new].size += 1
        batches[new].counts.absent += 1
        go(underWay)
    }

    /// What it is while a batch is under way: that of stragglers is the last, and waits for them as
    /// soon as nothing of the others goes on.
    var underWay: String {
        let open = batches.filter { $0.returnUntil == nil }.map(\.counts)
        let isAwaiting =
            batches.last?.returnUntil != nil && open.allSatisfy { $0.running == 0 }
        return isAwaiting ? "awaitingStragglers" : "running"
    }

    /// It has ended: whatever has not begun by now never will.
    mutating func settle() {
        for index in batches.indices where batches[index].state == "waiting" {
            batches[index].state = "cancelled"
            let waiting = batches[index].counts.waiting
            batches[index].counts.waiting = 0
            batches[index].counts.cancelled += waiting
            counts.waiting -= waiting
            counts.cancelled += waiting
        }
        for index in batches.indices where batches[index].state == "awaitingReturn" {
            batches[index].state = "cancelled"
        }
    }

    /// Its targets are under way from now on.
    mutating func start(batch index: Int) {
        guard batches.indices.contains(index) else { return }
        batch = index
        batches[index].state = "running"
        let waiting = batches[index].counts.waiting
        batches[index].counts.waiting = 0
        batches[index].counts.running += waiting
        counts.waiting -= waiting
        counts.running += waiting
    }
}

extension RolloutDocument.Counts {
    /// Where an outcome is counted; nil is an asset without one.
    static func place(
        of outcome: DeploymentOutcome?, isStarted: Bool
    ) -> WritableKeyPath<Self, Int> {
        switch outcome {
        case nil: isStarted ? \.running : \.waiting
        case .rollingBack: \.running
        case .unknown, .unreachable: \.unknown
        case .succeeded, .installedPendingReboot: \.succeeded
        case .failedBeforeInstall, .failed, .verificationFailed, .deadAfterReboot, .rollbackFailed:
            \.failed
        case .absent: \.absent
        case .skipped: \.skipped
        case .cancelled: \.cancelled
        case .rolledBack: \.rolledBack
        }
    }
}

/// A request for approval, of a patch or of a plan, and what became of it.
struct ApprovalDocument: Codable, Equatable {
    /// `awaiting`, `approved`, `rejected`, `expired` or `revoked`.
    var state: String
    var digest: String
    var requestedBy: String
    var requestedAt: String
    var decidedBy: String?
    var decidedAt: String?
    var reason: String?
    var expiresAt: String?
    /// Of a patch's approval.
    var target: TargetDocument?
    /// Where several people have to approve: how many, and who has while others are waited for.
    var approversNeeded: Int?
    var approvers: [String]?
    /// In which roles one of them each has to, beside the approvers.
    var approverRoles: [String]?
    /// In which roles somebody is still waited for.
    var awaitedRoles: [String]?
    /// Of a patch's approval: how many assets it is for, by platform and by site.
    var assets: Int?
    var strata: [AssetCountDocument]?
    var sites: [AssetCountDocument]?
    /// The emergency that it was asked for in.
    var emergency: String?
    /// The standing approval that stood in for a person, and who gave that.
    var standing: String?
    var standingBy: [String]?

    /// Where one approver isn't enough.
    mutating func need(_ approvers: Int?, _ roles: [Role]?) {
        guard approvers != nil || roles != nil else { return }
        let (count, others) = (approvers ?? 1, roles ?? [])
        approversNeeded = count + others.count
        approverRoles = roles?.map(\.rawValue)
        let plain = Array(repeating: Role.approver, count: count)
        awaitedRoles = (others + plain).map(\.rawValue)
    }

    /// While others are waited for.
    mutating func give(by person: String, as role: String) {
        approvers = (approvers ?? []) + [person]
        guard let place = awaitedRoles?.firstIndex(of: role) else { return }
        awaitedRoles?.remove(at: place)
    }

    mutating func decide(_ state: String, by person: String?, at moment: String, reason: String?) {
        awaitedRoles = nil
        self.state = state
        decidedBy = person ?? decidedBy
        decidedAt = moment
        self.reason = reason ?? self.reason
    }
}

/// How many of some assets are on a platform or at a site.
struct AssetCountDocument: Codable, Equatable {
    var name: String
    var assets: Int
}

/// Which assets an approval is for.
struct TargetDocument: Codable, Equatable {
    var environment: String?
    var group: String?
    var site: String?
}
