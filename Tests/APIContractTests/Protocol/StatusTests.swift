import APIContract
import Testing

/// Codes, statuses and exit statuses: numbers that scripts rely on.
@Suite struct StatusTests {
    @Test func everyCodeOfTheEdgeHasItsStatus() {
        let table = ProblemCode.allCases.map { "\($0.rawValue) \($0.status)" }
        #expect(
            table == [
                "malformed-body 400", "unknown-field 400", "invalid-field 422",
                "missing-idempotency-key 400", "idempotency-conflict 409", "not-signed-in 401",
                "not-allowed 403", "not-found 404", "method-not-allowed 405",
                "version-conflict 412", "stale-plan 412", "body-too-large 413",
                "evidence-incomplete 409", "unreadable-event 500",
                "history-damaged 500", "unavailable 503", "internal-error 500",
            ])
    }

    @Test func exitStatusesAreAPromise() {
        #expect(APIContract.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        let table: [(ProblemCode, APIContract.ExitStatus)] = [
            (.notSignedIn, .notAllowed), (.notAllowed, .notAllowed), (.stalePlan, .stale),
            (.versionConflict, .stale), (.evidenceIncomplete, .evidenceFailed),
            (.historyDamaged, .evidenceFailed), (.idempotencyConflict, .failed),
            (.notFound, .failed), (.unavailable, .failed),
        ]
        for (code, exit) in table { #expect(APIContract.ExitStatus(Problem(code, "x")) == exit) }
    }

    @Test func aRolloutGoesOnUntilItEndsOrHalts() {
        for state in ["planned", "awaitingApproval", "running", "soaking", "rollingBack"] {
            #expect(APIContract.ExitStatus(rolloutState: state) == nil)
        }
        #expect(APIContract.ExitStatus(rolloutState: "completedWithFailures") == .done)
        #expect(APIContract.ExitStatus(rolloutState: "paused") == .halted)
    }
}
