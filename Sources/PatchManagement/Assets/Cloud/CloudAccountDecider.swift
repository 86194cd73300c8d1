package import EventSourcing

/// A list that is to be recorded. The caller keeps the document of its outcome.
package struct CloudReconciling: Codable, Hashable, Sendable {
    package let scope: CloudScope
    /// Digest of the list as it was sent; it isn't kept, since lists hold start scripts and secrets.
    package let list: Digest
    /// When the provider was asked.
    package let taken: Timestamp
    /// Digest of the `CloudReconciliation`.
    package let outcome: Digest
    package let counts: CloudCounts

    package init(
        scope: CloudScope, list: Digest, taken: Timestamp, outcome: Digest, counts: CloudCounts
    ) {
        self.scope = scope
        self.list = list
        self.taken = taken
        self.outcome = outcome
        self.counts = counts
    }
}

package enum CloudAccountCommand: Sendable, Equatable {
    /// - Parameter acceptsShrink: Whether it may have less than half of the instances of before.
    case reconcile(CloudReconciling, acceptsShrink: Bool)

    /// The action to ask `Authorisation` for.
    package var action: Action { .reconcileCloud }
}

/// What the lists of one account say, one after the other.
package struct CloudAccount: Sendable, Equatable {
    package var scope: CloudScope?
    package var last: CloudReconciling?

    package init() {}
}

/// Which lists of an account are taken: what a list lacks is taken for terminated, so one that was
/// cut off or is older than what is known is refused.
package enum CloudAccountDecider: Decider {
    package static let prefix = "cl"
    package static var initialState: CloudAccount { CloudAccount() }

    package static func decide(
        _ command: CloudAccountCommand, _ context: CommandContext, _ state: CloudAccount
    ) throws(CloudRejection) -> [CloudAccountEvent] {
        switch command {
        case .reconcile(let reconciling, let acceptsShrink):
            if let fault = reconciling.scope.faults.first { throw .badField(fault) }
            let latest = context.at + .seconds(FindingDecider.toleratedSeconds)
            guard reconciling.taken <= latest else {
                throw .badField(
                    FieldFault(
                        field: "taken_at", value: reconciling.taken.description,
                        rule: "it is after \(latest): correct it, or the clock that gave it"))
            }
            guard let last = state.last else {
                return [
                    .reconciled(
                        CloudListReconciled(
                            reconciling: reconciling, before: nil, isShrinkAccepted: nil,
                            by: context.actor))
                ]
            }
            guard reconciling.taken >= last.taken else {
                throw .older(taken: reconciling.taken, known: last.taken)
            }
            let isShrunk = reconciling.counts.instances * 2 < last.counts.instances
            guard !isShrunk || acceptsShrink else {
                throw .shrunk(
                    from: last.counts.instances, to: reconciling.counts.instances)
            }
            guard reconciling.outcome != last.outcome else {
                return reconciling.taken == last.taken
                    ? []
                    : [
                        .confirmed(
                            CloudListConfirmed(
                                list: reconciling.list, taken: reconciling.taken,
                                outcome: reconciling.outcome))
                    ]
            }
            return [
                .reconciled(
                    CloudListReconciled(
                        reconciling: reconciling, before: last.outcome,
                        isShrinkAccepted: isShrunk ? true : nil, by: context.actor))
            ]
        }
    }

    package static func evolve(_ state: inout CloudAccount, _ event: CloudAccountEvent) {
        switch event {
        case .reconciled(let reconciled):
            state.scope = reconciled.reconciling.scope
            state.last = reconciled.reconciling
        case .confirmed(let confirmed):
            guard let last = state.last else { return }
            state.last = CloudReconciling(
                scope: last.scope, list: confirmed.list, taken: confirmed.taken,
                outcome: confirmed.outcome, counts: last.counts)
        }
    }
}

package enum CloudAccountEvent: DomainEvent {
    case reconciled(CloudListReconciled)
    case confirmed(CloudListConfirmed)

    package var payload: any EventPayload {
        switch self {
        case .reconciled(let payload): payload
        case .confirmed(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case CloudListReconciled.type:
            self = .reconciled(try .decode(schemaVersion: version, data: data))
        case CloudListConfirmed.type:
            self = .confirmed(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// An account's list was held against the assets, and comes to something else than the one before.
package struct CloudListReconciled: EventPayload {
    package static let type = "CloudListReconciled"
    package let reconciling: CloudReconciling
    /// Digest of the outcome that it takes the place of.
    package let before: Digest?
    /// It has less than half of the instances of before, and somebody said that this is right.
    package let isShrinkAccepted: Bool?
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case reconciling, before
        case isShrinkAccepted = "is_shrink_accepted"
        case by
    }
}

/// A later list of the account comes to what the one before came to.
package struct CloudListConfirmed: EventPayload {
    package static let type = "CloudListConfirmed"
    package let list: Digest
    package let taken: Timestamp
    package let outcome: Digest
}

package enum CloudRejection: DomainRejection {
    case badField(FieldFault)
    case older(taken: Timestamp, known: Timestamp)
    case shrunk(from: Int, to: Int)

    package var kind: RejectionKind {
        switch self {
        case .badField: .invalid
        case .older: .stale
        case .shrunk: .wrongState
        }
    }

    package var code: String {
        switch self {
        case .badField(let fault): "bad-\(fault.field)"
        case .older: "older-list"
        case .shrunk: "list-shrank"
        }
    }

    package var message: String {
        switch self {
        case .badField(let fault): fault.description
        case .older(let taken, let known):
            "the list is from \(taken), and one from \(known) is known: send the newest one"
        case .shrunk(let before, let now):
            "the list has \(now) instances, and the one before had \(before): if more than half are "
                + "really gone, say --accept-shrink; else ask for the whole list again"
        }
    }
}
