internal import EventSourcing
internal import JSON
internal import PatchManagement

/// What may have been asked of a patch, told from the events that it led to. Only decisions that
/// numbers of policy have a say in; none for all others.
enum RecordedPatchCommands {
    static func possible(
        _ events: [PatchEvent], altered: [PatchEvent]
    ) -> (decision: String, commands: [StreamReplay<PatchDecider>.Asked])? {
        for (event, other) in zip(events, altered) {
            switch (event, other) {
            case (.signedOff(let signed), _):
                let command = PatchCommand.signOff(
                    evidence: signed.evidence, reason: signed.reason)
                return ("the sign-off of the test", [(command, command)])
            case (.approvalRequested(let asked), .approvalRequested(let altered)):
                return ("the request for approval", [(submit(asked), submit(altered))])
            // The numbers of the patch's policy have no say in what an emergency's end takes with it.
            case (.emergencyEnded, _): return nil
            // Nor in a standing approval: its own stream is asked.
            case (.approved(let approved), _) where approved.standing != nil: return nil
            case (.approved(let approved), _):
                let command = PatchCommand.approve(
                    binding: approved.digest, reason: approved.reason)
                return ("the approval of the patch", [(command, command)])
            case (.approvalGiven(let given), _):
                let command = PatchCommand.approve(binding: given.digest, reason: given.reason)
                return ("an approval of the patch", [(command, command)])
            case (.deferred(let deferred), _):
                let command = PatchCommand.defer(until: deferred.until, reason: deferred.reason)
                return ("the deferral", [(command, command)])
            case (.approvalExpired, _):
                let command = PatchCommand.timer(.approvalExpiry)
                return ("the end of the approval", [(command, command)])
            case (.checkRecorded(let recorded), _) where isByDeadline(recorded):
                let command = PatchCommand.timer(.qualificationDeadline)
                return ("the end of the test", [(command, command)])
            default: break
            }
        }
        return nil
    }

    private static func submit(_ asked: ApprovalRequested) -> PatchCommand {
        .submit(
            asked.binding.selector, targets: asked.binding.targets, expires: asked.expires,
            covered: asked.covered,
            need: ApprovalNeed(approvers: asked.approvers ?? 1, roles: asked.roles ?? []),
            sites: asked.sites ?? [])
    }

    /// Nobody's claim brought it: the test was ended from outside, by its deadline.
    private static func isByDeadline(_ recorded: CheckRecorded) -> Bool {
        recorded.fence == 0 && recorded.check.detail == "the test took too long"
    }
}

/// The same of a rollout.
enum RecordedRolloutCommands {
    typealias Asked = StreamReplay<RolloutDecider>.Asked

    /// - Parameters:
    ///   - state: The rollout before the events, as it was.
    ///   - position: Of the first event.
    static func possible(
        _ events: [RolloutEvent], altered: [RolloutEvent], _ state: RolloutState,
        at position: Int64
    ) -> (decision: String, commands: [Asked])? {
        guard let first = events.first, let other = altered.first else { return nil }
        func same(_ decision: String, _ commands: [RolloutCommand]) -> (
            decision: String, commands: [Asked]
        ) {
            (decision, commands.map { ($0, $0) })
        }
        switch (first, other) {
        case (.approved(let approved), .approved(let altered)):
            return ("the approval of the plan", [(approve(approved), approve(altered))])
        case (.expired(let expired), _):
            return same("the end of the approval", [.approvalExpired(expires: expired.expires)])
        case (.scheduled(let scheduled), .scheduled(let altered)):
            return ("the start", [(start(scheduled), start(altered))])
        case (.resumed(let resumed), .resumed(let altered)):
            let asked = (resume(resumed, state), resume(altered, state))
            return ("the resumption", [asked])
        case (.gateOverridden(let overridden), .gateOverridden(let altered)):
            return ("the promotion", [(promote(overridden), promote(altered))])
        case (.soakStarted(let soak), _): return same("the gate", [.observe(soak.tally)])
        case (.gateEvaluated(let evaluated), _):
            return same("the gate", gate(evaluated, state))
        case (.completed(let completed), _):
            guard let tally = tally(completed, state, at: position) else { return nil }
            return same("the end", [.observe(tally)])
        default: return nil
        }
    }

    private static func approve(_ approved: RolloutApproved) -> RolloutCommand {
        .approve(
            planDigest: approved.planDigest, expires: approved.expires, reason: approved.reason)
    }

    private static func start(_ scheduled: RolloutScheduled) -> RolloutCommand {
        .start(scheduled.approval, reason: scheduled.reason)
    }

    private static func resume(_ resumed: RolloutResumed, _ state: RolloutState) -> RolloutCommand {
        .resume(
            reason: resumed.reason, acknowledged: resumed.acknowledged,
            acceptAbsent: resumed.acknowledgedAbsent != state.acknowledgedAbsent,
            approval: resumed.approval)
    }

    private static func promote(_ overridden: GateOverridden) -> RolloutCommand {
        .promote(
            reason: overridden.reason, maxTotalFailures: overridden.maxTotalFailures,
            approval: overridden.approval)
    }

    /// Outcomes were counted, a soak was over, or a batch took too long.
    private static func gate(_ evaluated: GateEvaluated, _ state: RolloutState) -> [RolloutCommand]
    {
        var commands = [RolloutCommand.observe(evaluated.tally)]
        if case .soaking(let until) = state.stage {
            commands.append(.soakElapsed(batch: evaluated.batch, until: until))
        }
        if let deadline = state.deadline {
            commands.append(.progressDeadlinePassed(batch: state.batch, deadline: deadline))
        }
        return commands
    }

    /// The counts at the end stand in the event, the others can't have changed since the last gate.
    private static func tally(
        _ completed: RolloutCompleted, _ state: RolloutState, at position: Int64
    ) -> RolloutTally? {
        guard let last = state.tally, case .object(var members) = PolicyChange.stored(last) else {
            return nil
        }
        members["totals"] = PolicyChange.stored(completed.totals)
        members["as_of"] = .integer(position)
        do {
            let bytes = try CanonicalJSON.encode(JSONValue.object(members))
            return try CanonicalJSON.decode(RolloutTally.self, from: bytes)
        } catch {
            return nil
        }
    }
}
