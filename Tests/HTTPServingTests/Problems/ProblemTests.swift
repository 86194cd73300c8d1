import APIContract
import Application
import EventSourcing
import HTTPServing
import PatchManagement
import Testing

/// Every error has one status and one code.
@Suite(.timeLimit(.minutes(1))) struct ProblemTests {
    private static let stream = StreamID("pa_00000000-0000-4000-8000-000000000001")

    private struct Rejected: DomainRejection {
        let kind: RejectionKind
        let code = "no-such-luck"
        let message = "luck is '0': bring some"
    }

    @Test(
        arguments: [
            (.invalid, 422), (.wrongState, 409), (.notAllowed, 403), (.stale, 412),
            (.notFound, 404),
        ] as [(RejectionKind, Int)])
    func aRejectionKeepsItsCodeAndItsWords(kind: RejectionKind, status: Int) {
        let problem = Problem(Rejected(kind: kind), requestID: "r1")
        #expect(problem.status == status)
        #expect(problem.code == "no-such-luck")
        #expect(problem.detail == "luck is '0': bring some")
        #expect(problem.requestId == "r1")
    }

    @Test func everyRefusalOfTheStoreHasACode() throws {
        let stream = try #require(Self.stream)
        let refusals: [(AppendRefusal, Int, String)] = [
            (.versionConflict(stream), 412, "version-conflict"),
            (.commandReused, 409, "idempotency-conflict"), (.staleClaim, 409, "stale-claim"),
            (.halted(scope: "globe"), 409, "halted"),
            (.batchNotReleased, 409, "batch-not-released"),
            (.assetBusy(attempt: "x"), 409, "asset-busy"),
            (.noSlot(scope: "site/a"), 409, "no-slot"),
            (.eventTooLarge(type: "X", bytes: 70_000), 422, "event-too-large"),
        ]
        for (refusal, status, code) in refusals {
            let problem = Problem(refusal, requestID: "")
            #expect(problem.status == status)
            #expect(problem.code == code)
        }
    }

    @Test func aStoreThatIsAwayAsksForPatienceAndABrokenOneKeepsItsSecrets() {
        for code in [EventStoreError.Code.unavailable, .inDoubt, .overloaded] {
            #expect(Problem(EventStoreError(code, "x"), requestID: "").status == 503)
        }
        for code in [EventStoreError.Code.corrupted, .failed, .schemaTooNew] {
            let problem = Problem(EventStoreError(code, "password=hunter2"), requestID: "")
            #expect(problem.status == 500)
            #expect(!problem.detail.contains("hunter2"))
        }
    }

    @Test func anEventOfANewerFormIsRefusedByNameAndNeverGuessedAt() {
        let problem = Problem(
            EventCodingError.newerVersion(type: "RoleGranted", schemaVersion: 3, known: 2),
            requestID: "")
        #expect(problem.status == 500)
        #expect(problem.code == "unreadable-event")
        #expect(problem.detail.contains("schema version 3 of 'RoleGranted' is newer"))
    }

    @Test func errorsOfTheUseCasesNameTheirFields() {
        let invalid = Problem(InvalidInput(field: "soak", message: "'x' is bad"), requestID: "")
        #expect(invalid.status == 422)
        #expect(invalid.errors == [FieldProblem(field: "soak", detail: "'x' is bad")])
        let several = Problem(
            InvalidInputs(
                "two",
                [InvalidInput(field: "a", message: "b"), InvalidInput(field: "c", message: "d")]),
            requestID: "")
        #expect(several.errors.map(\.field) == ["a", "c"])
        let missing = Problem(NotFound(.patch, "pa_1"), requestID: "")
        #expect(missing.status == 404)
        #expect(missing.detail == "there is no patch 'pa_1'")
        let forbidden = Problem(NotAllowed(action: .approvePatch, held: [.viewer]), requestID: "")
        #expect(forbidden.status == 403)
        #expect(forbidden.detail.contains("approver"))
        #expect(APIContract.ExitStatus(forbidden) == .notAllowed)
        for wrong in [QueryError.badCursor("x"), .otherCursor("x")] {
            let problem = Problem(wrong, requestID: "")
            #expect(problem.status == 422)
            #expect(problem.errors.map(\.field) == ["cursor"])
        }
        for later in [QueryError.busy(limit: 2), .tooSlow(limit: .seconds(240)), .outdated] {
            #expect(Problem(later, requestID: "").status == 503, "\(later)")
        }
        #expect(Problem(QueryError.behind(position: 1, wanted: 2), requestID: "").status == 503)
        #expect(Problem(CancellationError(), requestID: "").status == 503)
    }
}
