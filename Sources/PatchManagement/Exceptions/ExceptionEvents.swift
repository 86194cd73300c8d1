package import EventSourcing

package enum ExceptionEvent: DomainEvent {
    case requested(ExceptionRequested)
    case granted(ExceptionGranted)
    case denied(ExceptionDenied)
    case reminded(ExceptionReminded)
    case expired(ExceptionExpired)
    case revoked(ExceptionRevoked)

    package var payload: any EventPayload {
        switch self {
        case .requested(let payload): payload
        case .granted(let payload): payload
        case .denied(let payload): payload
        case .reminded(let payload): payload
        case .expired(let payload): payload
        case .revoked(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case ExceptionRequested.type:
            self = .requested(try .decode(schemaVersion: version, data: data))
        case ExceptionGranted.type:
            self = .granted(try .decode(schemaVersion: version, data: data))
        case ExceptionDenied.type:
            self = .denied(try .decode(schemaVersion: version, data: data))
        case ExceptionReminded.type:
            self = .reminded(try .decode(schemaVersion: version, data: data))
        case ExceptionExpired.type:
            self = .expired(try .decode(schemaVersion: version, data: data))
        case ExceptionRevoked.type:
            self = .revoked(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct ExceptionRequested: EventPayload {
    package static let type = "ExceptionRequested"
    package let exception: StreamID
    package let request: ExceptionRequest
    /// Of the request: what the grant confirms.
    package let digest: Digest
    package let policy: ExceptionPolicy
    package let requested: Timestamp
    package let by: Actor
}

package struct ExceptionGranted: EventPayload {
    package static let type = "ExceptionGranted"
    /// Of the request that was granted.
    package let digest: Digest
    package let granted: Timestamp
    package let until: Timestamp
    package let restart: ClockRestart
    package let reason: String
    /// With the role held at that time.
    package let by: Actor
}

package struct ExceptionDenied: EventPayload {
    package static let type = "ExceptionDenied"
    package let reason: String
    package let by: Actor
}

/// The end is near, and somebody should see to what comes after it.
package struct ExceptionReminded: EventPayload {
    package static let type = "ExceptionReminded"
    package let until: Timestamp
    /// Which of the policy's reminders: so long before the end.
    package let beforeSeconds: Int

    private enum CodingKeys: String, CodingKey {
        case until
        case beforeSeconds = "before_seconds"
    }
}

package struct ExceptionExpired: EventPayload {
    package enum Cause: String, Codable, Sendable, CaseIterable {
        case timeOver
        /// The request's end came before a decision.
        case notDecided
        case controlLapsed
    }

    package static let type = "ExceptionExpired"
    package let cause: Cause
    package let until: Timestamp
    /// What its findings' clocks do; nil when it was never granted.
    package let restart: ClockRestart?
    /// The one that lapsed.
    package let control: StreamID?
}

package struct ExceptionRevoked: EventPayload {
    package static let type = "ExceptionRevoked"
    package let reason: String
    package let restart: ClockRestart
    package let by: Actor
}
