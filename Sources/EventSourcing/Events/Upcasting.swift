package import JSON

/// One step of an upcasting chain: it gives the data of one schema version the form of the next.
///
/// Pure and total: data that it doesn't know how to change stays as it is, and the current form's
/// decoder refuses it. A step that has landed never changes, as the events that need it don't.
package typealias Upcast = @Sendable (inout JSONValue) -> Void

extension EventPayload {
    /// Stored data in the form of the current schema version: step by step from `version`.
    ///
    /// Cost: none for the current version. An older one is read and written once more.
    ///
    /// - Throws: `EventCodingError.newerVersion` or `.missingStep`; a decoding error when an older
    ///   version's data is no JSON.
    package static func upcast(_ data: [UInt8], from version: Int) throws -> [UInt8] {
        if version == schemaVersion { return data }
        guard version < schemaVersion else {
            throw EventCodingError.newerVersion(
                type: type, schemaVersion: version, known: schemaVersion)
        }
        let steps = upcasts
        var value = try CanonicalJSON.decode(JSONValue.self, from: data)
        for reached in version..<schemaVersion {
            guard let step = steps[reached] else {
                throw EventCodingError.missingStep(
                    type: type, schemaVersion: reached, known: schemaVersion)
            }
            step(&value)
        }
        return try CanonicalJSON.encode(value)
    }
}
