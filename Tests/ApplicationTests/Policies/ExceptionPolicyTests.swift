import Application
import EventSourcing
import PatchManagement
import Testing

/// The section `exceptions` of a policy.
@Suite("Exceptions are requested by the policy of what they are for", .timeLimit(.minutes(2)))
struct ExceptionPolicyTests {
    @Test("Of several policies the shortest life counts, and all of their reminders")
    func strictest() {
        var short = ExceptionPolicy()
        short.longestSeconds = 3600
        short.reminderSeconds = [600, 60]
        let both = ExceptionPolicy.strictest(of: [ExceptionPolicy(), short])
        #expect(both.longestSeconds == 3600)
        #expect(both.reminderSeconds == [30 * 86_400, 7 * 86_400, 86_400, 600, 60])
        #expect(ExceptionPolicy.strictest(of: []) == ExceptionPolicy())
        var many = ExceptionPolicy()
        many.reminderSeconds = (1...10).reversed().map { $0 * 7 }
        let most = ExceptionPolicy.strictest(of: [ExceptionPolicy(), many])
        #expect(most.reminderSeconds == many.reminderSeconds)
        #expect(most.faults.isEmpty)
    }

    private func request(
        _ scope: ExceptionScope, days: Int, _ house: House
    ) -> ExceptionRequest {
        ExceptionRequest(
            kind: .acceptRisk, scope: scope, until: house.clock.now + .seconds(days * 86_400),
            reason: "the vendor is slow")
    }

    private func code(
        _ scope: ExceptionScope, days: Int, _ house: House
    ) async throws -> String {
        try await house.code(house.order(alice)) {
            try await house.useCases.requestException(request(scope, days: days, house), $0)
        }
    }

    @Test("One asset has its own policy, several have the strictest of theirs")
    func scopes() async throws {
        try await withHouse { house in
            try await house.exposed()
            try await house.publish(
                #"{"exceptions":{"longest_seconds":2592000,"reminder_seconds":[86400]}}"#,
                "account")
            let (strict, other) = (House.asset("web-1"), House.asset("web-2"))
            let one = ExceptionScope(assets: [strict])
            #expect(try await code(one, days: 31, house) == "end-out-of-range")
            let accepted = try await house.useCases.requestException(
                request(one, days: 29, house), house.order(alice))
            let policy = try await house.exception(accepted.id).policy
            #expect(policy.longestSeconds == 2_592_000)
            #expect(policy.reminderSeconds == [86_400])

            try await house.publish(
                #"{"exceptions":{"longest_seconds":864000}}"#, "asset:\(strict.text)")
            let finding = try House.finding("CVE-2026-1", on: "web-1")
            for scope in [
                one, ExceptionScope(assets: [strict, other]), ExceptionScope(findings: [finding]),
                ExceptionScope(group: TargetSelector(environments: [.production])),
            ] {
                #expect(try await code(scope, days: 11, house) == "end-out-of-range")
                _ = try await house.useCases.requestException(
                    request(scope, days: 9, house), house.order(alice))
            }
            for scope in [
                ExceptionScope(assets: [other]),
                ExceptionScope(group: TargetSelector(environments: [.production], sites: ["x"])),
            ] {
                _ = try await house.useCases.requestException(
                    request(scope, days: 29, house), house.order(alice))
            }
        }
    }
}
