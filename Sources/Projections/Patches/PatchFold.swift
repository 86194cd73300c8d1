internal import Application
internal import EventSourcing
internal import PatchManagement

/// Patches, from their streams.
enum PatchFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try PatchEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let id = event.stream.text
        if case .identified(let payload) = decoded {
            return try identified(payload.identification, event).write(to: &views)
        }
        guard var patch = try PatchDocument.read(id, in: views) else {
            throw MissingView(kind: .patch, id: id)
        }
        patch.version = event.version
        patch.changedAt = event.recordedAt.description
        prepare(decoded, &patch)
        qualify(decoded, &patch, event)
        approve(decoded, &patch, event)
        detour(decoded, &patch)
        try patch.write(to: &views)
    }

    private static func identified(
        _ patch: PatchIdentification, _ event: RecordedEvent
    ) -> PatchDocument {
        PatchDocument(
            id: event.stream.text, vendorId: patch.vendorID, title: patch.title,
            kind: patch.kind.rawValue, purpose: patch.purpose.rawValue,
            sourcePackage: patch.sourcePackage, origin: patch.origin, state: "identified",
            riskClass: nil, packages: patch.packages.map(PackageDocument.init),
            supersedes: patch.supersedes.map { [$0.text] } ?? [], assessment: nil,
            artefactDigest: nil, qualification: nil, signedOffBy: nil, approval: nil,
            counts: PatchDocument.Counts(), rollouts: [],
            identifiedAt: event.recordedAt.description, changedAt: event.recordedAt.description,
            version: event.version)
    }

    /// Assessed and acquired.
    private static func prepare(_ event: PatchEvent, _ patch: inout PatchDocument) {
        switch event {
        case .assessed(let payload):
            let assessment = payload.assessment
            patch.state = "assessed"
            patch.riskClass = assessment.riskClass.rawValue
            patch.counts.applicable = assessment.applicable.count
            patch.assessment = AssessmentDocument(
                assets: assessment.applicable.count,
                strata: assessment.applicable.strata.map(\.stratum.description),
                services: assessment.services,
                expectedDowntimeSeconds: assessment.expectedDowntimeSeconds,
                rebootExpected: assessment.reboot == .expected,
                effortMinutes: assessment.effortMinutes,
                checks: ChecksDocument(
                    packages: assessment.checks.packages, services: assessment.checks.services,
                    command: assessment.checks.command))
        case .dismissed: patch.state = "notApplicable"
        case .acquisitionRequested: patch.state = "assessed"
        case .acquired(let payload):
            patch.state = "acquired"
            patch.artefactDigest = payload.artefact.description
            patch.packages = payload.pins.map(PackageDocument.init)
        case .acquisitionFailed: patch.state = "acquisitionFailed"
        default: break
        }
    }

    private static func qualify(
        _ event: PatchEvent, _ patch: inout PatchDocument, _ recorded: RecordedEvent
    ) {
        switch event {
        case .qualificationStarted(let payload):
            patch.state = "testing"
            patch.qualification = QualificationDocument(
                state: "running",
                sample: payload.hosts.map {
                    QualificationDocument.Sample(
                        asset: $0.sample.asset.text, name: $0.sample.host.name,
                        stratum: $0.sample.stratum.description)
                }, checks: [], evidenceDigest: nil, reason: nil)
        case .checkRecorded(let payload):
            let sample = patch.qualification?.sample ?? []
            let asset = payload.check.asset.text
            patch.qualification?.checks.append(
                QualificationDocument.Check(
                    asset: asset, name: sample.first { $0.asset == asset }?.name ?? asset,
                    step: payload.check.step.rawValue, outcome: payload.check.outcome.rawValue,
                    detail: payload.check.detail, at: recorded.recordedAt.description))
        case .qualificationPassed(let payload):
            patch.state = "tested"
            end("passed", payload.evidence, [], &patch)
        case .qualificationFailed(let payload):
            patch.state = "testFailed"
            end("failed", payload.evidence, payload.causes, &patch)
        case .qualificationInconclusive(let payload):
            patch.state = "testInconclusive"
            end("inconclusive", payload.evidence, payload.causes, &patch)
        case .signedOff(let payload):
            patch.state = "signedOff"
            patch.signedOffBy = payload.by.id
        default: break
        }
    }

    private static func end(
        _ state: String, _ evidence: Digest, _ causes: [String], _ patch: inout PatchDocument
    ) {
        patch.qualification?.state = state
        patch.qualification?.evidenceDigest = evidence.description
        patch.qualification?.reason = causes.isEmpty ? nil : causes.joined(separator: "; ")
    }

    private static func approve(
        _ event: PatchEvent, _ patch: inout PatchDocument, _ recorded: RecordedEvent
    ) {
        let moment = recorded.recordedAt.description
        switch event {
        case .approvalRequested(let payload):
            patch.state = "awaitingApproval"
            let selector = payload.binding.selector
            patch.approval = ApprovalDocument(
                state: "awaiting", digest: payload.digest.description,
                requestedBy: payload.by.id, requestedAt: moment,
                expiresAt: payload.expires.description,
                target: TargetDocument(
                    environment: selector.environments.first?.rawValue,
                    group: selector.groups.first, site: selector.sites.first))
        case .approved(let payload):
            patch.approval?.decide("approved", by: payload.by.id, at: moment, reason: nil)
            patch.approval?.expiresAt = payload.expires.description
            patch.follow(from: .approved)
        case .rejected(let payload):
            patch.state = "rejected"
            patch.approval?.decide(
                "rejected", by: payload.by.id, at: moment, reason: payload.reason)
        case .approvalExpired:
            patch.approval?.decide("expired", by: nil, at: moment, reason: nil)
            patch.follow(from: .approvalExpired)
        case .approvalRevoked(let payload):
            patch.approval?.decide(
                "revoked", by: payload.by.id, at: moment, reason: payload.reason)
            patch.follow(from: .approvalRevoked)
        default: break
        }
    }

    /// Aside and back; and what the rollouts make of it.
    private static func detour(_ event: PatchEvent, _ patch: inout PatchDocument) {
        switch event {
        case .reopened(let payload): patch.state = payload.state.rawValue
        case .deferred: patch.state = "deferred"
        case .withdrawn: patch.state = "withdrawn"
        case .reinstated(let payload): patch.state = payload.state.rawValue
        case .superseded(let payload): if payload.ended { patch.state = "superseded" }
        case .handedToOwner: patch.state = "handedToOwner"
        case .rolloutObserved(let payload):
            let overview = payload.overview
            patch.observe(
                PatchDocument.Rollout(
                    id: overview.rollout.text, state: overview.phase.rawValue,
                    targets: overview.targets, verified: overview.verified,
                    failed: overview.failed, open: overview.open))
        case .stateChanged(let payload): patch.state = payload.after.rawValue
        case .verified: patch.state = "verified"
        case .documented: patch.state = "documented"
        default: break
        }
    }
}

extension PatchDocument {
    /// The state after a decision, of which the rollouts may say more than it does.
    fileprivate mutating func follow(from decision: PatchState) {
        let overviews = rollouts.compactMap { rollout -> RolloutOverview? in
            guard let id = StreamID(rollout.id), let phase = RolloutPhase(rawValue: rollout.state)
            else { return nil }
            return RolloutOverview(
                rollout: id, phase: phase, targets: rollout.targets, verified: rollout.verified,
                failed: rollout.failed, open: rollout.open)
        }
        state =
            PatchState.derived(
                from: decision, rollouts: overviews, targets: counts.applicable,
                isDocumented: state == "documented"
            ).rawValue
    }
}
