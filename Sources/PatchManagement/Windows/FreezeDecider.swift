package import EventSourcing

/// A freeze: its events change what may be dispatched in their own commit, so that nothing begins after
/// it was acknowledged, whatever was approved before.
package enum FreezeDecider: Decider {
    package static let prefix = "fz"
    package static let initialState = Freeze()

    package static let longest = Duration.seconds(366 * 86_400)

    package static func decide(
        _ command: FreezeCommand, _ context: CommandContext, _ state: Freeze
    ) throws(FreezeRejection) -> [FreezeEvent] {
        switch command {
        case .create(let id, let name, let scope, let from, let to, let reason):
            // Nobody can be held to a freeze before it was made known.
            if let from, from < context.at { throw .beginsInThePast(from) }
            let terms = FreezeTerms(
                name: name, scope: scope, from: from ?? context.at, to: to)
            if let known = state.terms {
                guard known.name == name, known.scope == scope, known.to == to else {
                    throw .alreadyCreated(known.name)
                }
                return []
            }
            try check(terms, reason)
            guard terms.from < to else { throw .endsBeforeItBegins(from: terms.from, to: to) }
            guard to <= terms.from + longest else { throw .tooLong(from: terms.from, to: to) }
            return [
                .created(
                    FreezeCreated(
                        freeze: id, terms: terms, isImmediate: from == nil, reason: reason,
                        by: context.actor))
            ]
        case .lift(let reason):
            guard let terms = state.terms else { throw .unknown }
            if state.phase == .lifted { return [] }
            guard context.at < terms.to else { throw .isOver(terms.to) }
            try FreezeRejection.check(reason: reason)
            return [.lifted(FreezeLifted(reason: reason, by: context.actor))]
        }
    }

    private static func check(
        _ terms: FreezeTerms, _ reason: String
    ) throws(FreezeRejection) {
        if let fault = FieldFault.inText("name", terms.name, longest: 100) {
            throw .badField(fault)
        }
        try FreezeRejection.check(reason: reason)
    }

    package static func evolve(_ state: inout Freeze, _ event: FreezeEvent) {
        switch event {
        case .created(let created):
            state.id = created.freeze
            state.terms = created.terms
            state.phase = .standing
        case .lifted: state.phase = .lifted
        }
    }

    /// Whatever commits after it sees it.
    package static func effects(of event: FreezeEvent, _ state: Freeze) -> [Effect] {
        switch event {
        case .created(let created):
            let terms = created.terms
            let bar = FreezeBar(
                freeze: created.freeze.text,
                from: created.isImmediate ? .distantPast : terms.from, to: terms.to)
            return [.calendar(.freeze(bar, scope: terms.scope.dispatchScope))]
        case .lifted: return state.id.map { [.calendar(.lift(freeze: $0.text))] } ?? []
        }
    }
}

package enum FreezeRejection: DomainRejection {
    case unknown
    case alreadyCreated(String)
    case beginsInThePast(Timestamp)
    case endsBeforeItBegins(from: Timestamp, to: Timestamp)
    case tooLong(from: Timestamp, to: Timestamp)
    case isOver(Timestamp)
    case reasonMissing
    case badField(FieldFault)

    package var code: String {
        switch self {
        case .unknown: "freeze-unknown"
        case .alreadyCreated: "freeze-already-created"
        case .beginsInThePast: "freeze-begins-in-the-past"
        case .endsBeforeItBegins: "freeze-ends-before-it-begins"
        case .tooLong: "freeze-too-long"
        case .isOver: "freeze-is-over"
        case .reasonMissing: "reason-missing"
        case .badField: "bad-field"
        }
    }

    package var message: String {
        switch self {
        case .unknown: "there is no such freeze: list the freezes to see their ids"
        case .alreadyCreated(let name):
            "the freeze is '\(name)' already: create another one"
        case .beginsInThePast(let from):
            "from is \(from), which has passed: leave it out to begin now"
        case .endsBeforeItBegins(let from, let to):
            "to is \(to), and it begins at \(from): give a later end"
        case .tooLong(let from, let to):
            "from \(from) to \(to) is longer than 366 days: give an earlier end"
        case .isOver(let to): "it ended at \(to): there is nothing to lift"
        case .reasonMissing: "reason is empty: say why, in words"
        case .badField(let fault): fault.description
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .unknown: .notFound
        case .alreadyCreated, .isOver: .wrongState
        case .beginsInThePast, .endsBeforeItBegins, .tooLong, .reasonMissing, .badField: .invalid
        }
    }
}
