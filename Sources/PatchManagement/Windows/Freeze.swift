package import EventSourcing

/// A time in which nothing begins in a scope, made known at once and by one person; those of a policy
/// take two.
package struct Freeze: Sendable, Equatable {
    package enum Phase: String, Sendable, CaseIterable {
        /// It stands, until its end or until somebody lifts it: before its beginning as well.
        case standing
        case lifted
    }

    package var id: StreamID?
    package var terms: FreezeTerms?
    package var phase: Phase?

    package init() {}

    package func holds(at moment: Timestamp) -> Bool {
        guard let terms, phase == .standing else { return false }
        return terms.from <= moment && moment < terms.to
    }
}

/// What a freeze says.
package struct FreezeTerms: Codable, Sendable, Equatable {
    package let name: String
    package let scope: PolicyScope
    package let from: Timestamp
    /// The first moment after it.
    package let to: Timestamp

    package init(name: String, scope: PolicyScope, from: Timestamp, to: Timestamp) {
        self.name = name
        self.scope = scope
        self.from = from
        self.to = to
    }
}

package enum FreezeCommand: Sendable, Equatable {
    /// `from` is nil for now.
    case create(
        StreamID, name: String, scope: PolicyScope, from: Timestamp?, to: Timestamp,
        reason: String)
    case lift(reason: String)

    package var action: Action {
        switch self {
        case .create: .createFreeze
        case .lift: .liftFreeze
        }
    }
}

package enum FreezeEvent: DomainEvent {
    case created(FreezeCreated)
    case lifted(FreezeLifted)

    package var payload: any EventPayload {
        switch self {
        case .created(let payload): payload
        case .lifted(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case FreezeCreated.type: self = .created(try .decode(schemaVersion: version, data: data))
        case FreezeLifted.type: self = .lifted(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct FreezeCreated: EventPayload {
    package static let type = "FreezeCreated"
    package let freeze: StreamID
    package let terms: FreezeTerms
    /// It holds from its own commit on, whatever clocks say.
    package let isImmediate: Bool
    package let reason: String
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case freeze, terms, reason, by
        case isImmediate = "is_immediate"
    }

    package init(
        freeze: StreamID, terms: FreezeTerms, isImmediate: Bool, reason: String, by: Actor
    ) {
        self.freeze = freeze
        self.terms = terms
        self.isImmediate = isImmediate
        self.reason = reason
        self.by = by
    }
}

/// It ends before its time.
package struct FreezeLifted: EventPayload {
    package static let type = "FreezeLifted"
    package let reason: String
    package let by: Actor

    package init(reason: String, by: Actor) {
        self.reason = reason
        self.by = by
    }
}
