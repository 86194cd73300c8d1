internal import Application
internal import EventSourcing
internal import PatchManagement

/// Findings from their streams.
enum FindingFold {
    /// Lives that a view keeps beside the one that goes on.
    static let mostEarlier = 20

    static func keys(for event: RecordedEvent) -> [ViewKey] {
        [ViewKey(.finding, event.stream.text)]
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try FindingEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .opened(let opened) = decoded {
            return try document(opened, event).write(to: &views)
        }
        guard var finding = try FindingViewDocument.read(id, in: views) else {
            throw MissingView(kind: .finding, id: id)
        }
        finding.version = event.version
        change(&finding, by: decoded, at: event.recordedAt.description)
        try finding.write(to: &views)
    }

    private static func document(
        _ opened: FindingOpened, _ event: RecordedEvent
    ) -> FindingViewDocument {
        let opening = opened.opening
        return FindingViewDocument(
            id: event.stream.text, asset: opening.asset.text, assetName: opening.asset.text,
            environment: "", vulnerability: opening.vulnerability.text,
            package: opening.package, installedVersion: opening.installedVersion,
            state: FindingPhase.open.rawValue, episode: 1,
            openedAt: opened.opened.description,
            fixReleasedAt: opening.fixReleased?.description, clock: "stopped", isHeld: false,
            version: event.version)
    }

    private static func change(
        _ finding: inout FindingViewDocument, by event: FindingEvent, at moment: String
    ) {
        switch event {
        case .opened, .correctionRequested: break
        case .matchChanged(let changed):
            finding.package = changed.opening.package
            finding.installedVersion = changed.opening.installedVersion
        case .classified(let classified):
            finding.classification = FindingViewDocument.Classified(
                classified.classification, classified.inputs, classified.policy, classified.clock)
            set(&finding, classified.deadline, without: classified.ungranted)
        case .corrected(let corrected):
            finding.classification = FindingViewDocument.Classified(
                corrected.classification, corrected.inputs, corrected.policy, corrected.clock)
            set(&finding, corrected.deadline, without: corrected.ungranted)
        case .fixObserved(let observed): finding.fixReleasedAt = observed.released.description
        case .deadlineMoved(let moved):
            move(&finding, moved)
        case .warned: finding.clock = "warned"
        case .breached: finding.clock = "breached"
        case .mitigated(let mitigated):
            finding.state = FindingPhase.mitigated.rawValue
            finding.treatment = .init(
                by: mitigated.control.text, until: mitigated.until.description)
        case .accepted(let accepted):
            finding.state = FindingPhase.accepted.rawValue
            finding.clock = "stopped"
            finding.treatment = .init(
                by: accepted.exception.text, until: accepted.until.description)
        case .disputed(let disputed):
            finding.state = FindingPhase.disputed.rawValue
            finding.disputedFrom = disputed.from.rawValue
        case .resolved(let resolved):
            close(&finding, .resolved)
            finding.end = .init(
                means: resolved.resolution.means.rawValue, at: moment,
                gatheredAt: resolved.resolution.gathered.description,
                evidence: resolved.resolution.evidence.description,
                evidenceSource: resolved.resolution.source,
                deployment: resolved.resolution.deployment?.text, isInTime: resolved.isInTime)
        case .dismissed(let dismissed):
            close(&finding, .dismissed)
            finding.end = .init(
                means: dismissed.dismissal.rawValue, at: moment,
                gatheredAt: dismissed.dismissed.description, reason: dismissed.reason)
        case .reopened(let reopened): reopen(&finding, reopened)
        case .holdPlaced: finding.isHeld = true
        case .evidenceCollected: finding.isHeld = false
        case .holdDecided(let decided): finding.isHeld = decided.decisionDue != nil
        }
    }

    private static func move(_ finding: inout FindingViewDocument, _ moved: DeadlineMoved) {
        let ungranted = finding.deferral?.ungranted ?? moved.before.description
        finding.classification?.clock = moved.clock.kind.rawValue
        finding.classification?.clockStart = moved.clock.start.description
        set(&finding, moved.deadline)
        switch moved.cause {
        case .exceptionGranted:
            finding.deferral = moved.grant.map {
                .init(by: $0.exception.text, until: $0.until.description, ungranted: ungranted)
            }
        case .exceptionEnded: finding.deferral = nil
        case .fixReleased:
            if let deadline = moved.ungranted { finding.deferral?.ungranted = deadline.description }
        }
    }

    /// Another deadline rests on nothing that was granted.
    private static func set(_ finding: inout FindingViewDocument, _ deadline: Timestamp) {
        let text = deadline.description
        if text != finding.deadline { finding.deferral = nil }
        let isLater = finding.deadline.map { text > $0 } ?? true
        finding.deadline = text
        if isLater, finding.treatment == nil { finding.clock = "running" }
    }

    /// - Parameter ungranted: The deadline without the exception that gave time, where one did.
    private static func set(
        _ finding: inout FindingViewDocument, _ deadline: Timestamp, without ungranted: Timestamp?
    ) {
        let deferral = finding.deferral
        set(&finding, deadline)
        guard var deferral, let ungranted else { return }
        deferral.ungranted = ungranted.description
        finding.deferral = ungranted < deadline ? deferral : nil
    }

    private static func close(_ finding: inout FindingViewDocument, _ phase: FindingPhase) {
        finding.state = phase.rawValue
        finding.disputedFrom = nil
        finding.clock = "stopped"
        finding.treatment = nil
    }

    private static func reopen(_ finding: inout FindingViewDocument, _ reopened: FindingReopened) {
        guard let anew = reopened.anew else { return goOn(&finding, reopened.cause) }
        remember(&finding, reopened.cause, anew)
        finding.state = FindingPhase.open.rawValue
        finding.disputedFrom = nil
        finding.treatment = nil
        finding.episode = anew.number
        finding.openedAt = anew.opened.description
        finding.package = anew.opening.package
        finding.installedVersion = anew.opening.installedVersion
        finding.fixReleasedAt = anew.opening.fixReleased?.description
        (finding.classification, finding.deadline, finding.end) = (nil, nil, nil)
        finding.deferral = nil
        finding.clock = "stopped"
    }

    /// The life that ended stays beside the new one.
    private static func remember(
        _ finding: inout FindingViewDocument, _ cause: FindingReopened.Cause, _ anew: NewEpisode
    ) {
        guard let end = finding.end else { return }
        let life = FindingViewDocument.Earlier(
            episode: finding.episode, openedAt: finding.openedAt,
            riskClass: finding.classification?.riskClass, clock: finding.classification?.clock,
            clockStart: finding.classification?.clockStart, deadline: finding.deadline,
            means: end.means, gatheredAt: end.gatheredAt, isInTime: end.isInTime,
            reopenedAt: anew.opened.description, reopenedBy: cause.rawValue)
        finding.earlier = Array(((finding.earlier ?? []) + [life]).suffix(mostEarlier))
    }

    /// It goes on as it was: with what stood in for a patch when a dispute is rejected, without it
    /// when that ended, and still disputed when it was.
    private static func goOn(
        _ finding: inout FindingViewDocument, _ cause: FindingReopened.Cause
    ) {
        if cause == .disputeRejected {
            finding.state = finding.disputedFrom ?? FindingPhase.open.rawValue
            finding.disputedFrom = nil
            return
        }
        finding.treatment = nil
        if finding.clock == "stopped" { finding.clock = "running" }
        if finding.state == FindingPhase.disputed.rawValue {
            finding.disputedFrom = FindingPhase.open.rawValue
        } else {
            finding.state = FindingPhase.open.rawValue
        }
    }
}
