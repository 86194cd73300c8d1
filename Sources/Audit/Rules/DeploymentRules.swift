internal import EventSourcing
internal import FoundationEssentials
internal import PatchManagement
internal import TransparencyLog

/// One asset in one rollout: everything that touches a host comes from an approved plan (I15), in
/// its batch (I1), alone on its asset (I3), under a fence that rises (I5), not while the rollout is
/// halted (I6), and every outcome from an intent (I7, I9, I13).
///
/// Most events of a log are of deployments, so their members are read in place, not decoded.
struct DeploymentRules {
    /// By the number of the stream: where it is in `all`, -1 for what isn't there.
    private var indices: [Int32] = []
    var all: [Deployed] = []
    private var bundles = BundleRules()
    private var places: [AssetPlace] = []
    private var placeIndices: [AssetPlace: Int32] = [:]
    /// Attempts under way at each place.
    private var underWay: [Int] = []

    mutating func read(
        _ event: EntryView, ofStream number: Int, _ rollouts: inout RolloutRules,
        _ assets: inout AssetRules, _ judgement: inout Judgement
    ) {
        guard let kind = DeploymentKind(event.type) else {
            return judgement.unknown(
                event, "\(EventCodingError.unknownType(event.typeText))")
        }
        do {
            try kind.withCurrentForm(of: event) {
                read($0, kind, number, &rollouts, &assets, &judgement)
            }
        } catch let error as EventCodingError {
            judgement.unknown(event, "\(error)")
        } catch {
            judgement.unreadable(event)
        }
    }

    private mutating func read(
        _ event: EntryView, _ kind: DeploymentKind, _ number: Int, _ rollouts: inout RolloutRules,
        _ assets: inout AssetRules, _ judgement: inout Judgement
    ) {
        if kind == .queued { return queue(event, number, rollouts, &assets, &judgement) }
        guard let index = index(ofStream: number) else {
            return judgement.violation("I15", event, "nobody queued it")
        }
        var data = JSONMembers(event.data)
        switch kind {
        case .leaseGranted, .installStarted, .rebootStarted, .rollbackStarted:
            dispatch(index, kind, &data, event, &rollouts, &assets, &judgement)
        case .precheckPassed, .precheckFailed, .backupTaken, .snapshotTaken, .installFinished,
            .rebootAccepted,
            .rollbackFinished:
            finish(index, kind, event, &judgement)
        case .leaseExpired, .waiting, .probed:
            wait(index, kind, &data, event, &rollouts, &assets, &judgement)
        case .succeeded, .failed, .skipped, .cancelled, .absent, .unreachable,
            .verificationFailed, .rebootDeferred, .deadAfterReboot, .rolledBack, .rollbackFailed,
            .givenUp, .postponed:
            if kind == .succeeded { all[index].hasSucceeded = true }
            checkOutcome(index, kind, &data, event, &judgement)
            if kind == .rebootDeferred { all[index].awaitsBoot = true }
            // What follows has a higher fence, below which the host begins no reboot any more (I5).
            if kind == .deadAfterReboot { all[index].isInDoubt = false }
            bundles.check(event, index, &judgement)
            end(index, all[index].attempt, &rollouts, &assets)
        case .returnAwaited:
            guard var route = data.members("route"), let batch = route.number("batch") else {
                return judgement.unreadable(event)
            }
            end(index, all[index].attempt, &rollouts, &assets)
            all[index].batch = Int32(clamping: batch)
        case .rebootRequested, .rebootConfirmed: reboot(index, kind, &data, event, &judgement)
        case .queued, .returned: break
        }
    }

    /// Whether the deployment with that stream has once succeeded on the asset; nil when it isn't
    /// known.
    func hasSucceeded(ofStream number: Int, on asset: Int) -> Bool? {
        index(ofStream: number).map { all[$0].hasSucceeded && all[$0].asset == Int32(asset) }
    }

    private func index(ofStream number: Int) -> Int? {
        guard number < indices.count, indices[number] >= 0 else { return nil }
        return Int(indices[number])
    }

