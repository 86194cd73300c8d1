package import EventSourcing

/// What has to be done after a disaster, by whom and by when.
package struct DisasterPlan: Codable, Hashable, Sendable {
    package let name: String
    /// Who leads it: a team or a role.
    package let owner: String
    /// In the order in which they are meant to be done.
    package let steps: [String]
    /// By when all of it is to be done.
    package let goal: Timestamp
    package let reason: String

    package init(
        name: String, owner: String, steps: [String], goal: Timestamp, reason: String
    ) {
        self.name = name
        self.owner = owner
        self.steps = steps
        self.goal = goal
        self.reason = reason
    }

    package static let mostSteps = 100

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        for (field, text, longest) in [
            ("name", name, 200), ("owner", owner, 100), ("reason", reason, 4000),
        ] {
            if let fault = FieldFault.inText(field, text, longest: longest) {
                faults.append(fault)
            }
        }
        if steps.isEmpty || steps.count > Self.mostSteps {
            faults.append(
                FieldFault(
                    field: "steps", value: "\(steps.count)",
                    rule: "name 1 to \(Self.mostSteps) steps"))
        }
        for step in steps {
            if let fault = FieldFault.inText("steps", step, longest: 400) { faults.append(fault) }
        }
        if Set(steps).count != steps.count {
            faults.append(
                FieldFault(field: "steps", value: "", rule: "a step is named once, not twice"))
        }
        return faults
    }
}

package enum DisasterPhase: String, Codable, Sendable, CaseIterable {
    case declared
    /// Its goal has passed, and it is not closed.
    case overdue
    case closed
}

/// A disaster, as its events leave it.
package struct Disaster: Sendable, Equatable {
    package var id: StreamID?
    /// nil before it was declared.
    package var phase: DisasterPhase?
    package var plan: DisasterPlan?
    /// The numbers of the steps that are done, 1 for the first, in the order in which they were.
    package var done: [Int] = []

    package init() {}

    /// The numbers of the steps that are not done.
    package var open: [Int] {
        guard let plan else { return [] }
        return (1..<plan.steps.count + 1).filter { !done.contains($0) }
    }
}

package enum DisasterEvent: DomainEvent {
    case declared(DisasterDeclared)
    case stepDone(StepDone)
    case goalMissed(DisasterGoalMissed)
    case closed(DisasterClosed)

    package var payload: any EventPayload {
        switch self {
        case .declared(let payload): payload
        case .stepDone(let payload): payload
        case .goalMissed(let payload): payload
        case .closed(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case DisasterDeclared.type:
            self = .declared(try .decode(schemaVersion: version, data: data))
        case StepDone.type: self = .stepDone(try .decode(schemaVersion: version, data: data))
        case DisasterGoalMissed.type:
            self = .goalMissed(try .decode(schemaVersion: version, data: data))
        case DisasterClosed.type:
            self = .closed(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct DisasterDeclared: EventPayload {
    package static let type = "DisasterDeclared"
    package let disaster: StreamID
    package let plan: DisasterPlan
    package let declared: Timestamp
    package let by: Actor
}

package struct StepDone: EventPayload {
    package static let type = "StepDone"
    /// 1 for the first of the plan.
    package let step: Int
    /// What was found and done.
    package let note: String
    package let by: Actor
}

package struct DisasterGoalMissed: EventPayload {
    package static let type = "DisasterGoalMissed"
    package let goal: Timestamp
    /// The steps that were not done by then.
    package let open: [Int]
}

package struct DisasterClosed: EventPayload {
    package static let type = "DisasterClosed"
    package let reason: String
    /// The steps that were left out knowingly.
    package let open: [Int]
    package let by: Actor
}
