/// A disaster as `GET /disasters` lists it and `GET /disasters/{id}` shows it.
package struct DisasterResource: Codable, Sendable, Equatable {
    /// `di_` and a UUID.
    package let id: String
    package let name: String
    /// `declared`, `overdue` or `closed`.
    package let state: String
    /// Who leads it: a team or a role.
    package let owner: String
    /// By when all of it is to be done.
    package let goal: String
    package let reason: String
    package let steps: [DisasterStepResource]
    package let declaredBy: String
    package let declaredAt: String
    package let closing: DisasterClosingResource?
    package let version: Int

    package init(
        id: String, name: String, state: String, owner: String, goal: String, reason: String,
        steps: [DisasterStepResource], declaredBy: String, declaredAt: String,
        closing: DisasterClosingResource? = nil, version: Int
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.owner = owner
        self.goal = goal
        self.reason = reason
        self.steps = steps
        self.declaredBy = declaredBy
        self.declaredAt = declaredAt
        self.closing = closing
        self.version = version
    }
}

package struct DisasterStepResource: Codable, Sendable, Equatable {
    /// 1 for the first.
    package let number: Int
    package let text: String
    /// nil while it is open, as are the next two.
    package let doneBy: String?
    package let doneAt: String?
    package let note: String?

    package init(
        number: Int, text: String, doneBy: String? = nil, doneAt: String? = nil,
        note: String? = nil
    ) {
        self.number = number
        self.text = text
        self.doneBy = doneBy
        self.doneAt = doneAt
        self.note = note
    }
}

package struct DisasterClosingResource: Codable, Sendable, Equatable {
    package let by: String
    package let at: String
    package let reason: String
    /// The numbers of the steps that were left out.
    package let leftOut: [Int]

    package init(by: String, at: String, reason: String, leftOut: [Int]) {
        self.by = by
        self.at = at
        self.reason = reason
        self.leftOut = leftOut
    }
}

/// `POST /disasters`; answers 201.
package struct DeclareDisasterRequest: Codable, Sendable, Equatable {
    package let name: String
    package let owner: String
    package let steps: [String]
    /// In RFC 3339.
    package let goal: String
    package let reason: String

    package init(name: String, owner: String, steps: [String], goal: String, reason: String) {
        self.name = name
        self.owner = owner
        self.steps = steps
        self.goal = goal
        self.reason = reason
    }
}

/// `POST /disasters/{id}:finish-step`.
package struct FinishStepRequest: Codable, Sendable, Equatable {
    /// 1 for the first.
    package let step: Int
    package let note: String

    package init(step: Int, note: String) {
        self.step = step
        self.note = note
    }
}

/// `POST /disasters/{id}:close`.
package struct CloseDisasterRequest: Codable, Sendable, Equatable {
    package let reason: String
    /// True leaves out the steps that are open.
    package let leavesOpen: Bool?

    package init(reason: String, leavesOpen: Bool? = nil) {
        self.reason = reason
        self.leavesOpen = leavesOpen
    }
}
