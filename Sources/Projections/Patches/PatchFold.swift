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
        PatchRelations.apply(decoded, to: &patch)
        try patch.write(to: &views)
    }

    private static func identified(
        _ patch: PatchIdentification, _ event: RecordedEvent
    ) -> PatchDocument {
        PatchDocument(
            id: event.stream.text, vendorId: patch.vendorID, title: patch.title,
            kind: patch.members == nil ? patch.kind.rawValue : "bundle",
            purpose: patch.purpose.rawValue,
            sourcePackage: patch.sourcePackage, origin: patch.origin, state: "identified",
            riskClass: nil, packages: patch.packages.map(PackageDocument.init),
            supersedes: patch.supersedes.map { [$0.text] } ?? [], assessment: nil,
            artefactDigest: nil, flaws: nil, qualification: nil, signedOffBy: nil, approval: nil,
            counts: PatchDocument.Counts(), rollouts: [],
            identifiedAt: event.recordedAt.description,
            holds: patch.holds?.map(\.text),
            parts: patch.parts?.map(PatchDocument.Part.init),
            members: patch.members?.map(PatchDocument.Part.init),
            changedAt: event.recordedAt.description, version: event.version)
    }

    /// Assessed and acquired.
    private static func prepare(_ event: PatchEvent, _ patch: inout PatchDocument) {
        switch event {
        case .assessed(let payload):
            let assessment = payload.assessment
            patch.reconsider(assessment)
            patch.riskClass = assessment.riskClass.rawValue
            patch.assessedAt = patch.assessedAt ?? patch.changedAt
            patch.counts.applicable = assessment.applicable.count
            patch.assessment = AssessmentDocument(
                assets: assessment.applicable.count,
                assetsDigest: assessment.applicable.assets.description,
                strata: assessment.applicable.strata.map(\.stratum.description),
                services: assessment.services,
                expectedDowntimeSeconds: assessment.expectedDowntimeSeconds,
                rebootExpected: assessment.reboot == .expected,
                effortMinutes: assessment.effortMinutes,
                checks: ChecksDocument(assessment.checks), dependents: assessment.dependents)
        case .dismissed: patch.enter(.notApplicable)
        case .acquired(let payload):
            patch.enter(.acquired)
            if patch.artefactDigest != payload.artefact.description { patch.flaws = nil }
            patch.artefactDigest = payload.artefact.description
            patch.packages = payload.pins.map(PackageDocument.init)
        case .acquisitionFailed: patch.enter(.acquisitionFailed)
        case .flawsObserved(let payload):
            let report = payload.report
            patch.flaws = PatchDocument.FlawsDocument(
                digest: report.digest.description, total: report.total, acceptedBy: nil,
                uncovered: report.uncovered,
                flaws: report.flaws.map {
                    PatchDocument.Flaw(
                        vulnerability: $0.vulnerability.text, package: $0.package,
                        version: $0.version, riskClass: $0.riskClass.rawValue, fixed: $0.fixed)
                })
        case .flawsAccepted(let payload): patch.flaws?.acceptedBy = payload.by.id
        default: break
        }
    }

    private static func qualify(
        _ event: PatchEvent, _ patch: inout PatchDocument, _ recorded: RecordedEvent
    ) {
        switch event {
        case .qualificationStarted(let payload):
            patch.enter(.testing)
            // Whatever stood on the test before has to be asked for anew.
            patch.signedOffBy = nil
            patch.approval = nil
            patch.qualification = QualificationDocument(
                state: "running",
                sample: payload.hosts.map {
                    QualificationDocument.Sample(
                        asset: $0.sample.asset.text, name: $0.sample.host.name,
                        stratum: $0.sample.stratum.description)
                }, checks: [], evidenceDigest: nil, reason: nil,
                coverage: payload.coverage?.map {
                    QualificationDocument.Coverage(
                        stratum: $0.stratum.description, targets: $0.targets, samples: $0.samples)
                }, smoke: payload.smoke?.text)
        case .checkRecorded(let payload):
            let sample = patch.qualification?.sample ?? []
            let asset = payload.check.asset.text
            patch.qualification?.checks.append(
                QualificationDocument.Check(
                    asset: asset, name: sample.first { $0.asset == asset }?.name ?? asset,
                    step: payload.check.step.rawValue, outcome: payload.check.outcome.rawValue,
                    detail: payload.check.detail, at: recorded.recordedAt.description))
        case .qualificationPassed(let payload):
            patch.enter(.tested)
            patch.qualifiedAt = patch.qualifiedAt ?? patch.changedAt
            end("passed", payload.evidence, [], &patch)
        case .qualificationFailed(let payload):
            patch.enter(.testFailed)
            end("failed", payload.evidence, payload.causes, &patch)
        case .qualificationInconclusive(let payload):
            patch.enter(.testInconclusive)
            end("inconclusive", payload.evidence, payload.causes, &patch)
        case .signedOff(let payload):
            patch.enter(.signedOff)
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
            patch.enter(.awaitingApproval)
            let selector = payload.binding.selector
            patch.approval = ApprovalDocument(
                state: "awaiting", digest: payload.digest.description,
                requestedBy: payload.by.id, requestedAt: moment,
                expiresAt: payload.expires.description,
                target: TargetDocument(
                    environment: selector.environments.first?.rawValue,
                    group: selector.groups.first, site: selector.sites.first),
                assets: payload.binding.targets.count,
                strata: payload.binding.targets.strata.map {
                    AssetCountDocument(name: $0.stratum.description, assets: $0.assets)
                },
                sites: payload.sites?.map {
                    AssetCountDocument(name: $0.site, assets: $0.assets)
                }, emergency: payload.emergency?.text)
            patch.approval?.need(payload.approvers, payload.roles)
        case .approvalGiven(let payload):
            patch.approval?.give(by: payload.by.id, as: payload.by.role)
        case .approved(let payload):
            patch.approval?.decide(
                "approved", by: payload.by.id, at: moment, reason: payload.reason)
            patch.approval?.expiresAt = payload.expires.description
            patch.approval?.standing = payload.standing?.standing.text
            patch.approval?.standingBy = payload.standing?.people.map(\.id)
            patch.approvedAt = patch.approvedAt ?? moment
            patch.follow(from: .approved)
        case .rejected(let payload):
            if patch.isBackFromRollback { patch.forgetRollouts() }
            patch.enter(.rejected)
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
        case .reopened(let payload): patch.reopen(as: payload.state)
        case .deferred: patch.enter(.deferred)
        case .withdrawn: patch.enter(.withdrawn, from: [.deferred, .excepted])
        case .reinstated(let payload): patch.enter(payload.state, from: [.withdrawn])
        case .superseded(let payload):
            if payload.ended {
                patch.enter(.superseded, from: [.deferred, .excepted, .withdrawn])
            }
        case .handedToOwner: patch.enter(.handedToOwner)
        case .emergencyBegun(let payload):
            let emergency = payload.emergency
            patch.emergency = PatchDocument.Emergency(
                id: emergency.emergency.text, until: emergency.until.description,
                declaredBy: emergency.declarers.map(\.id),
                freezeOverride: emergency.freezeOverride)
        case .emergencyEnded: patch.emergency = nil
        case .rolloutObserved(let payload):
            let overview = payload.overview
            patch.observe(
                PatchDocument.Rollout(
                    id: overview.rollout.text, state: overview.phase.rawValue,
                    targets: overview.targets, verified: overview.verified,
                    failed: overview.failed, open: overview.open))
        case .stateChanged(let payload): patch.enter(payload.after)
        case .verified: patch.enter(.verified)
        case .documented: patch.enter(.documented)
        default: break
        }
    }
}

extension PatchDocument.Part {
    fileprivate init(_ part: PatchPart) {
        self.init(
            patch: part.patch.text, sourcePackage: part.sourcePackage, packages: part.packages)
    }
}
