/// An error as RFC 9457 `application/problem+json`. `code` is for programs: a rejection of the domain,
/// or one of `ProblemCode`.
package struct Problem: Codable, Sendable, Equatable, Error {
    package let type: String
    /// Of the status, the same for every problem with it.
    package let title: String
    package let status: Int
    /// One sentence: what is wrong, with the value, and what to do.
    package let detail: String
    package let code: String
    package let errors: [FieldProblem]
    package let requestId: String

    package init(
        type: String = "about:blank", title: String, status: Int, detail: String, code: String,
        errors: [FieldProblem] = [], requestId: String
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.errors = errors
        self.requestId = requestId
    }
}

/// One field, or one line of an inventory, that is wrong.
package struct FieldProblem: Codable, Sendable, Equatable {
    /// Such as `checks.command` or `line 7`.
    package let field: String
    package let detail: String

    package init(field: String, detail: String) {
        self.field = field
        self.detail = detail
    }
}

/// Codes of problems that the edge itself finds; the domain's own are its rejections' codes.
package enum ProblemCode: String, Sendable, CaseIterable {
    case malformedBody = "malformed-body"
    case unknownField = "unknown-field"
    case invalidField = "invalid-field"
    case missingIdempotencyKey = "missing-idempotency-key"
    case idempotencyConflict = "idempotency-conflict"
    case notSignedIn = "not-signed-in"
    case notAllowed = "not-allowed"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case versionConflict = "version-conflict"
    case stalePlan = "stale-plan"
    case bodyTooLarge = "body-too-large"
    case evidenceIncomplete = "evidence-incomplete"
    /// The log holds an event that this version of the server can't read.
    case unreadableEvent = "unreadable-event"
    /// What is stored is not what was written: changed or removed by hand, or by a failing disk.
    case historyDamaged = "history-damaged"
    case unavailable
    case internalError = "internal-error"

    package var status: Int {
        switch self {
        case .malformedBody, .unknownField, .missingIdempotencyKey: 400
        case .notSignedIn: 401
        case .notAllowed: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .idempotencyConflict, .evidenceIncomplete: 409
        case .versionConflict, .stalePlan: 412
        case .bodyTooLarge: 413
        case .invalidField: 422
        case .internalError, .unreadableEvent, .historyDamaged: 500
        case .unavailable: 503
        }
    }
}

extension Problem {
    /// A problem that the edge found.
    package init(
        _ code: ProblemCode, _ detail: String, errors: [FieldProblem] = [], requestId: String = ""
    ) {
        self.init(
            title: Self.title(of: code.status), status: code.status, detail: detail,
            code: code.rawValue, errors: errors, requestId: requestId)
    }

    /// The name of an HTTP status.
    package static func title(of status: Int) -> String {
        switch status {
        case 400: "Bad request"
        case 401: "Not signed in"
        case 403: "Not allowed"
        case 404: "Not found"
        case 405: "Method not allowed"
        case 409: "Conflict"
        case 412: "Precondition failed"
        case 413: "Content too large"
        case 422: "Invalid"
        case 429: "Too many requests"
        case 503: "Not available now"
        default: "Failed"
        }
    }
}
