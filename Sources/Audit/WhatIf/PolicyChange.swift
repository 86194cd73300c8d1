internal import EventSourcing
internal import JSON
internal import PatchManagement

/// Numbers of policy that are to be other ones, as data: what isn't named stays as each finding, each
/// patch and each plan has it.
///
///     {"classification": {"sla": {"important_seconds": 604800}},
///      "patch": {"evidence_seconds": 604800},
///      "rollout": {"gate": {"max_percent": 2}, "progress_deadline_seconds": 7200}}
///
/// It is a `PolicyDocument`; `patch` and `rollout` may have all fields of `PatchPolicy` and `Policy`. A
/// number that is named is taken for every finding and every plan, also for one in which a person had
/// given another.
package struct PolicyChange: Equatable, Sendable {
    /// What a field that shows no difference would have concerned.
    enum Concern {
        case patches, rollouts, findings, exceptions, policies
    }

    /// The numbers of classification.
    let classification: PolicyDocument
    /// By field.
    let patch: [String: JSONValue]
    /// By field, without the gate.
    let rollout: [String: JSONValue]
    /// By field of `GateSettings`.
    let gate: [String: JSONValue]
    /// What a policy may say and history can't be asked for, sorted.
    private let unasked: [PolicyField]

    /// Reads a change as above.
    ///
    /// - Throws: `PolicyChangeError`.
    package init(_ json: [UInt8]) throws(PolicyChangeError) {
        let all = try Self.object(Self.parsed(json), "the policy")
        try Self.expect(all, PolicySection.allCases.map(\.rawValue), in: nil)
        var patch = try Self.object(all["patch"] ?? .object([:]), "patch")
        var rollout = try Self.object(all["rollout"] ?? .object([:]), "rollout")
        var document = all.filter { $0.key != "patch" && $0.key != "rollout" }
        document["patch"] = Self.takeOut(of: &patch, .patch, Self.fields(of: PatchPolicy()))
        document["rollout"] = Self.takeOut(of: &rollout, .rollout, Self.fields(of: Policy()))
        let read = try Self.document(document)
        classification = PolicyDocument(
            read.values.filter { $0.key.section == .classification })
        unasked = read.sorted.map { $0.field }.filter { $0.section != .classification }
        gate = try Self.object(rollout.removeValue(forKey: "gate") ?? .object([:]), "rollout.gate")
        self.patch = patch
        self.rollout = rollout
        // Limits that are nil don't show in what is stored.
        let limits = ["max_failures", "max_total_failures"]
        try Self.expect(patch, Self.names(.patch, Self.fields(of: PatchPolicy())), in: "patch")
        try Self.expect(rollout, Self.names(.rollout, Self.fields(of: Policy())), in: "rollout")
        try Self.expect(gate, Self.fields(of: GateSettings()) + limits, in: "rollout.gate")
        try checkValues()
    }

    /// Why some fields show no difference though they are another policy's, and what that concerns.
    var undecidable: [(reason: String, of: Concern)] {
        var reasons: [(reason: String, of: Concern)] = []
        for field in ["retries", "retry_delay_seconds", "probes", "probe_delay_seconds"]
        where patch[field] != nil {
            reasons.append(
                ("patch.\(field): a host's further answers were never asked for", .patches))
        }
        let unused = [
            ("retries", "a host's further answers were never asked for"),
            ("rollout_capacity", "it changes how long a rollout takes, which hosts decide"),
            ("predicted_seconds_per_asset", "no decision is taken by a prediction"),
            ("evidence_age_seconds", "no decision is taken by it: give patch.evidence_seconds"),
        ]
        for (field, reason) in unused where rollout[field] != nil {
            reasons.append(("rollout.\(field): \(reason)", .rollouts))
        }
        if needsHealth {
            reasons.append(
                ("rollout.gate.needs_health: nobody measured the health then", .rollouts))
        }
        for section in PolicySection.allCases {
            let fields = unasked.filter { $0.section == section }
            if let first = fields.first, let (reason, of) = Self.reason(section) {
                let others = fields.count > 1 ? " and \(fields.count - 1) more" : ""
                reasons.append(("\(first.rawValue)\(others): \(reason)", of))
            }
        }
        return reasons
    }

    private static func reason(_ section: PolicySection) -> (String, Concern)? {
        switch section {
        case .classification: nil
        case .patch: ("who else would have approved was never asked", .patches)
        case .rollout: ("it makes another plan, and hosts decide how that goes", .rollouts)
        case .exceptions: ("which end would have been asked for instead isn't known", .exceptions)
        case .tracks: ("what feeds said that nobody listened to isn't known", .findings)
        case .windows: ("the openings are pinned by each plan, which would be another", .rollouts)
        case .retention, .review: ("it decides nothing of patches and findings", .policies)
        }
    }

    private var needsHealth: Bool { gate["needs_health"]?.bool == true }

    /// The fields of the gate by which a decision can be taken again.
    var decidableGate: [String: JSONValue] {
        needsHealth ? gate.filter { $0.key != "needs_health" } : gate
    }

    func seconds(_ field: String, of fields: [String: JSONValue]) -> Duration? {
        fields[field]?.integer.map { .seconds($0) }
    }

    // MARK: What may stand in it

    /// What a policy may say of a section and its stored form doesn't show, for the document.
    private static func takeOut(
        of members: inout [String: JSONValue], _ section: PolicySection, _ stored: [String]
    ) -> JSONValue? {
        let others = names(section, []).filter { !stored.contains($0) }
        let taken = members.filter { others.contains($0.key) }
        for name in taken.keys { members[name] = nil }
        return taken.isEmpty ? nil : .object(taken)
    }

    /// The members that a document may have in `section`, and others.
    private static func names(_ section: PolicySection, _ others: [String]) -> [String] {
        let fields = PolicyField.allCases.filter { $0.section == section }.map { $0.path[1] }
        return Set(fields + others).sorted()
    }

    private static func document(
        _ members: [String: JSONValue]
    ) throws(PolicyChangeError) -> PolicyDocument {
        let document: PolicyDocument
        do throws(PolicyDocumentError) {
            document = try PolicyDocument(.object(members))
        } catch {
            throw .badValue(error.faults.first.map { "\($0)" } ?? "it is no policy")
        }
        if let fault = document.faults.first { throw .badValue("\(fault)") }
        return document
    }

    private static func parsed(_ json: [UInt8]) throws(PolicyChangeError) -> JSONValue {
        do {
            return try CanonicalJSON.decode(JSONValue.self, from: json)
        } catch {
            throw .malformed("the policy is not JSON")
        }
    }

    private static func object(
        _ value: JSONValue, _ path: String
    ) throws(PolicyChangeError) -> [String: JSONValue] {
        guard case .object(let members) = value else {
            throw .malformed("\(path) is not an object of fields and their values")
        }
        return members
    }

    private static func expect(
        _ members: [String: JSONValue], _ known: [String], in path: String?
    ) throws(PolicyChangeError) {
        for field in members.keys.sorted() where !known.contains(field) {
            let name = path.map { "\($0).\(field)" } ?? field
            throw .unknownField(name, known: known.sorted())
        }
    }

    private static func fields(of value: some Encodable) -> [String] {
        guard case .object(let members) = stored(value) else { return [] }
        return Array(members.keys)
    }

    /// What `value` is as JSON.
    static func stored(_ value: some Encodable) -> JSONValue {
        do {
            return try CanonicalJSON.decode(
                JSONValue.self, from: try CanonicalJSON.encode(value))
        } catch {
            preconditionFailure("a value that is stored can be read back: \(error)")
        }
    }

    private func checkValues() throws(PolicyChangeError) {
        try check(patch, in: "patch", over: PatchPolicy())
        try check(rollout, in: "rollout", over: Policy())
        let settings = try check(gate, in: "rollout.gate", over: GateSettings())
        if let fault = settings.faults.first { throw .badValue("rollout.gate: \(fault)") }
    }

    @discardableResult
    private func check<Value: Codable>(
        _ fields: [String: JSONValue], in path: String, over value: Value
    ) throws(PolicyChangeError) -> Value {
        for (field, given) in fields.sorted(by: { $0.key < $1.key }) {
            if let number = given.integer, number < 0 {
                throw .badValue("\(path).\(field) is \(number): give 0 or more")
            }
        }
        do {
            let merged = Self.merged(Self.stored(value), fields)
            return try CanonicalJSON.decode(Value.self, from: CanonicalJSON.encode(merged))
        } catch DecodingError.typeMismatch(_, let context) {
            let field = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .badValue("\(path).\(field) has a value of another kind than the policy's")
        } catch {
            throw .badValue("\(path) has a value that a policy can't have: \(error)")
        }
    }

    /// `object` with `fields` in the place of its own, also within objects in it; null takes one away.
    static func merged(_ object: JSONValue, _ fields: [String: JSONValue]) -> JSONValue {
        guard case .object(var members) = object else { return object }
        for (field, value) in fields {
            if case .object(let inner) = value, let known = members[field] {
                members[field] = merged(known, inner)
            } else {
                members[field] = value == .null ? nil : value
            }
        }
        return .object(members)
    }
}

package enum PolicyChangeError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case unknownField(String, known: [String])
    case badValue(String)

    package var description: String {
        switch self {
        case .malformed(let reason): reason
        case .unknownField(let field, let known):
            "'\(field)' is no field of a policy here; there are \(known.joined(separator: ", "))"
        case .badValue(let reason): reason
        }
    }
}
