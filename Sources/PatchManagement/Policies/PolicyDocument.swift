package import EventSourcing
package import JSON

/// A policy of one scope, as data: sections with the fields of `PolicyField`. What it leaves out it
/// takes from the scope above.
///
///     {"classification": {"sla": {"urgent_seconds": 172800}},
///      "rollout": {"gate": {"max_percent": 2}}}
package struct PolicyDocument: Sendable, Equatable {
    /// A value of each field that it sets; null where it says that there is none.
    package private(set) var values: [PolicyField: JSONValue] = [:]

    package init() {}

    package init(_ values: [PolicyField: JSONValue]) { self.values = values }

    /// Reads a document; a member that is no field is refused by its path, and what else is wrong is
    /// said with it.
    package init(_ json: JSONValue) throws(PolicyDocumentError) {
        var faults: [FieldFault] = []
        values = [:]
        read(json, at: [], &faults)
        guard faults.isEmpty else { throw PolicyDocumentError(faults: faults + self.faults) }
    }

    package subscript(field: PolicyField) -> JSONValue? {
        get { values[field] }
        set { values[field] = newValue }
    }

    package var isEmpty: Bool { values.isEmpty }

    /// In the order of the fields.
    package var sorted: [(field: PolicyField, value: JSONValue)] {
        PolicyField.allCases.compactMap { field in values[field].map { (field, $0) } }
    }

    package var digest: Digest { Digest(of: storedForm(self)) }

    /// Everything in it that may not be, in the order of the fields. Whether it fits to what it takes
    /// from above shows only in the `EffectivePolicy`.
    package var faults: [FieldFault] { sorted.compactMap { $0.field.fault(of: $0.value) } }

    /// Those for which a published document no longer counts. Windows and freezes aren't asked: a bad
    /// one stops itself in the `WindowCalendar`, as where a zone is gone, and no number beside it.
    var countingFaults: [FieldFault] {
        sorted.filter { $0.field.section != .windows }.compactMap { $0.field.fault(of: $0.value) }
    }

    /// What can't be said in that scope.
    package func misplaced(in scope: PolicyScope) -> [FieldFault] {
        guard scope != .account else { return [] }
        return sorted.filter { $0.field.section == .retention }.map { field, value in
            FieldFault(
                field: field.rawValue, value: shown(value),
                rule: "the log is one for all: set it in the policy of the account")
        }
    }

    /// The sections of which it says something else than `other`.
    package func sections(unlike other: PolicyDocument) -> [PolicySection] {
        PolicySection.allCases.filter { section in
            PolicyField.allCases.contains {
                $0.section == section && values[$0] != other.values[$0]
            }
        }
    }

    private static let mostFaults = 50
    private static let fields: [String: PolicyField] = Dictionary(
        uniqueKeysWithValues: PolicyField.allCases.map { ($0.rawValue, $0) })
    /// The paths of all objects that fields are in.
    private static let objects: Set<String> = Set(
        PolicyField.allCases.flatMap { field in
            (1..<field.path.count).map { field.path.prefix($0).joined(separator: ".") }
        })

    private mutating func read(_ json: JSONValue, at path: [String], _ faults: inout [FieldFault]) {
        let name = path.joined(separator: ".")
        if let field = Self.fields[name] {
            values[field] = json
            return
        }
        guard faults.count < Self.mostFaults else { return }
        guard path.isEmpty || Self.objects.contains(name) else {
            let above = path.dropLast().joined(separator: ".")
            faults.append(
                FieldFault(
                    field: name, value: shown(json),
                    rule: "a policy has no such field; "
                        + "\(above.isEmpty ? "its sections are" : "\(above) has") "
                        + Self.members(of: above).joined(separator: ", ")))
            return
        }
        guard case .object(let members) = json else {
            faults.append(
                FieldFault(
                    field: name.isEmpty ? "document" : name, value: shown(json),
                    rule: "it is an object of fields"))
            return
        }
        for (member, value) in members.sorted(by: { $0.key < $1.key }) {
            // A dot would make a path of a name.
            let isPlain = !member.contains(".")
            read(value, at: path + [isPlain ? member : "'\(member)'"], &faults)
        }
    }

    private static func members(of object: String) -> [String] {
        let depth = object.isEmpty ? 0 : object.split(separator: ".").count
        var names: [String] = []
        for field in PolicyField.allCases
        where object.isEmpty || field.rawValue.hasPrefix("\(object).") {
            let name = field.path[depth]
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// As the nested objects that people write.
    package var json: JSONValue {
        sorted.reduce(into: .object([:])) { json, entry in
            json.put(entry.value, at: entry.field.path[...])
        }
    }
}

/// The document has members that a policy doesn't know, or is none.
package struct PolicyDocumentError: Error, Sendable, Equatable {
    package let faults: [FieldFault]
}

extension PolicyDocument: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let json = try container.decode(JSONValue.self)
        do throws(PolicyDocumentError) {
            try self.init(json)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: error.faults.first?.description ?? "it is no policy")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json)
    }
}

extension JSONValue {
    /// Puts `value` where the names lead, through objects that are made where there are none.
    mutating func put(_ value: JSONValue?, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        guard case .object(var members) = self else { return }
        if path.count == 1 {
            members[name] = value
        } else {
            var inner = members[name] ?? .object([:])
            inner.put(value, at: path.dropFirst())
            members[name] = inner
        }
        self = .object(members)
    }

    /// What the names lead to; nil where there is nothing.
    func value(at path: ArraySlice<String>) -> JSONValue? {
        guard let name = path.first else { return self }
        return self[name]?.value(at: path.dropFirst())
    }
}
