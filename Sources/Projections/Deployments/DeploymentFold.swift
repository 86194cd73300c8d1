internal import Application
internal import EventSourcing
internal import PatchManagement

/// What becomes of one asset in a rollout.
struct DeploymentDocument: ViewDocument {
    static let kind = ViewKind.deployment

    var id: String
    var rollout: String
    var patch: String
    var asset: String
    var host: String
    var batch: Int
    var state: String
    var outcome: String?
    var reason: String?
    var attempt: String?
    /// How many attempts there were, the one under way among them.
    var attempts: Int
    /// When an installation was first begun.
    var installBeganAt: String?
    /// Since when it is installed and not in effect before a reboot; nil when none is due.
    var rebootDueSince: String?
    /// Digest of what the policy's snapshot said; nil where none was taken.
    var snapshot: String?
    var before: [PackageDocument]
    var after: [PackageDocument]
    /// Of a bundle: what became of each patch.
    var items: [Item]?
    var changedAt: String
    var version: Int

    struct Item: Codable, Equatable {
        var patch: String
        var outcome: String
    }

    /// Nothing of the patch has been begun on the asset.
    var isBeforeInstall: Bool {
        ["pending", "waiting", "leased", "prechecked", "backedUp"].contains(state)
    }

    var parent: String? { rollout }
    /// Batch by batch, then by name.
    var sortKey: String {
        let number = String(batch)
        return String(repeating: "0", count: max(0, 6 - number.count)) + number + " " + host
    }
}

/// Deployments, from their streams; and the counts of their rollouts.
enum DeploymentFold {
    static func keys(for event: RecordedEvent) throws -> [ViewKey] {
        let own = ViewKey(.deployment, event.stream.text)
        let decoded = try DeploymentEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        guard let (route, _) = decoded.routedChange else { return [own] }
        return [own, ViewKey(.rollout, route.rollout.text)]
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try DeploymentEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let id = event.stream.text
        if case .queued(let payload) = decoded {
            return try queued(payload.order, event).write(to: &views)
        }
        guard var deployment = try DeploymentDocument.read(id, in: views) else {
            throw MissingView(kind: .deployment, id: id)
        }
        deployment.version = event.version
        deployment.changedAt = event.recordedAt.description
        // Until it returns it is counted as absent, though it has no outcome.
        let wasAwaited = deployment.state == "awaitingReturn"
        follow(decoded, &deployment)
        if case .returnAwaited(let payload) = decoded {
            deployment.batch = payload.route.batch
            deployment.outcome = nil
            if var rollout = try RolloutDocument.read(payload.route.rollout.text, in: views) {
                rollout.move(payload.change, from: payload.from, to: payload.route.batch)
                try rollout.write(to: &views)
            }
        } else if let (route, change) = decoded.routedChange, let change {
            deployment.outcome = change.after?.summary.rawValue
            if var rollout = try RolloutDocument.read(route.rollout.text, in: views) {
                let before = wasAwaited ? .absent : change.before
                rollout.count(
                    OutcomeChange(before: before, after: change.after), inBatch: route.batch)
                try rollout.write(to: &views)
            }
        }
        try deployment.write(to: &views)
    }

    private static func queued(
        _ order: DeploymentOrder, _ event: RecordedEvent
    ) -> DeploymentDocument {
        DeploymentDocument(
            id: event.stream.text, rollout: order.rollout.text, patch: order.patch.text,
            asset: order.target.asset.text, host: order.target.host.name, batch: order.batch,
            state: "pending", outcome: nil, reason: nil, attempt: nil, attempts: 0, before: [],
            after: [],
            changedAt: event.recordedAt.description, version: event.version)
    }

    private static func follow(_ event: DeploymentEvent, _ deployment: inout DeploymentDocument) {
        switch event {
        case .queued, .backupTaken, .snapshotTaken, .installFinished, .rebootRequested,
            .rebootStarted,
            .rebootAccepted, .rebootConfirmed, .rollbackFinished:
            advance(event, &deployment)
        case .leaseGranted(let payload):
            if payload.step == .precheck { deployment.state = "leased" }
            deployment.attempts = max(deployment.attempts, payload.attempt)
            deployment.attempt = payload.attemptID.text
            deployment.reason = nil
        case .leaseExpired(let payload):
            if deployment.isBeforeInstall { deployment.state = "waiting" }
            if ["installing", "rebooting"].contains(deployment.state), payload.step != .awaitBoot {
                deployment.state = "unknown"
            }
            deployment.reason = "the worker of step \(payload.step.rawValue) is gone"
        case .precheckPassed(let payload):
            deployment.state = "prechecked"
            deployment.before = payload.installed.map(PackageDocument.init)
        case .precheckFailed(let payload):
            deployment.reason = payload.obstacles.map(\.rawValue).joined(separator: ", ")
        case .installStarted(let payload):
            deployment.state = "installing"
            deployment.attempt = payload.attemptID.text
            deployment.attempts = max(deployment.attempts, payload.attempt)
            deployment.installBeganAt = deployment.installBeganAt ?? deployment.changedAt
        case .waiting(let payload): wait(payload, &deployment)
        case .probed(let payload):
            deployment.reason = words("probe: \(payload.answer.rawValue)", payload.detail)
        case .returnAwaited(let payload):
            deployment.state = "awaitingReturn"
            deployment.reason = "absent; it may return until \(payload.until)"
        case .returned:
            deployment.state = "waiting"
            deployment.reason = "it has returned"
        case .rollbackStarted(let payload):
            deployment.state = "rollingBack"
            deployment.attempt = payload.attemptID.text
        case .succeeded, .failed, .skipped, .cancelled, .absent, .unreachable,
            .verificationFailed, .rebootDeferred, .deadAfterReboot, .rolledBack, .rollbackFailed,
            .givenUp, .postponed:
            end(event, &deployment)
        }
    }

