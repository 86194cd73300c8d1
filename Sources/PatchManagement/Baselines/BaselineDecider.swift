package import EventSourcing

package enum BaselineCommand: Sendable, Equatable {
    /// Makes or replaces the baseline of a kind.
    case set(Baseline)

    /// The action to ask `Authorisation` for.
    package var action: Action { .setBaseline }
}

/// The baseline of one kind of assets.
package enum BaselineDecider: Decider {
    package static let prefix = "ba"
    package static var initialState: Baseline? { nil }

    package static func decide(
        _ command: BaselineCommand, _ context: CommandContext, _ state: Baseline?
    ) throws(BaselineRejection) -> [BaselineEvent] {
        switch command {
        case .set(let baseline):
            if let fault = baseline.faults.first { throw .badField(fault) }
            if let kind = state?.kind, kind != baseline.kind {
                throw .otherKind(baseline.kind, actual: kind)
            }
            guard state != baseline else { return [] }
            return [.set(BaselineSet(baseline: baseline, by: context.actor))]
        }
    }

    package static func evolve(_ state: inout Baseline?, _ event: BaselineEvent) {
        switch event {
        case .set(let set): state = set.baseline
        }
    }
}

package enum BaselineEvent: DomainEvent {
    case set(BaselineSet)

    package var payload: any EventPayload {
        switch self {
        case .set(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case BaselineSet.type: self = .set(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

package struct BaselineSet: EventPayload {
    package static let type = "BaselineSet"
    package let baseline: Baseline
    package let by: Actor
}

package enum BaselineRejection: DomainRejection {
    case badField(FieldFault)
    case otherKind(String, actual: String)

    package var kind: RejectionKind { .invalid }

    package var code: String {
        switch self {
        case .badField(let fault): "bad-\(fault.field.replacing(".", with: "-"))"
        case .otherKind: "kind-of-another-baseline"
        }
    }

    package var message: String {
        switch self {
        case .badField(let fault): fault.description
        case .otherKind(let kind, let actual):
            "kind '\(printable(kind))' is not '\(printable(actual))', which this baseline is for: "
                + "set the baseline of that kind"
        }
    }
}