    private mutating func queue(
        _ event: EntryView, _ number: Int, _ rollouts: RolloutRules,
        _ assets: inout AssetRules, _ judgement: inout Judgement
    ) {
        let data = JSONMembers(event.data)
        guard var order = data.members("order"),
            let artefact = order.digest("artefact_digest"), let batch = order.number("batch"),
            let plan = order.digest("plan_digest"), let rollout = order.stream("rollout"),
            var target = order.members("target"), let asset = target.stream("asset")
        else { return judgement.unreadable(event) }
        let calendar = target.number("calendar") ?? -1
        let group = target.text("group").map { String(decoding: $0, as: UTF8.self) }
        let site = target.text("site").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let needsSnapshot = order.members("snapshot") != nil
        let domain = target.text("failure_domain").map { String(decoding: $0, as: UTF8.self) }
        let index = rollouts.index(of: rollout)
        if let index {
            if rollouts.all[index].release.plan != plan
                || rollouts.all[index].release.artefact != artefact
            {
                judgement.violation("I15", event, "its plan or artefact is not its rollout's")
            }
            if batch > rollouts.all[index].release.started {
                judgement.violation("I1", event, "batch \(batch) has not started")
            }
        } else {
            judgement.absent("I15", event, "there is no rollout \(rollout)")
        }
        guard self.index(ofStream: number) == nil else {
            return judgement.violation("I15", event, "it was queued before")
        }
        if indices.count <= number {
            indices += repeatElement(-1, count: number + 1 - indices.count)
        }
        let place = self.number(
            of: AssetPlace(site: site, group: group, failureDomain: domain))
        indices[number] = Int32(all.count)
        all.append(
            Deployed(
                rollout: Int32(index ?? -1), asset: Int32(assets.index(of: asset)),
                batch: Int32(clamping: batch), needsSnapshot: needsSnapshot,
                calendar: Int32(clamping: calendar),
                place: place, key: asset))
        bundles.queue(event, Int(indices[number]), &judgement)
    }

    private mutating func number(of place: AssetPlace) -> Int32 {
        if let known = placeIndices[place] { return known }
        placeIndices[place] = Int32(places.count)
        places.append(place)
        underWay.append(0)
        return Int32(places.count - 1)
    }

    // MARK: Intents

    /// I2: what begins lies in an opening that its plan has pinned, by the store's time, and in no
    /// freeze that held then. The way back needs no window.
    private func checkCalendar(
        _ deployed: Deployed, isRollback: Bool, _ event: EntryView, _ rollouts: RolloutRules,
        _ judgement: inout Judgement
    ) {
        let moment = Timestamp(microseconds: event.recordedAt)
        let rollout = deployed.rollout >= 0 ? Int(deployed.rollout) : nil
        if deployed.calendar >= 0, !isRollback {
            let calendars = rollout.flatMap { rollouts.all[$0].planned?.calendars } ?? []
            let number = Int(deployed.calendar)
            if !calendars.indices.contains(number) {
                judgement.absent("I2", event, "its plan has no calendar \(number)")
            } else if !calendars[number].openings.contains(where: {
                $0.start <= moment && moment < $0.lastStart
            }) {
                judgement.violation("I2", event, "no window of its plan was open")
            }
        }
        guard !rollouts.freezes.isEmpty else { return }
        let freeze = rollouts.freezes.freeze(
            on: deployed.key, places[Int(deployed.place)], at: moment,
            without: rollout.map { rollouts.all[$0].overridden(at: moment) } ?? [])
        if let freeze { judgement.violation("I2", event, "the freeze \(freeze) held") }
    }

