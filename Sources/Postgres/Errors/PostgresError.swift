/// What went wrong between this program and PostgreSQL.
///
/// A task that was cancelled gets `CancellationError` instead, and only when its statement was
/// really stopped (or never sent).
package struct PostgresError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        /// The connection could not be made, or broke.
        case connectionLost
        /// A time-out of this library (connecting, waiting for the pool).
        case timedOut
        /// The server refused the statement: see `sqlState`.
        case server
        /// The server, or the caller, did something that the protocol does not allow.
        case protocolViolation
        /// A value could not be read as the type asked for.
        case decoding
        /// Too many already wait for a connection.
        case poolExhausted
        /// The connection or the pool was closed by this program, or its lease has ended.
        case closed
        /// The statement was stopped because its task was cancelled (pipelines only).
        case cancelled
        /// COMMIT was asked for, but the server rolled back, since a statement had failed before.
        case rolledBack
        /// The server committed, and warned at COMMIT that it need not last: an administrator has
        /// cancelled the wait for a synchronous standby.
        case committedInDoubt
    }

    /// Whether the statement, or the group, can have had an effect in the database.
    package enum Effect: String, Sendable {
        /// It was never sent, or the server refused it.
        case none
        /// It was sent and its answer was lost: read back before trying again.
        case unknown
    }

    package var code: Code
    package var message: String
    package var effect: Effect = .none
    package var sqlState: SQLState?
    package var severity: String?
    package var detail: String?
    package var hint: String?
    package var constraint: String?
    package var table: String?
    package var column: String?
    /// The beginning of the statement's text, without its values.
    package var statement: String?

    package init(_ code: Code, _ message: String, effect: Effect = .none) {
        self.code = code
        self.message = message
        self.effect = effect
    }

    /// True when the connection is gone, so that another one is needed.
    package var isConnectionLoss: Bool { code == .connectionLost }

    /// True when the statement may have been executed though no answer came (commit in doubt).
    package var mayHaveTakenEffect: Bool { effect == .unknown }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "PostgreSQL: \(message)"
        if let sqlState { text += " (\(sqlState.rawValue))" }
        if let detail { text += ". \(detail)" }
        if let hint { text += ". Hint: \(hint)" }
        if sqlState == .readOnly {
            text +=
                ". The server takes no writes, as a standby does: connect to the primary, for example "
                + "by several hosts and target_session_attrs=read-write"
        }
        if let statement { text += ". In: \(statement)" }
        if effect == .unknown { text += ". The statement may have been executed" }
        return text
    }
}

/// The five characters by which PostgreSQL names an error, for example `23505`.
package struct SQLState: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }

    package static let insufficientPrivilege: SQLState = "42501"
    package static let uniqueViolation: SQLState = "23505"
    package static let foreignKeyViolation: SQLState = "23503"
    package static let notNullViolation: SQLState = "23502"
    package static let checkViolation: SQLState = "23514"
    package static let serializationFailure: SQLState = "40001"
    package static let deadlockDetected: SQLState = "40P01"
    package static let queryCancelled: SQLState = "57014"
    package static let adminShutdown: SQLState = "57P01"
    package static let crashShutdown: SQLState = "57P02"
    package static let cannotConnectNow: SQLState = "57P03"
    package static let undefinedTable: SQLState = "42P01"
    package static let undefinedStatement: SQLState = "26000"
    package static let featureNotSupported: SQLState = "0A000"
    package static let lockNotAvailable: SQLState = "55P03"
    /// Of a server or a transaction that takes no writes.
    package static let readOnly: SQLState = "25006"
    package static let diskFull: SQLState = "53100"
    /// A page that isn't what was written.
    package static let dataCorrupted: SQLState = "XX001"
    package static let indexCorrupted: SQLState = "XX002"

    /// The first two characters.
    package var errorClass: String { String(rawValue.prefix(2)) }
}

/// What the server said besides the result, for example by RAISE NOTICE or at COMMIT.
package struct PostgresNotice: Sendable, Hashable {
    /// Not translated: `WARNING`, `NOTICE`, `INFO`, `DEBUG`, `LOG`.
    package let severity: String
    package let sqlState: SQLState
    package let message: String
    package let detail: String?
}
