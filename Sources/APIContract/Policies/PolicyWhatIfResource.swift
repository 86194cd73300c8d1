package import JSON

/// What a proposal would change: the answer of `POST /policies/{id}:what-if`.
package struct PolicyWhatIfResource: Codable, Sendable, Equatable {
    package let policy: String
    package let scope: String
    /// That the proposal gets when it is published.
    package let version: Int
    /// The proposal's: what a publication confirms.
    package let digest: String
    package let fields: [PolicyFieldChangeResource]
    /// Open findings that were classified anew, and those that were left out as too many.
    package let examined: Int
    package let unexamined: Int
    /// Findings with another class or an earlier deadline.
    package let changed: Int
    package let earlier: Int
    package let classes: [PolicyClassChangeResource]
    /// The first hundred that would change, by their new deadlines.
    package let findings: [PolicyFindingChangeResource]
    /// What would not fit together; then it can't be published.
    package let faults: [String]
    /// Of the event that records it.
    package let position: Int64

    package init(
        policy: String, scope: String, version: Int, digest: String,
        fields: [PolicyFieldChangeResource], examined: Int, unexamined: Int, changed: Int,
        earlier: Int, classes: [PolicyClassChangeResource],
        findings: [PolicyFindingChangeResource], faults: [String], position: Int64
    ) {
        self.policy = policy
        self.scope = scope
        self.version = version
        self.digest = digest
        self.fields = fields
        self.examined = examined
        self.unexamined = unexamined
        self.changed = changed
        self.earlier = earlier
        self.classes = classes
        self.findings = findings
        self.faults = faults
        self.position = position
    }
}

package struct PolicyFieldChangeResource: Codable, Sendable, Equatable {
    package let field: String
    package let before: JSONValue
    package let after: JSONValue

    package init(field: String, before: JSONValue, after: JSONValue) {
        self.field = field
        self.before = before
        self.after = after
    }
}

/// How many findings go over from one class to another, or keep it with less time.
package struct PolicyClassChangeResource: Codable, Sendable, Equatable {
    package let before: String
    package let after: String
    package let findings: Int

    package init(before: String, after: String, findings: Int) {
        self.before = before
        self.after = after
        self.findings = findings
    }
}

package struct PolicyFindingChangeResource: Codable, Sendable, Equatable {
    package let finding: String
    package let asset: String
    package let vulnerability: String
    package let before: String
    package let after: String
    package let deadline: String
    package let newDeadline: String

    package init(
        finding: String, asset: String, vulnerability: String, before: String, after: String,
        deadline: String, newDeadline: String
    ) {
        self.finding = finding
        self.asset = asset
        self.vulnerability = vulnerability
        self.before = before
        self.after = after
        self.deadline = deadline
        self.newDeadline = newDeadline
    }
}
