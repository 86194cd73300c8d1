package import EventSourcing

package enum CapCommand: Sendable, Equatable {
    /// Of the scope's own stream.
    case set(CapScope, limit: Int, reason: String)
    case clear(reason: String)
}

/// The cap of one scope: its events change what may be dispatched in their own commit, so that no attempt
/// too many begins after it was acknowledged, whatever was approved before.
package enum CapDecider: Decider {
    package static let prefix = "cp"
    package static let initialState = Cap()

    /// Whoever wants nothing to begin makes a freeze, which has an end.
    package static let limits = 1...10_000

    package static func decide(
        _ command: CapCommand, _ context: CommandContext, _ state: Cap
    ) throws(CapRejection) -> [CapEvent] {
        switch command {
        case .set(let scope, let limit, let reason):
            guard limits.contains(limit) else { throw .limitOutOfRange(limit) }
            try CapRejection.check(reason: reason)
            if state.held == limit { return [] }
            return [
                .set(
                    CapSet(
                        scope: scope, limit: limit, earlier: state.held, reason: reason,
                        by: context.actor))
            ]
        case .clear(let reason):
            guard let scope = state.scope else { throw .unknown }
            if state.phase == .cleared { return [] }
            try CapRejection.check(reason: reason)
            return [.cleared(CapCleared(scope: scope, reason: reason, by: context.actor))]
        }
    }

    package static func evolve(_ state: inout Cap, _ event: CapEvent) {
        switch event {
        case .set(let set):
            state.scope = set.scope
            state.limit = set.limit
            state.phase = .set
        case .cleared: state.phase = .cleared
        }
    }

    /// Whatever commits after it is counted by it.
    package static func effects(of event: CapEvent, _ state: Cap) -> [Effect] {
        switch event {
        case .set(let set): [.calendar(.cap(scope: set.scope.dispatchScope, set.limit))]
        case .cleared(let cleared): [.calendar(.cap(scope: cleared.scope.dispatchScope, nil))]
        }
    }
}

package enum CapRejection: DomainRejection {
    case unknown
    case limitOutOfRange(Int)
    case reasonMissing
    case badField(FieldFault)

    package var code: String {
        switch self {
        case .unknown: "cap-unknown"
        case .limitOutOfRange: "cap-out-of-range"
        case .reasonMissing: "reason-missing"
        case .badField: "bad-field"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "the scope has no cap: list the caps to see them"
        case .limitOutOfRange(let limit):
            "limit is \(limit), not between \(CapDecider.limits.lowerBound) and "
                + "\(CapDecider.limits.upperBound): give another one, or make a freeze to let nothing "
                + "begin"
        case .reasonMissing: "reason is empty: say why, in words"
        case .badField(let fault): fault.description
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .limitOutOfRange, .reasonMissing, .badField: .invalid
        }
    }
}
