internal import EventSourcing
internal import JSON
internal import PatchManagement

/// Numbers of policy that are to be other ones, as data: what isn't named stays as each patch and each
/// plan has it.
///
///     {"patch": {"evidence_seconds": 604800},
///      "rollout": {"gate": {"max_percent": 2}, "progress_deadline_seconds": 7200}}
///
/// `patch` has the fields of `PatchPolicy`, `rollout` those of `Policy`. A number that is named is
/// taken for every plan, also for one in which a person had given another.
package struct PolicyChange: Equatable, Sendable {
    /// By field.
    let patch: [String: JSONValue]
    /// By field, without the gate.
    let rollout: [String: JSONValue]
    /// By field of `GateSettings`.
    let gate: [String: JSONValue]

    /// Reads a change as above.
    ///
    /// - Throws: `PolicyChangeError`.
    package init(_ json: [UInt8]) throws(PolicyChangeError) {
        let all = try Self.object(Self.parsed(json), "the policy")
        try Self.expect(all, ["patch", "rollout"], in: nil)
        patch = try Self.object(all["patch"] ?? .object([:]), "patch")
        var rollout = try Self.object(all["rollout"] ?? .object([:]), "rollout")
        gate = try Self.object(rollout.removeValue(forKey: "gate") ?? .object([:]), "rollout.gate")
        self.rollout = rollout
        try Self.expect(patch, Self.fields(of: PatchPolicy()), in: "patch")
        try Self.expect(rollout, Self.fields(of: Policy()), in: "rollout")
        // Limits that are nil don't show in what is stored.
        let limits = ["max_failures", "max_total_failures"]
        try Self.expect(gate, Self.fields(of: GateSettings()) + limits, in: "rollout.gate")
        try checkValues()
    }

    /// Why some fields show no difference though they are another policy's, and whether that concerns
    /// patches or rollouts.
    var undecidable: [(reason: String, isOfPatches: Bool)] {
        var reasons: [(reason: String, isOfPatches: Bool)] = []
        for field in ["retries", "retry_delay_seconds", "probes", "probe_delay_seconds"]
        where patch[field] != nil {
            reasons.append(("patch.\(field): a host's further answers were never asked for", true))
        }
        let unused = [
            ("retries", "a host's further answers were never asked for"),
            ("rollout_capacity", "it changes how long a rollout takes, which hosts decide"),
            ("predicted_seconds_per_asset", "no decision is taken by a prediction"),
            ("evidence_age_seconds", "no decision is taken by it: give patch.evidence_seconds"),
        ]
        for (field, reason) in unused where rollout[field] != nil {
            reasons.append(("rollout.\(field): \(reason)", false))
        }
        if needsHealth {
            reasons.append(("rollout.gate.needs_health: nobody measured the health then", false))
        }
        return reasons
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

    /// `object` with `fields` in the place of its own; null takes one away.
    static func merged(_ object: JSONValue, _ fields: [String: JSONValue]) -> JSONValue {
        guard case .object(var members) = object else { return object }
        for (field, value) in fields { members[field] = value == .null ? nil : value }
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
