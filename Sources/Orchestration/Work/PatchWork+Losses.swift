package import EventSourcing
internal import Application
private import FoundationEssentials
private import Logging
internal import PatchManagement

extension PatchWork {
    package func rescue(_ activity: ClaimedActivity) async throws {
        switch activity.stream.prefix {
        case DeploymentDecider.prefix[...]: try await rescueDeployment(activity)
        case PatchDecider.prefix[...] where activity.kind == Self.acquireKind:
            try await rescueAcquisition(activity)
        case PatchDecider.prefix[...] where activity.kind != PatchDecider.documentKind:
            try await rescueQualification(activity)
        case FeedDecider.prefix[...]: try await rescueFeedLook(activity)
        default:
            try await queue.release(
                activity.claim, after: .zero, reason: "the worker before is gone")
        }
    }

    package func fire(_ timer: DueTimer) async throws {
        // The database's clock said that it is due; this machine's may be behind.
        let context = CommandContext(
            actor: Actor(id: "timer", role: Role.timer.rawValue),
            at: max(surroundings.now(), timer.due),
            commandID: .version5(namespace: timer.id, name: "fire"),
            correlationID: timer.correlationID, causationID: timer.id)
        var options = CommandBus.Options()
        options.timer = TimerUse(id: timer.id)
        switch timer.stream.prefix {
        case RolloutDecider.prefix[...]:
            guard let command = try RolloutTimer.command(for: timer) else { break }
            return try await fire(timer, RolloutDecider.self, command, context, options)
        case PatchDecider.prefix[...]:
            guard let name = PatchTimer(rawValue: timer.name) else { break }
            return try await fire(timer, PatchDecider.self, .timer(name), context, options)
        case FindingDecider.prefix[...]:
            guard let name = FindingTimer(rawValue: timer.name) else { break }
            return try await fire(timer, FindingDecider.self, .timer(name), context, options)
        case ExceptionDecider.prefix[...]:
            guard let name = ExceptionTimer(rawValue: timer.name) else { break }
            return try await fire(timer, ExceptionDecider.self, .timer(name), context, options)
        case EmergencyDecider.prefix[...]:
            guard let name = EmergencyTimer(rawValue: timer.name) else { break }
            return try await fire(timer, EmergencyDecider.self, .timer(name), context, options)
        case StandingApprovalDecider.prefix[...]:
            guard let name = StandingApprovalTimer(rawValue: timer.name) else { break }
            return try await fire(
                timer, StandingApprovalDecider.self, .timer(name), context, options)
        case DisasterDecider.prefix[...]:
            guard let name = DisasterTimer(rawValue: timer.name) else { break }
            return try await fire(timer, DisasterDecider.self, .timer(name), context, options)
        case ControlDecider.prefix[...]:
            guard let name = ControlTimer(rawValue: timer.name) else { break }
            return try await fire(timer, ControlDecider.self, .timer(name), context, options)
        case ScheduleDecider.prefix[...]:
            guard ScheduleTimer(rawValue: timer.name) != nil else { break }
            return try await fire(timer, ScheduleDecider.self, .tick, context, options)
        case PolicyDecider.prefix[...]:
            guard let name = PolicyTimer(rawValue: timer.name) else { break }
            return try await fire(timer, PolicyDecider.self, .timer(name), context, options)
        default: break
        }
        logger.error("no code for this timer", metadata: ["timer": "\(timer.name)"])
        try await drop(timer, context)
    }

    private func fire<D: Decider>(
        _ timer: DueTimer, _ decider: D.Type, _ command: D.Command, _ context: CommandContext,
        _ options: CommandBus.Options
    ) async throws {
        do {
            _ = try await bus.send(command, to: timer.stream, as: decider, context, options)
        } catch let rejection as D.Rejection {
            logger.notice(
                "a timer came without effect",
                metadata: ["timer": "\(timer.name)", "reason": "\(rejection.message)"])
            try await drop(timer, context)
        }
    }

    private func drop(_ timer: DueTimer, _ context: CommandContext) async throws {
        var request = AppendRequest(
            context: context, requestDigest: Digest(of: timer.id.text), streams: [])
        request.timer = TimerUse(id: timer.id)
        _ = try await store.append(request)
    }
}