    private static func items(_ outcomes: [ItemOutcome]?) -> [DeploymentDocument.Item]? {
        outcomes?.map { .init(patch: $0.patch.text, outcome: $0.outcome.rawValue) }
    }

    /// What ended well leads on to the next step.
    private static func advance(_ event: DeploymentEvent, _ deployment: inout DeploymentDocument) {
        switch event {
        case .backupTaken: deployment.state = "backedUp"
        case .snapshotTaken(let payload):
            deployment.snapshot = payload.report.outputDigest.description
        case .installFinished:
            // It has an outcome where a rollback was ordered while it ran.
            deployment.state = deployment.outcome == nil ? "verifying" : "rollingBack"
            deployment.reason = nil
        case .rebootRequested(let payload):
            deployment.state = "rebootPending"
            deployment.rebootDueSince = deployment.changedAt
            deployment.reason = "in effect after a reboot (\(payload.policy.rawValue))"
        case .rebootStarted(let payload):
            deployment.state = "rebooting"
            deployment.attempt = payload.attemptID.text
            deployment.attempts = max(deployment.attempts, payload.attempt)
        case .rebootAccepted:
            deployment.state = "rebooting"
            deployment.reason = "it goes down, and is waited for"
        case .rebootConfirmed(let payload):
            deployment.state = deployment.outcome == "unknown" ? "rollingBack" : "verifying"
            deployment.rebootDueSince = nil
            deployment.reason = "it has booted: \(payload.bootID)"
        case .rollbackFinished: deployment.state = "rollingBack"
        default: break
        }
    }

    private static func wait(
        _ payload: DeploymentWaiting, _ deployment: inout DeploymentDocument
    ) {
        deployment.reason = payload.detail.isEmpty ? payload.reason.rawValue : payload.detail
        switch payload.reason {
        case .offline, .retry, .hold, .snapshot, .window, .freeze, .slot:
            let isGoingBack = payload.reason == .freeze || payload.reason == .slot
            if isGoingBack, deployment.state == "rollingBack" { break }
            deployment.state = deployment.rebootDueSince == nil ? "waiting" : "rebootPending"
        case .inDoubt:
            if deployment.state != "rollingBack" { deployment.state = "unknown" }
        case .rollbackOrdered:
            switch deployment.state {
            // What runs must end before it can be taken back.
            case "installing", "unknown", "rebooting": break
            case "unreachable": deployment.state = "unknown"
            default: deployment.state = "rollingBack"
            }
        case .cancelOrdered: break
        }
    }

    private static func end(_ event: DeploymentEvent, _ deployment: inout DeploymentDocument) {
        switch event {
        case .rebootDeferred, .deadAfterReboot:
            deployment.rebootDueSince = deployment.rebootDueSince ?? deployment.changedAt
        default: deployment.rebootDueSince = nil
        }
        switch event {
        case .succeeded(let payload):
            deployment.state = "succeeded"
            deployment.reason = payload.report.outdatedWords
            deployment.before = payload.versionsBefore.map(PackageDocument.init)
            deployment.after = payload.versionsAfter.map(PackageDocument.init)
            deployment.items = items(payload.items)
        case .failed(let payload):
            deployment.state = "failed"
            deployment.reason = words(payload.cause, payload.detail)
        case .skipped(let payload):
            deployment.state = "skipped"
            deployment.items = items(payload.items)
            deployment.reason = payload.reason.rawValue
        case .cancelled(let payload):
            deployment.state = "cancelled"
            deployment.reason = payload.reason
        case .absent(let payload):
            deployment.state = "absent"
            deployment.reason = words(payload.cause, payload.detail)
        case .givenUp(let payload):
            deployment.state = "absent"
            deployment.reason = payload.reason
        case .postponed(let payload):
            deployment.state = "absent"
            deployment.reason =
                "postponed by its owner until \(payload.until), for the \(payload.number). time: "
                + payload.reason
        case .unreachable(let payload):
            deployment.state = "unreachable"
            deployment.reason = words("step \(payload.step.rawValue)", payload.detail)
        case .verificationFailed(let payload):
            deployment.state = "verificationFailed"
            deployment.items = items(payload.items)
            deployment.reason = payload.findings.joined(separator: "; ")
            deployment.after = payload.report.installed.map(PackageDocument.init)
        case .rebootDeferred(let payload):
            deployment.state = "installedPendingReboot"
            deployment.items = items(payload.items)
            let words = "in effect after a reboot (\(payload.policy.rawValue))"
            deployment.reason = [words, payload.report.outdatedWords].compactMap(\.self)
                .joined(separator: "; ")
            deployment.after = payload.report.installed.map(PackageDocument.init)
        case .deadAfterReboot(let payload):
            deployment.state = "deadAfterReboot"
            deployment.reason = words("not back after \(payload.waitedSeconds) s", payload.detail)
        case .rolledBack(let payload):
            deployment.state = "rolledBack"
            deployment.after = payload.restored.map(PackageDocument.init)
        case .rollbackFailed(let payload):
            deployment.state = "rollbackFailed"
            deployment.reason = words(payload.cause, payload.detail)
        default: break
        }
    }

    private static func words(_ cause: String, _ detail: String) -> String {
        detail.isEmpty ? cause : "\(cause): \(detail)"
    }
}

extension PackageDocument {
    init(_ selection: PackageSelection) {
        self.init(
            name: selection.name, architecture: selection.architecture,
            version: selection.version)
    }

    init(_ pin: PinnedPackage) {
        self.init(
            name: pin.name, architecture: pin.architecture, version: pin.version,
            sha256: pin.sha256.description, size: pin.size)
    }
}
