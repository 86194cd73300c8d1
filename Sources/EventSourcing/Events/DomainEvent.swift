/// The events of one decider: usually an enum with a case per past fact, each holding an
/// `EventPayload`.
package protocol DomainEvent: Sendable, Equatable {
    /// The payload of this event, which knows its stored name and schema version.
    var payload: any EventPayload { get }

    /// Reads a stored event.
    ///
    /// - Throws: `EventCodingError.unknownType` when `type` isn't one of this decider's.
    init(type: String, schemaVersion: Int, data: [UInt8]) throws
}

/// What one type of event holds, as it is stored. A change of its fields is a new schema version
/// with an upcasting step; stored bytes are never rewritten.
package protocol EventPayload: Codable, Sendable, Equatable {
    /// A past fact in the words of the domain, such as `PatchApproved`.
    static var type: String { get }
    static var schemaVersion: Int { get }

    /// Reads a stored payload of this type.
    ///
    /// - Throws: `EventCodingError` for a version that isn't known, or data that isn't of it.
    static func decode(schemaVersion: Int, data: [UInt8]) throws -> Self
}

extension EventPayload {
    package static var schemaVersion: Int { 1 }

    /// - Throws: `EventCodingError.unsupportedVersion` for a version that is newer than this code.
    package static func decode(schemaVersion: Int, data: [UInt8]) throws -> Self {
        guard schemaVersion == Self.schemaVersion else {
            throw EventCodingError.unsupportedVersion(type: type, schemaVersion: schemaVersion)
        }
        return try CanonicalJSON.decode(Self.self, from: data)
    }
}

package enum EventCodingError: Error, Equatable, CustomStringConvertible {
    case unknownType(String)
    case unsupportedVersion(type: String, schemaVersion: Int)
    /// The data is not in the form that its version has.
    case otherForm(type: String, schemaVersion: Int)

    package var description: String {
        switch self {
        case .unknownType(let type): "the event type '\(type)' is not known to this version"
        case .unsupportedVersion(let type, let schemaVersion):
            "schema version \(schemaVersion) of '\(type)' is newer than this version of patchflow"
        case .otherForm(let type, let schemaVersion):
            "the data of '\(type)' is not in the form of schema version \(schemaVersion)"
        }
    }
}
