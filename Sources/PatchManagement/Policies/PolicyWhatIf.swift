package import EventSourcing
package import JSON

/// What a proposed policy would change, in numbers: as its event keeps it.
package struct PolicyWhatIfSummary: Codable, Hashable, Sendable {
    /// How many findings would go over from one class to another, or keep it with less time.
    package struct ClassChange: Codable, Hashable, Sendable {
        package let before: RiskClass
        package let after: RiskClass
        package let findings: Int

        package init(before: RiskClass, after: RiskClass, findings: Int) {
            self.before = before
            self.after = after
            self.findings = findings
        }
    }

    /// Values that would be others.
    package let fields: Int
    /// Open findings that were classified anew.
    package let examined: Int
    /// Open findings that were left out, since there are too many for one look.
    package let unexamined: Int
    /// Of the findings that would change, by class before and after; in the order of the classes.
    package let classes: [ClassChange]
    /// Findings whose deadline would be an earlier one. None gets more time by a policy: see
    /// `SLAClock.reclassified`.
    package let earlier: Int
    /// What would not fit together, here or in a scope below: then it can't be published.
    package let faults: [String]
    /// The position of the log that it was read at.
    package let position: Int64

    package init(
        fields: Int, examined: Int, unexamined: Int, classes: [ClassChange], earlier: Int,
        faults: [String], position: Int64
    ) {
        self.fields = fields
        self.examined = examined
        self.unexamined = unexamined
        self.classes = classes
        self.earlier = earlier
        self.faults = faults
        self.position = position
    }

    package var changed: Int { classes.reduce(0) { $0 + $1.findings } }
}

/// The whole of it, as a document that the event names by its digest.
package struct PolicyWhatIf: Codable, Sendable, Equatable {
    package struct FieldChange: Codable, Sendable, Equatable {
        package let field: String
        /// null for none.
        package let before: JSONValue
        package let after: JSONValue

        package init(field: String, before: JSONValue, after: JSONValue) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    package struct FindingChange: Codable, Sendable, Equatable {
        package let finding: StreamID
        package let asset: StreamID
        package let vulnerability: String
        package let before: RiskClass
        package let after: RiskClass
        package let deadline: Timestamp
        package let newDeadline: Timestamp

        package init(
            finding: StreamID, asset: StreamID, vulnerability: String, before: RiskClass,
            after: RiskClass, deadline: Timestamp, newDeadline: Timestamp
        ) {
            self.finding = finding
            self.asset = asset
            self.vulnerability = vulnerability
            self.before = before
            self.after = after
            self.deadline = deadline
            self.newDeadline = newDeadline
        }

        private enum CodingKeys: String, CodingKey {
            case finding, asset, vulnerability, before, after, deadline
            case newDeadline = "new_deadline"
        }
    }

    package let scope: PolicyScope
    /// That the proposal gets when it is published.
    package let version: Int
    /// Of the proposal.
    package let proposal: Digest
    package let summary: PolicyWhatIfSummary
    package let fields: [FieldChange]
    /// The first hundred that would change, by their new deadlines.
    package let findings: [FindingChange]

    package static let mostFindings = 100
    package static let mostFaults = 20

    package init(
        scope: PolicyScope, version: Int, proposal: Digest, summary: PolicyWhatIfSummary,
        fields: [FieldChange], findings: [FindingChange]
    ) {
        self.scope = scope
        self.version = version
        self.proposal = proposal
        self.summary = summary
        self.fields = fields
        self.findings = findings
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }
}
