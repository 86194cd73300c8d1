package import EventSourcing
private import FoundationEssentials

/// What is said of the log itself, in a stream of its own: there is one such stream.
package enum LogDecider: Decider {
    package static let prefix = "lg"
    package static var initialState: LogHistory { LogHistory() }

    /// The stream.
    package static let stream = StreamID(
        prefix: prefix,
        UUID(
            uuid: (
                0x70, 0x61, 0x74, 0x63, 0x68, 0x66, 0x40, 0x77, 0x80, 0x6C, 0x6F, 0x67, 0, 0, 0, 1
            )))

    package static func decide(
        _ command: LogCommand, _ context: CommandContext, _ state: LogHistory
    ) throws(LogRejection) -> [LogEvent] {
        switch command {
        case .beginIncarnation(let begun):
            guard !isBlank(begun.reason) else { throw .reasonMissing }
            guard begun.number > state.incarnation else {
                throw .notAbove(begun.number, state.incarnation)
            }
            return [.incarnationBegun(begun)]
        case .succeedKey(let succeeded):
            guard !isBlank(succeeded.reason) else { throw .reasonMissing }
            guard succeeded.old == state.key ?? succeeded.old else {
                throw .otherKey(succeeded.old, state.key ?? "")
            }
            return [.keySucceeded(succeeded)]
        case .destroyKey(let destroyed):
            guard !isBlank(destroyed.reason) else { throw .reasonMissing }
            guard destroyed.key != state.key else { throw .keyInUse(destroyed.key) }
            return state.destroyedKeys.contains(destroyed.key) ? [] : [.keyDestroyed(destroyed)]
        }
    }

    package static func evolve(_ state: inout LogHistory, _ event: LogEvent) {
        switch event {
        case .incarnationBegun(let begun): state.incarnation = begun.number
        case .keySucceeded(let succeeded): state.key = succeeded.new
        case .keyDestroyed(let destroyed): state.destroyedKeys.append(destroyed.key)
        }
    }
}

/// Which restore of the database the log has come to.
package struct LogHistory: Sendable, Equatable {
    /// 1 until the first restore.
    package var incarnation: Int64 = 1
    /// The public key that has succeeded another last; nil as long as none has.
    package var key: String?
    /// In the order in which it was said.
    package var destroyedKeys: [String] = []

    package init() {}
}

package enum LogCommand: Sendable, Equatable {
    case beginIncarnation(IncarnationBegun)
    case succeedKey(LogKeySucceeded)
    case destroyKey(LogKeyDestroyed)
}

package enum LogEvent: DomainEvent {
    case incarnationBegun(IncarnationBegun)
    case keySucceeded(LogKeySucceeded)
    case keyDestroyed(LogKeyDestroyed)

    package var payload: any EventPayload {
        switch self {
        case .incarnationBegun(let payload): payload
        case .keySucceeded(let payload): payload
        case .keyDestroyed(let payload): payload
        }
    }

    package init(type: String, schemaVersion: Int, data: [UInt8]) throws {
        switch type {
        case IncarnationBegun.type:
            self = .incarnationBegun(try .decode(schemaVersion: schemaVersion, data: data))
        case LogKeySucceeded.type:
            self = .keySucceeded(try .decode(schemaVersion: schemaVersion, data: data))
        case LogKeyDestroyed.type:
            self = .keyDestroyed(try .decode(schemaVersion: schemaVersion, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// The log goes on from a database that is not what was sealed last, because a backup was restored:
/// checkpoints after this are not consistent with those of the lost history.
package struct IncarnationBegun: EventPayload {
    package static let type = "IncarnationBegun"
    /// Above all before; fences begin with it.
    package let number: Int64
    package let reason: String
    /// What the signer had signed last.
    package let lostSize: Int64
    package let lostRoot: Digest
    /// What it goes on from: the last head that the database has.
    package let resumedSize: Int64
    package let resumedRoot: Digest

    package init(
        number: Int64, reason: String, lostSize: Int64, lostRoot: Digest, resumedSize: Int64,
        resumedRoot: Digest
    ) {
        self.number = number
        self.reason = reason
        self.lostSize = lostSize
        self.lostRoot = lostRoot
        self.resumedSize = resumedSize
        self.resumedRoot = resumedRoot
    }
}

package enum LogRejection: DomainRejection {
    case reasonMissing
    case notAbove(Int64, Int64)
    case otherKey(String, String)
    case keyInUse(String)

    package var code: String {
        switch self {
        case .reasonMissing: "reason-missing"
        case .notAbove: "incarnation-not-above"
        case .otherKey: "log-key-other"
        case .keyInUse: "log-key-in-use"
        }
    }

    package var message: String {
        switch self {
        case .reasonMissing: "reason is empty: say why, for those who read the log"
        case .notAbove(let number, let current):
            "incarnation \(number) is not above the current one, \(current): look again, and say a "
                + "higher one"
        case .otherKey(let old, let current):
            "the key \(old) is not the one that the log has named last, \(current): look which key "
                + "file belongs to this database"
        case .keyInUse(let key):
            "the key \(key) is the newest of the log: have another succeed it first"
        }
    }

    package var kind: RejectionKind {
        switch self {
        case .reasonMissing: .invalid
        case .notAbove, .otherKey, .keyInUse: .stale
        }
    }
}
