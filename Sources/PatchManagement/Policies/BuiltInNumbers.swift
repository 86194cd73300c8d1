package import EventSourcing
package import JSON
private import FoundationEssentials

/// What counts where no policy says anything, in one version of patchflow.
package struct BuiltInNumbers: Sendable, Equatable {
    private let values: [PolicyField: JSONValue]

    /// Those of this program.
    package static let own = BuiltInNumbers(
        values: Dictionary(uniqueKeysWithValues: PolicyField.allCases.map { ($0, $0.builtIn) }))

    /// Those that an event states. A field that it doesn't have was not known then, and is taken from
    /// this program; what it has beyond them is passed over.
    package init(_ stated: JSONValue) {
        self.init(
            values: Dictionary(
                uniqueKeysWithValues: PolicyField.allCases.map { field in
                    (field, stated.value(at: field.path[...]) ?? field.builtIn)
                }))
    }

    private init(values: [PolicyField: JSONValue]) { self.values = values }

    package subscript(field: PolicyField) -> JSONValue { values[field] ?? field.builtIn }

    /// As nested objects, like a policy's document.
    package var json: JSONValue {
        PolicyField.allCases.reduce(into: .object([:])) { json, field in
            json.put(self[field], at: field.path[...])
        }
    }

    /// Where the numbers of all versions that ever ran are stated: no scope's policy.
    package static let stream = StreamID(
        prefix: PolicyDecider.prefix,
        .version5(
            namespace: UUID(
                uuid: (
                    0x71, 0x0c, 0x5e, 0x2a, 0x93, 0x4b, 0x5f, 0x08, 0xa1, 0x6d, 0x3e, 0x77, 0xc2,
                    0x19, 0x40, 0xd5
                )), name: "built-in"))
}

/// A version of patchflow that decides here has these numbers built in. Recorded when it begins, if
/// they are others than those that were stated last, so that an auditor with another version can still
/// tell by what was decided.
package struct PolicyBuiltIn: EventPayload {
    package static let type = "PolicyBuiltIn"
    /// Of every field, as nested objects.
    package let numbers: JSONValue
    /// Of `numbers` in canonical form.
    package let digest: Digest

    package init(_ numbers: BuiltInNumbers) {
        self.numbers = numbers.json
        digest = Digest(of: storedForm(numbers.json))
    }
}
