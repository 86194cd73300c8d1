internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// The rollout, or the plan, that a request names.
    func rollout(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .rollout, prefix: RolloutDecider.prefix)
    }

    /// Sends `command` to `rollout` as `order` asks.
    func send(
        _ command: RolloutCommand, to rollout: StreamID, _ order: Order, _ action: Action,
        documents: [Document] = [], guards: [StreamGuard] = []
    ) async throws -> Written {
        var options = options(order)
        options.documents = documents
        options.guards = guards
        return try await write(
            command, to: rollout, as: RolloutDecider.self, order, action, options: options,
            state: Self.name)
    }

    /// What was answered to this rollout command before; nil when it is a new one.
    func answered(
        rollout: StreamID, _ order: Order, _ action: Action
    ) async throws -> Written? {
        try await answered(
            rollout, as: RolloutDecider.self, order, action, state: Self.name)
    }

    @Sendable
    private static func name(of state: RolloutState) -> String? {
        if case .soaking = state.stage, state.pause == nil { return "soaking" }
        return state.phase?.rawValue
    }

    /// The rollout's state, with the plan that is pinned in it.
    ///
    /// - Throws: `NotFound` when nobody planned it.
    func planned(
        _ rollout: StreamID
    ) async throws -> (state: RolloutState, summary: RolloutPlanned, plan: RolloutPlan) {
        let state = try await bus.state(of: rollout, as: RolloutDecider.self).state
        guard let summary = state.plan else { throw NotFound(.rollout, rollout.text) }
        let plan = try await stored(RolloutPlan.self, summary.planDigest, "a plan")
        return (state, summary, plan)
    }

    /// A patch as it stands, with the version that a guard names.
    func approvedPatch(_ id: StreamID) async throws -> ApprovedPatch {
        let (state, version) = try await bus.state(of: id, as: PatchDecider.self)
        if version == 0 { throw NotFound(id) }
        var patch = try ApprovedPatch(state, version: version, at: now())
        // One that was revoked tells its patches a moment later.
        if let standing = state.approval?.standing?.standing {
            patch.guards.append(try await liveStanding(standing).1)
        }
        return patch
    }
}

/// A patch of which a rollout may start, as its stream stood at a version.
struct ApprovedPatch: Sendable {
    let patch: Patch
    let version: Int
    let approval: PatchApproval
    let evidence: Patch.Evidence
    let artefact: Patch.Artefact
    let assessment: Assessment
    /// Whom the approval is for.
    let targets: ApplicableAssets
    /// Refuse an append when the patch has moved since it was read, or the standing approval that
    /// it was given by.
    var guards: [StreamGuard]

    /// - Throws: `PatchRejection` that says why no rollout of it may start.
    init(_ patch: Patch, version: Int, at moment: Timestamp) throws(PatchRejection) {
        guard let id = patch.id, let current = patch.state else { throw .unknown }
        guard let given = patch.approval, given.approver != nil, let evidence = patch.evidence,
            let artefact = patch.artefact, let assessment = patch.assessment,
            patch.mayStartRollout(at: moment)
        else {
            if current == .approved, let expires = patch.approval?.expires, moment >= expires {
                throw .approvalExpired(expires)
            }
            // What has become known since the approval.
            let flaws = patch.blockingFlaws
            guard flaws.isEmpty else { throw .knownFlaws(flaws) }
            let introduced = patch.blockingIntroducedFlaws
            guard introduced.isEmpty else { throw .introducedFlaws(introduced.map(\.flaw)) }
            throw .wrongState(current, needed: [.approved, .scheduled, .deploying, .paused])
        }
        self.patch = patch
        self.version = version
        self.evidence = evidence
        self.artefact = artefact
        self.assessment = assessment
        targets = given.binding.targets
        approval = PatchApproval(
            patch: id, artefactDigest: given.binding.artefact, expires: given.expires)
        guards = [StreamGuard(stream: id, version: version)]
    }

    /// Flaws that it introduced and that nobody mends; nil for none.
    var introducedFlaws: [String]? {
        let flaws = patch.unmendedFlaws.map(\.flaw)
        return flaws.isEmpty ? nil : flaws
    }
}
