private import FoundationEssentials
private import JSON

/// The one JSON codec for everything that is stored or digested: RFC 8785 for the values that
/// patchflow stores (objects with ASCII keys, strings, booleans, integers up to 2^53).
///
/// Numbers with a fraction are refused by not being used: durations are whole seconds, ratios are
/// pairs of integers, anything else is a string.
package enum CanonicalJSON {
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// - Throws: A `DecodingError` for what isn't JSON, has a name twice in an object, or isn't a
    ///   `Value`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8]
    ) throws -> Value {
        try JSONDocument.decode(type, from: bytes)
    }

    /// The digest of `value`'s canonical form: what approvals bind.
    package static func digest(of value: some Encodable) throws -> Digest {
        Digest(of: try encode(value))
    }
}
