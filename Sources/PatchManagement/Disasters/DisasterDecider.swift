package import EventSourcing

/// Everything that can be asked of a disaster.
package enum DisasterCommand: Sendable, Equatable {
    case declare(DisasterPlan, disaster: StreamID)
    /// - Parameter step: 1 for the first of the plan.
    case finishStep(Int, note: String)
    /// - Parameter leavesOpen: Steps may be left out, for the reason that is given.
    case close(reason: String, leavesOpen: Bool)
    case timer(DisasterTimer)

    /// The action to ask `Authorisation` for.
    package var action: Action {
        switch self {
        case .declare, .close: .leadDisaster
        case .finishStep: .finishDisasterStep
        case .timer: .fireDisasterTimer
        }
    }
}

/// The timers of a disaster, by their stored names.
package enum DisasterTimer: String, Sendable, CaseIterable {
    case goal = "disaster-goal"
}

package enum DisasterRejection: DomainRejection {
    case unknown
    case alreadyDeclared(StreamID)
    case badField(FieldFault)
    case reasonMissing
    case closed
    case noSuchStep(Int, count: Int)
    case stepsOpen([Int])
    case goalInThePast(Timestamp)
    case notDueYet(Timestamp)

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .badField, .reasonMissing, .noSuchStep, .goalInThePast: .invalid
        case .alreadyDeclared, .closed, .stepsOpen, .notDueYet: .wrongState
        }
    }

    package var code: String {
        switch self {
        case .unknown: "no-such-disaster"
        case .alreadyDeclared: "already-declared"
        case .badField(let fault): "bad-\(fault.field)"
        case .reasonMissing: "reason-missing"
        case .closed: "disaster-closed"
        case .noSuchStep: "no-such-step"
        case .stepsOpen: "steps-open"
        case .goalInThePast: "goal-in-the-past"
        case .notDueYet: "not-due-yet"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such disaster: declare it first, or list them"
        case .alreadyDeclared(let id):
            "disaster \(id) was declared already: declare another one under a new id"
        case .badField(let fault): fault.description
        case .reasonMissing: "reason is empty: say why in a few words"
        case .closed: "the disaster is closed: declare a new one"
        case .noSuchStep(let step, let count):
            "step '\(step)' is none of its \(count): name one from 1 to \(count)"
        case .stepsOpen(let steps):
            "the steps \(steps.map(String.init).joined(separator: ", ")) are not done: do them, or "
                + "say that they are left out"
        case .goalInThePast(let goal): "goal '\(goal)' has passed already: give a later one"
        case .notDueYet(let due): "timer 'disaster-goal' is due at \(due): wait"
        }
    }
}

/// A disaster is worked off step by step under one owner, against a time goal, until it is closed.
package enum DisasterDecider: Decider {
    package static let prefix = "di"
    package static var initialState: Disaster { Disaster() }

    package static func decide(
        _ command: DisasterCommand, _ context: CommandContext, _ state: Disaster
    ) throws(DisasterRejection) -> [DisasterEvent] {
        if case .declare(let plan, let id) = command {
            if let known = state.plan {
                guard known == plan else { throw .alreadyDeclared(state.id ?? id) }
                return []
            }
            if let fault = plan.faults.first { throw .badField(fault) }
            guard plan.goal > context.at else { throw .goalInThePast(plan.goal) }
            return [
                .declared(
                    DisasterDeclared(
                        disaster: id, plan: plan, declared: context.at, by: context.actor))
            ]
        }
        guard let phase = state.phase, let plan = state.plan else { throw .unknown }
        switch command {
        case .declare: return []
        case .finishStep(let step, let note):
            guard phase != .closed else { throw .closed }
            guard (1..<plan.steps.count + 1).contains(step) else {
                throw .noSuchStep(step, count: plan.steps.count)
            }
            if let fault = FieldFault.inText("note", note, longest: 4000) { throw .badField(fault) }
            if state.done.contains(step) { return [] }
            return [.stepDone(StepDone(step: step, note: note, by: context.actor))]
        case .close(let reason, let leavesOpen):
            if phase == .closed { return [] }
            try DisasterRejection.check(reason: reason)
            guard state.open.isEmpty || leavesOpen else { throw .stepsOpen(state.open) }
            return [
                .closed(DisasterClosed(reason: reason, open: state.open, by: context.actor))
            ]
        case .timer(.goal):
            guard phase == .declared else { return [] }
            guard context.at >= plan.goal else { throw .notDueYet(plan.goal) }
            return [.goalMissed(DisasterGoalMissed(goal: plan.goal, open: state.open))]
        }
    }

    package static func evolve(_ state: inout Disaster, _ event: DisasterEvent) {
        switch event {
        case .declared(let declared):
            state.id = declared.disaster
            state.phase = .declared
            state.plan = declared.plan
            state.done = []
        case .stepDone(let done):
            if !state.done.contains(done.step) { state.done.append(done.step) }
        case .goalMissed: state.phase = .overdue
        case .closed: state.phase = .closed
        }
    }

    package static func effects(of event: DisasterEvent, _ state: Disaster) -> [Effect] {
        switch event {
        case .declared(let declared):
            [.start(NewTimer(name: DisasterTimer.goal.rawValue, due: declared.plan.goal))]
        case .closed: [.cancelPending]
        case .stepDone, .goalMissed: []
        }
    }
}
