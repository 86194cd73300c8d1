package import EventSourcing
package import FoundationEssentials
package import PatchManagement

/// Everything that a person can ask for, one method each in the feature folders: authorise, load,
/// decide, append, answer. The only door for API, command line and pages.
package struct UseCases: Sendable {
    package let bus: CommandBus
    package let store: any EventStore
    package let reads: any ReadModel
    package let sealedLog: any SealedLog
    package let subjectKeys: any SubjectKeys
    let advisories: AdvisoryCatalogue
    package let now: @Sendable () -> Timestamp
    package let newID: @Sendable () -> UUID

    package init(
        bus: CommandBus, store: any EventStore, reads: any ReadModel, sealedLog: any SealedLog,
        subjectKeys: any SubjectKeys,
        now: @escaping @Sendable () -> Timestamp, newID: @escaping @Sendable () -> UUID
    ) {
        self.bus = bus
        self.store = store
        self.reads = reads
        self.sealedLog = sealedLog
        self.subjectKeys = subjectKeys
        advisories = AdvisoryCatalogue(store: store, bus: bus)
        self.now = now
        self.newID = newID
    }

    /// - Throws: `NotAllowed` when no role of `caller` may do `action`.
    /// - Returns: The role under which it is done and recorded.
    package func authorise(_ caller: Caller, _ action: Action) throws(NotAllowed) -> Role {
        guard let role = Authorisation.role(among: caller.roles, for: action) else {
            throw NotAllowed(action: action, held: caller.roles)
        }
        return role
    }

    /// Who commands and under which id: the same caller with the same key is the same command (I10).
    ///
    /// - Parameter part: Tells commands apart that one request sends to several streams.
    package func context(
        _ order: Order, _ action: Action, part: String = ""
    ) throws(NotAllowed) -> CommandContext {
        let role = try authorise(order.caller, action)
        let command = UUID.version5(
            namespace: order.caller.person.uuid,
            name: "command/\(order.idempotencyKey)" + (part.isEmpty ? "" : "/\(part)"))
        return CommandContext(
            actor: order.caller.actor(as: role), at: now(),
            commandID: command,
            correlationID: .version5(
                namespace: order.caller.person.uuid, name: "command/\(order.idempotencyKey)"))
    }

    /// What goes with a command of `order`: its digest, and the version that the caller saw.
    package func options(_ order: Order) -> CommandBus.Options {
        var options = CommandBus.Options()
        options.requestDigest = order.requestDigest
        options.expectedVersion = order.expectedVersion
        return options
    }

    /// What goes with one of several commands of `order`: the version that the caller saw is of
    /// none of their streams.
    package func partOptions(_ order: Order) -> CommandBus.Options {
        var options = options(order)
        options.expectedVersion = nil
        return options
    }
}

/// Somebody who was let in, and the roles that the token gives now.
package struct Caller: Sendable, Equatable {
    package let person: StreamID
    package let roles: [Role]
    /// Where patchflow acts by itself: the person for whom.
    let onBehalfOf: String?

    package init(person: StreamID, roles: [Role]) {
        self.person = person
        self.roles = roles
        onBehalfOf = nil
    }

    /// The workflow, at what a schedule has asked for.
    ///
    /// - Parameter creator: Who made the schedule.
    init(schedule: StreamID, for creator: Actor) {
        person = schedule
        roles = [.workflow]
        onBehalfOf = creator.id
    }

    func actor(as role: Role) -> Actor {
        guard role.isService else { return Actor(id: person.text, role: role.rawValue) }
        return Actor(id: role.rawValue, role: role.rawValue, onBehalfOf: onBehalfOf)
    }
}

/// What comes with every request to change something.
package struct Order: Sendable, Equatable {
    package let caller: Caller
    package let idempotencyKey: String
    /// Of what was asked: method, path and body.
    package let requestDigest: Digest
    /// The version that the caller saw (`If-Match`).
    package let expectedVersion: Int?

    package init(
        caller: Caller, idempotencyKey: String, requestDigest: Digest, expectedVersion: Int? = nil
    ) {
        self.caller = caller
        self.idempotencyKey = idempotencyKey
        self.requestDigest = requestDigest
        self.expectedVersion = expectedVersion
    }
}

/// None of the caller's roles may do that (403).
package struct NotAllowed: Error, Equatable {
    package let action: Action
    package let held: [Role]

    package var message: String {
        let needed = Authorisation.roles(for: action).filter { !$0.isService }.map(\.rawValue)
        return "'\(action.rawValue)' needs one of the roles \(needed.joined(separator: ", ")); "
            + "this token has \(held.map(\.rawValue).joined(separator: ", "))"
    }

    package init(action: Action, held: [Role]) {
        self.action = action
        self.held = held
    }
}

/// There is no such thing (404).
package struct NotFound: Error, Equatable {
    /// Such as `patch`.
    package let kind: String
    package let id: String

    package init(_ kind: ViewKind, _ id: String) {
        self.init(kind.rawValue, id)
    }

    /// A stream of which there is no event.
    package init(_ stream: StreamID) {
        let kind: ViewKind? =
            switch stream.prefix {
            case AssetDecider.prefix: .asset
            case PatchDecider.prefix: .patch
            case RolloutDecider.prefix: .rollout
            case DeploymentDecider.prefix: .deployment
            case PersonDecider.prefix: .person
            case FeedDecider.prefix: .feed
            case FindingDecider.prefix: .finding
            case ExceptionDecider.prefix: .exception
            case ControlDecider.prefix: .control
            case BaselineDecider.prefix: .baseline
            case EmergencyDecider.prefix: .emergency
            case StandingApprovalDecider.prefix: .standingApproval
            case DisasterDecider.prefix: .disaster
            case PolicyDecider.prefix: .policy
            case FreezeDecider.prefix: .freeze
            case CapDecider.prefix: .cap
            case ScheduleDecider.prefix: .schedule
            case CloudAccountDecider.prefix: .cloudAccount
            case AttributeRuleDecider.prefix: .attributeRule
            default: nil
            }
        self.init(kind?.rawValue ?? "stream", stream.text)
    }

    package init(_ kind: String, _ id: String) {
        self.kind = kind
        self.id = id
    }
}

/// A field of the request can't be right (422): `field` as the API names it.
package struct InvalidInput: Error, Sendable, Equatable {
    package let field: String
    /// One sentence with the value, and what to do.
    package let message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// Several things of one request can't be right (422), all of them at once.
package struct InvalidInputs: Error, Sendable, Equatable {
    /// Of all of them.
    package let summary: String
    package let inputs: [InvalidInput]

    package init(_ summary: String, _ inputs: [InvalidInput]) {
        self.summary = summary
        self.inputs = inputs
    }
}