    private mutating func dispatch(
        _ index: Int, _ kind: DeploymentKind, _ data: inout JSONMembers, _ event: EntryView,
        _ rollouts: inout RolloutRules, _ assets: inout AssetRules, _ judgement: inout Judgement
    ) {
        guard let attempt = data.number("attempt"), let id = data.id("attempt_id"),
            let fence = data.number("fence"), data.id("worker") != nil
        else { return judgement.unreadable(event) }
        var deployed = all[index]
        if Int64(deployed.attempt) != attempt {
            deployed.attempt = Int32(clamping: attempt)
            deployed.steps = []
            // The id is that of the attempt, so that the host's record belongs to it.
            if !isAttempt(id, attempt, event) {
                judgement.violation("I15", event, "the attempt's id is not that of try \(attempt)")
            }
        } else if deployed.steps.isEmpty, !isAttempt(id, attempt, event) {
            judgement.violation("I15", event, "the attempt's id is not that of try \(attempt)")
        }
        switch kind {
        case .installStarted: checkInstall(&deployed, &data, event, rollouts, &judgement)
        case .rollbackStarted:
            if deployed.isInDoubt {
                judgement.violation("I7", event, "rolled back without a probe")
            }
            deployed.awaitsBoot = false
            deployed.steps.insert(.rollBack)
        case .rebootStarted: checkReboot(&deployed, &data, event, &judgement)
        default: deployed.steps.insert(Self.step(&data))
        }
        let asset = Int(deployed.asset)
        assets.raise(asset, fence, event, &judgement)
        let isNew = assets.take(
            asset, for: index, attempt: deployed.attempt, event, &judgement)
        all[index] = deployed
        if isNew { checkCaps(deployed, event, rollouts, &judgement) }
        checkCalendar(
            deployed, isRollback: kind == .rollbackStarted, event, rollouts, &judgement)
        checkRollout(
            deployed, isRollback: kind == .rollbackStarted, isNew: isNew, event, &rollouts,
            &judgement)
    }

    private func isAttempt(_ id: IDKey, _ attempt: Int64, _ event: EntryView) -> Bool {
        let expected = UUID.version5(namespace: event.stream.id.uuid, name: "attempt/\(attempt)")
        return id.uuid == expected
    }

    private func checkInstall(
        _ deployed: inout Deployed, _ data: inout JSONMembers, _ event: EntryView,
        _ rollouts: RolloutRules, _ judgement: inout Judgement
    ) {
        guard let artefact = data.digest("artefact_digest"), let plan = data.digest("plan_digest")
        else { return judgement.unreadable(event) }
        if deployed.isInDoubt {
            judgement.violation("I7", event, "installed again without a probe")
        }
        if deployed.needsSnapshot, !deployed.steps.contains(.hasSnapshot) {
            judgement.violation("I15", event, "installed without the snapshot of its order")
        }
        deployed.steps.insert(.install)
        deployed.installFinishedBy = nil
        guard deployed.rollout >= 0 else { return }
        let rollout = Int(deployed.rollout)
        if artefact != rollouts.all[rollout].release.artefact {
            judgement.violation("I15", event, "the artefact is not the plan's")
        }
        if plan != rollouts.all[rollout].release.approved {
            judgement.violation("I15", event, "the plan was not approved")
        }
    }

    /// I1 across rollouts.
    private mutating func checkCaps(
        _ deployed: Deployed, _ event: EntryView, _ rollouts: RolloutRules,
        _ judgement: inout Judgement
    ) {
        underWay[Int(deployed.place)] += 1
        guard !rollouts.caps.isEmpty else { return }
        let excess = rollouts.caps.excess(at: places[Int(deployed.place)]) { isMeant in
            places.indices.reduce(0) { isMeant(places[$1]) ? $0 + underWay[$1] : $0 }
        }
        if let excess { judgement.violation("I1", event, excess) }
    }

    private func checkRollout(
        _ deployed: Deployed, isRollback: Bool, isNew: Bool, _ event: EntryView,
        _ rollouts: inout RolloutRules, _ judgement: inout Judgement
    ) {
        guard deployed.rollout >= 0 else { return }
        let index = Int(deployed.rollout)
        if isNew { rollouts.all[index].release.inFlight += 1 }
        if let reason = rollouts.all[index].release.refusal(
            of: deployed.batch, isRollback: isRollback)
        {
            judgement.violation(reason.rule, event, reason.words)
        }
    }

    // MARK: Outcomes

    private mutating func finish(
        _ index: Int, _ kind: DeploymentKind, _ event: EntryView, _ judgement: inout Judgement
    ) {
        let needed: Steps =
            switch kind {
            case .backupTaken: .backUp
            case .snapshotTaken: .snapshot
            case .installFinished: .install
            case .rollbackFinished: .rollBack
            case .rebootAccepted: .reboot
            default: .precheck
            }
        if !all[index].steps.contains(needed) {
            judgement.violation("I15", event, "what it ends was never begun")
        }
        if kind == .snapshotTaken { all[index].steps.insert(.hasSnapshot) }
        if kind == .installFinished { all[index].installFinishedBy = event.commandID }
        // As the host's own record of the order says.
        if kind == .rebootAccepted { all[index].isInDoubt = false }
    }

