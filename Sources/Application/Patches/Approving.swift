internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Asks for the approval of the patch for those of its assets that `selection` chooses.
    ///
    /// - Parameter expiresInSeconds: How long the approval is good; nil takes the policy's.
    package func submit(
        _ id: String, _ selection: AssetSelection, expiresInSeconds: Int?, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        if let answer = try await answered(patch, order, .submitPatch) { return answer }
        let filter = try AssetFilter(selection)
        let (state, version) = try await bus.state(of: patch, as: PatchDecider.self)
        guard version > 0 else { throw NotFound(patch) }
        let seconds = expiresInSeconds ?? state.policy.approvalSeconds
        guard (1...state.policy.approvalSeconds).contains(seconds) else {
            throw InvalidInput(
                field: "expires_in_seconds",
                message: "\(seconds) is not between 1 and \(state.policy.approvalSeconds)")
        }
        try await needClassOfMembers(state)
        let targets = try await targets(of: state, filter)
        let strata = try targets.map {
            (asset: $0.id, stratum: try stratum(of: $0, field: "target"))
        }
        var options = options(order)
        options.documents = [ApplicableAssets.document(of: targets.map(\.id))]
        let isFirst = state.rollouts.isEmpty && state.settledRollouts.isEmpty
        // What is done was counted for this version of the patch.
        if !isFirst { options.expectedVersion = order.expectedVersion ?? version }
        let selector = filter.selector(for: targets)
        let command = PatchCommand.submit(
            selector, targets: ApplicableAssets(strata),
            expires: state.approvalEnd(for: selector, seconds, from: now()),
            covered: isFirst ? 0 : try await covered(Set(targets.map(\.id)), state),
            need: try await approval(
                of: state.assessment?.riskClass, for: targets.map(\.registration)),
            sites: SiteCount.counted(targets.map(\.registration.site)))
        return try await write(
            command, to: patch, as: PatchDecider.self, order, command.action, options: options,
            state: { $0.state?.rawValue })
    }

    /// How many of `targets` earlier rollouts have done.
    ///
    /// - Throws: `RolloutStillMoving` while what they do to other assets could be counted for these.
    private func covered(_ targets: Set<StreamID>, _ patch: Patch) async throws -> Int {
        var done: Set<StreamID> = []
        for id in patch.settledRollouts + patch.rollouts.map(\.rollout) {
            let plan = try await planned(id).plan
            var count = 0
            for (asset, outcome) in try await outcomes(
                of: plan.batches.joined().map(\.asset), in: id)
            {
                let isDone = outcome == .succeeded || outcome == .skipped
                if isDone {
                    count += 1
                    done.insert(asset)
                }
                guard outcome?.isFinal == true || targets.contains(asset) else {
                    throw RolloutStillMoving(rollout: id)
                }
            }
            let known = patch.rollouts.first { $0.rollout == id }
            guard known == nil || known?.done == count else {
                throw RolloutStillMoving(rollout: id)
            }
        }
        return done.intersection(targets).count
    }

    /// The active assets of the assessment that `filter` lets through, by id.
    private func targets(of patch: Patch, _ filter: AssetFilter) async throws -> [AssetFacts] {
        guard let applicable = patch.assessment?.applicable else { return [] }
        let ids = try await assets(in: applicable)
        if let other = filter.named?.first(where: { !ids.contains($0) }) {
            throw InvalidInput(
                field: "target.assets",
                message: "'\(other)' is not among the \(ids.count) assets that the patch was "
                    + "assessed for; assess it again, or leave that one out")
        }
        let facts = try await facts(of: ids)
        return ids.compactMap { facts[$0] }.filter { !$0.isDecommissioned && filter.matches($0) }
    }

    /// Approves what has `digest`, which is refused when something else waits by now.
    ///
    /// - Parameter role: In which of the caller's roles; nil takes the first that is waited for, the
    ///   approver's last, since more people hold that one.
    package func approve(
        _ id: String, digest: String, reason: String, as role: String? = nil, _ order: Order
    ) async throws -> Written {
        let patch = try patch(id)
        _ = try authorise(order.caller, .approvePatch)
        try need(reason: reason)
        return try await send(
            .approve(binding: try Digest(text: digest, field: "digest"), reason: reason),
            to: patch, try await approving(patch, as: role, order))
    }

    /// `order` in the one role in which it approves.
    func approving(
        _ patch: StreamID, as role: String?, _ order: Order
    ) async throws -> Order {
        let held = order.caller.roles.filter { Authorisation.allows($0, .approvePatch) }
        let chosen: Role?
        if let role {
            let known = [Role.approver] + ApproverRoleRule.roles
            guard let role = known.first(where: { $0.rawValue == role }) else {
                throw InvalidInput(
                    field: "role",
                    message: "nobody approves as '\(role)'; give one of "
                        + known.map(\.rawValue).joined(separator: ", "))
            }
            guard held.contains(role) else {
                throw NotAllowed(action: .approvePatch, held: order.caller.roles)
            }
            chosen = role
        } else {
            let awaited = try await bus.state(of: patch, as: PatchDecider.self).state.approval?
                .awaited
            chosen = awaited?.first(where: held.contains) ?? held.first
        }
        return Order(
            caller: Caller(person: order.caller.person, roles: chosen.map { [$0] } ?? []),
            idempotencyKey: order.idempotencyKey, requestDigest: order.requestDigest,
            expectedVersion: order.expectedVersion)
    }

    package func reject(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.reject(reason: reason), to: try patch(id), order)
    }

    package func revoke(_ id: String, reason: String, _ order: Order) async throws -> Written {
        try await send(.revokeApproval(reason: reason), to: try patch(id), order)
    }
}

extension Digest {
    /// Reads a digest that a request names.
    init(text: String, field: String) throws(InvalidInput) {
        guard let digest = Digest(text) else {
            throw InvalidInput(
                field: field,
                message: "'\(text)' is not a SHA-256 of 64 lower-case hexadecimal digits; copy it "
                    + "from what you read")
        }
        self = digest
    }
}

/// An earlier rollout of the patch still has assets under way that a new approval isn't for.
struct RolloutStillMoving: DomainRejection {
    let rollout: StreamID

    var code: String { "rollout-still-moving" }
    var kind: RejectionKind { .wrongState }
    var message: String {
        "\(rollout) still has assets under way that this approval would not be for: end it, or wait "
            + "until they have ended, and ask again"
    }
}
