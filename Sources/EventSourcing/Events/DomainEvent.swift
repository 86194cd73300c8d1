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
    /// The version that is written now: 1 until the fields change.
    static var schemaVersion: Int { get }
    /// The steps to `schemaVersion`, each by the version that it leads on from.
    static var upcasts: [Int: Upcast] { get }

    /// Reads a stored payload of this type, whatever version it has.
    ///
    /// - Throws: `EventCodingError` for a version that is newer than this code, or that no step
    ///   leads on from, or data that isn't of it.
    static func decode(schemaVersion: Int, data: [UInt8]) throws -> Self
}

extension EventPayload {
    package static var schemaVersion: Int { 1 }
    package static var upcasts: [Int: Upcast] { [:] }

    package static func decode(schemaVersion: Int, data: [UInt8]) throws -> Self {
        try CanonicalJSON.decode(Self.self, from: upcast(data, from: schemaVersion))
    }
}

package enum EventCodingError: Error, Equatable, CustomStringConvertible {
    case unknownType(String)
    /// A newer program wrote it: to read it as the version that is known would be to guess.
    case newerVersion(type: String, schemaVersion: Int, known: Int)
    /// No step leads on from it.
    case missingStep(type: String, schemaVersion: Int, known: Int)
    /// The data is not in the form that its version has.
    case otherForm(type: String, schemaVersion: Int)

    /// A newer program can read it, and there is one: it wrote it.
    package var isNewer: Bool {
        if case .newerVersion = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .unknownType(let type):
            "the event type '\(type)' is not known to this version of patchflow: a newer one wrote "
                + "it; bring this one up to date"
        case .newerVersion(let type, let schemaVersion, let known):
            "schema version \(schemaVersion) of '\(type)' is newer than this version of patchflow, "
                + "which knows up to \(known): bring it up to date"
        case .missingStep(let type, let schemaVersion, let known):
            "schema version \(schemaVersion) of '\(type)' can't be read: this version of patchflow "
                + "has no step that leads on from it to \(known); take one that has"
        case .otherForm(let type, let schemaVersion):
            "the data of '\(type)' is not in the form of schema version \(schemaVersion)"
        }
    }
}
