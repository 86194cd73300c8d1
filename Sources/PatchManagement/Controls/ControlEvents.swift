package import EventSourcing

package enum ControlEvent: DomainEvent {
    case registered(ControlRegistered)
    case verified(ControlVerified)
    case lapsed(ControlLapsed)

    package var payload: any EventPayload {
        switch self {
        case .registered(let payload): payload
        case .verified(let payload): payload
        case .lapsed(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case ControlRegistered.type:
            self = .registered(try .decode(schemaVersion: version, data: data))
        case ControlVerified.type:
            self = .verified(try .decode(schemaVersion: version, data: data))
        case ControlLapsed.type:
            self = .lapsed(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// A control became known, or its description changed as a whole.
package struct ControlRegistered: EventPayload {
    package static let type = "ControlRegistered"
    package let control: StreamID
    package let registration: ControlRegistration
    package let by: Actor
}

/// Somebody has seen that it works.
package struct ControlVerified: EventPayload {
    package static let type = "ControlVerified"
    /// Digest of what shows it.
    package let evidence: Digest
    /// How it was verified, in words.
    package let method: String
    package let gathered: Timestamp
    package let until: Timestamp
    package let by: Actor
}

/// It can't be counted on any more: what leaned on it has to be looked at again.
package struct ControlLapsed: EventPayload {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case verificationEnded
        /// Somebody says that it doesn't work, or isn't there.
        case withdrawn
        /// It was described anew, and nobody has verified that yet.
        case changed
    }

    package static let type = "ControlLapsed"
    package let cause: Cause
    /// When its verification ended, or would have.
    package let until: Timestamp
    package let reason: String
    package let by: Actor
}
