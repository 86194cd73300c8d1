import EventSourcing
import JSON
import Testing

@testable import PatchManagement

@Suite("For how long what happened is kept")
struct RetentionPolicyTests {
    private func policy(_ values: [PolicyField: JSONValue]) -> RetentionPolicy {
        PolicyBook([EffectivePolicyTests.published(.account, values)])
            .effective(for: PolicyPath()).retention
    }

    @Test("Events stay in the database until they are as old as the policy asks for")
    func online() {
        let policy = policy([.retentionOnline: .integer(86_400)])
        let recorded = Moments.start
        let end = recorded + .seconds(86_400)
        #expect(policy.staysOnline(recorded: recorded, at: end + .microseconds(-1)) == end)
        #expect(policy.staysOnline(recorded: recorded, at: end) == nil)
        #expect(self.policy([:]).staysOnline(recorded: recorded, at: recorded) == nil)
    }

    @Test("Evidence is kept for three years at least")
    func evidence() {
        #expect(policy([:]).evidenceSeconds == 3 * 366 * 86_400)
        let short = PolicyDocument([.retentionEvidence: .integer(86_400)])
        #expect(short.faults.map(\.field) == ["retention.evidence_seconds"])
    }

    @Test("Only the account says it, as the log is one for all")
    func account() throws {
        let document = PolicyDocument([.retentionOnline: .integer(86_400)])
        #expect(document.misplaced(in: .account).isEmpty)
        for scope in [PolicyScope.site("berlin"), .group("web"), .asset(production(1))] {
            #expect(document.misplaced(in: scope).map(\.field) == ["retention.online_seconds"])
            #expect(throws: PolicyRejection.self) {
                try PolicyDecider.decide(
                    .propose(document, scope: scope, reason: "r"),
                    CommandContext(actor: rita, at: Moments.start, commandID: uuid(1)),
                    ScopedPolicy())
            }
        }
    }
}
