package import APIContract
private import Application
private import EventSourcing

extension Problem {
    /// What is answered to a request that failed with `error`: the one place where errors get a
    /// status.
    package init(_ error: any Error, requestID: String) {
        let problem: Problem =
            switch error {
            case let error as Problem: error
            case let error as any DomainRejection: Problem(rejection: error)
            case let error as AppendRefusal: Problem(refusal: error)
            case let error as EventStoreError: Problem(store: error)
            case let error as QueryError: Problem(query: error)
            // To read it all the same would be to guess.
            case let error as EventCodingError: Problem(.unreadableEvent, "\(error)")
            default: Problem(useCase: error)
            }
        self.init(
            type: problem.type, title: problem.title, status: problem.status,
            detail: problem.detail, code: problem.code, errors: problem.errors,
            requestId: requestID)
    }

    private init(rejection: any DomainRejection) {
        let status =
            switch rejection.kind {
            case .invalid: 422
            case .wrongState: 409
            case .notAllowed: 403
            case .stale: 412
            case .notFound: 404
            }
        self.init(status, rejection.code, rejection.message)
    }

    private init(refusal: AppendRefusal) {
        switch refusal {
        case .versionConflict(let stream):
            self.init(
                .versionConflict,
                "\(stream) changed at the same time, again and again; look at it and try again")
        case .commandReused:
            self.init(
                .idempotencyConflict,
                "this Idempotency-Key came with another request before; use a new one")
        case .staleClaim:
            self.init(409, "stale-claim", "the work is no longer held; ask for work again")
        case .halted(let scope):
            self.init(409, "halted", "\(scope) is halted; nothing may start there")
        case .batchNotReleased:
            self.init(
                409, "batch-not-released", "the gate before this batch has not passed; wait for it")
        case .assetBusy(let attempt):
            self.init(
                409, "asset-busy", "attempt \(attempt) is under way on the asset; wait for its end")
        case .noSlot(let scope):
            self.init(409, "no-slot", "as many attempts as allowed are under way in \(scope); wait")
        case .outsideWindow(let wait):
            self.init(
                409, "outside-window",
                wait.until.map { "no window is open before \($0); wait for it" }
                    ?? "no window opens any more; plan it anew")
        case .frozen(let wait):
            let end = wait.until.map { "until \($0)" } ?? "until it is lifted"
            self.init(
                409, "frozen",
                "\(wait.freeze ?? "a freeze") holds \(end); wait, lift it, or override it")
        case .eventTooLarge(let type, let bytes):
            self.init(
                422, "event-too-large",
                "\(type) would have \(bytes) bytes, more than an entry may have; ask for less")
        }
    }

    private init(store error: EventStoreError) {
        if error.isRetryable {
            self.init(
                .unavailable,
                error.code == .readOnly
                    ? "the database takes no writes: it is a standby, or was set to read-only; reading "
                        + "goes on"
                    : "the database is not available now; try again shortly")
        } else if error.code == .corrupted {
            self.init(
                .historyDamaged,
                "what is stored is not what was written"
                    + (error.isForCallers ? ": \(error.message)" : "; the server's log says more")
                    + ". Nothing is decided by it; 'patchflow doctor' looks at all of it")
        } else if error.code == .archiveMissing {
            self.init(
                .unavailable,
                "events that this needs are in an archive that is not at hand: \(error.message)")
        } else {
            self.init(internalError: error)
        }
    }

    private init(query error: QueryError) {
        switch error {
        case .badCursor(let cursor):
            self.init(
                invalid: "cursor", "'\(cursor)' is not one that a page gave; begin without it")
        case .otherCursor(let cursor):
            self.init(
                invalid: "cursor",
                "'\(cursor)' is of a page with another order or other filters; ask for the next page "
                    + "with those, or begin without it")
        case .aheadOfLog(let position, let head):
            self.init(
                invalid: "position", "\(position) lies ahead of the log, which ends at \(head)")
        case .archived(let last):
            self.init(
                invalid: "as_of",
                "the events up to position \(last) are archived, and their times are not at hand; "
                    + "name a position instead of a time")
        case .behind(let position, let wanted):
            self.init(
                .unavailable,
                "the read models stand at \(position), before \(wanted); try again shortly")
        case .busy(let limit):
            self.init(
                .unavailable,
                "\(limit) reports are being counted, as many as may be at a time; try again shortly"
            )
        case .tooSlow(let limit):
            self.init(
                .unavailable,
                "it was not counted within \(limit.components.seconds) s; ask for one site, owner or "
                    + "environment, or when there is less to do")
        case .outdated:
            self.init(
                .unavailable,
                "the read models are being built anew and don't say all of it yet; "
                    + "'patchflow projection list' shows how far that is")
        }
    }

    private init(useCase error: any Error) {
        switch error {
        case let error as NotSignedIn:
            self.init(.notSignedIn, Self.words(for: error.cause))
        case let error as NotAllowed:
            self.init(.notAllowed, error.message)
        case let error as NotFound:
            self.init(.notFound, "there is no \(error.kind) '\(error.id)'")
        case let error as InvalidInput:
            self.init(
                .invalidField, "\(error.field): \(error.message)",
                errors: [FieldProblem(field: error.field, detail: error.message)])
        case let error as InvalidInputs:
            self.init(
                .invalidField, error.summary,
                errors: error.inputs.map { FieldProblem(field: $0.field, detail: $0.message) })
        case let error as StaleVersion:
            self.init(
                .versionConflict,
                "\(error.stream) has version \(error.actual), not \(error.expected); look at it "
                    + "again")
        case is CancellationError:
            self.init(.unavailable, "the server is stopping; try again shortly")
        default: self.init(internalError: error)
        }
    }

    /// Its words are for the log of the server, not for callers.
    private init(internalError error: any Error) {
        self.init(
            .internalError,
            "something is wrong inside patchflow; its log says more under this request's id")
    }

    private init(_ status: Int, _ code: String, _ detail: String) {
        self.init(
            title: Self.title(of: status), status: status, detail: detail, code: code,
            requestId: "")
    }

    private static func words(for cause: NotSignedIn.Cause) -> String {
        switch cause {
        case .noToken: "there is no token; send it as 'Authorization: Bearer pf_...'"
        case .unknown: "the token is not known here; ask an administrator for one"
        case .revoked: "the token was revoked; ask an administrator for a new one"
        case .expired: "the token has expired; ask an administrator for a new one"
        case .withoutRoles: "the roles of the token were taken back; ask an administrator"
        }
    }
}