    private mutating func wait(
        _ index: Int, _ kind: DeploymentKind, _ data: inout JSONMembers, _ event: EntryView,
        _ rollouts: inout RolloutRules, _ assets: inout AssetRules, _ judgement: inout Judgement
    ) {
        switch kind {
        case .leaseExpired:
            guard let attempt = data.number("attempt") else { return judgement.unreadable(event) }
            if Self.outcome(&data).map({ Self.isText($0, "unknown") }) == true {
                all[index].isInDoubt = true
            }
            // Before the installation a lost worker ends the attempt.
            if all[index].steps.isDisjoint(with: [.install, .reboot]) {
                end(index, Int32(clamping: attempt), &rollouts, &assets)
            }
        case .waiting:
            guard let attempt = data.number("attempt"), let reason = data.text("reason") else {
                return judgement.unreadable(event)
            }
            if Self.isText(reason, "inDoubt") { all[index].isInDoubt = true }
            let isClosed =
                Self.isText(reason, "window") || Self.isText(reason, "freeze")
                || Self.isText(reason, "slot")
            let steps = all[index].steps
            if Self.isText(reason, "rollbackOrdered"), !steps.contains(.reboot) {
                all[index].awaitsBoot = false
            }
            // What is to be rolled back keeps its attempt in a freeze; a reboot that waits doesn't.
            let isToReboot = all[index].awaitsBoot && !steps.contains(.reboot)
            let hasEnded =
                isClosed && (isToReboot || steps.isDisjoint(with: [.install, .reboot]))
            if Self.isText(reason, "offline") || Self.isText(reason, "retry")
                || Self.isText(reason, "hold") || Self.isText(reason, "snapshot") || hasEnded
            {
                end(index, Int32(clamping: attempt), &rollouts, &assets)
            }
        default:
            guard let answer = data.text("answer") else { return judgement.unreadable(event) }
            if !Self.isText(answer, "noAnswer"), !Self.isText(answer, "running") {
                all[index].isInDoubt = false
            }
        }
    }

    private func checkOutcome(
        _ index: Int, _ kind: DeploymentKind, _ data: inout JSONMembers, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let deployed = all[index]
        switch kind {
        case .succeeded:
            let by = deployed.installFinishedBy
            if by == nil || by == event.commandID {
                judgement.violation("I13", event, "there is no installation before this scan")
            }
            if deployed.awaitsBoot {
                judgement.violation("I13", event, "a reboot was due, and none was seen")
            }
        case .failed:
            let isAfterInstall = Self.outcome(&data).map { Self.isText($0, "failed") } == true
            if isAfterInstall, !deployed.steps.contains(.install) {
                judgement.violation("I15", event, "an installation failed that was never begun")
            }
        case .verificationFailed, .rebootDeferred:
            if deployed.installFinishedBy == nil {
                judgement.violation("I15", event, "there is no installation before this scan")
            }
        case .deadAfterReboot:
            if !deployed.steps.contains(.reboot) {
                judgement.violation("I15", event, "it was never told to reboot")
            }
        case .rolledBack:
            if !deployed.steps.contains(.rollBack) {
                judgement.violation("I15", event, "a rollback ended that was never begun")
            }
        default: break
        }
    }

    private static func outcome(_ data: inout JSONMembers) -> UnsafeBufferPointer<UInt8>? {
        guard var change = data.members("change") else { return nil }
        return change.text("after")
    }

    private static func isText(
        _ text: UnsafeBufferPointer<UInt8>, _ expected: StaticString
    ) -> Bool {
        expected.withUTF8Buffer { $0.elementsEqual(text) }
    }

    private mutating func end(
        _ index: Int, _ attempt: Int32, _ rollouts: inout RolloutRules, _ assets: inout AssetRules
    ) {
        let deployed = all[index]
        let had = assets.release(Int(deployed.asset), from: index, attempt: attempt)
        if had { underWay[Int(deployed.place)] -= 1 }
        if had, deployed.rollout >= 0 { rollouts.all[Int(deployed.rollout)].release.inFlight -= 1 }
    }
}
