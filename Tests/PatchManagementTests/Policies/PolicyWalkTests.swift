import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

/// Random commands by random people, at random moments: whatever is accepted keeps the rules.
@Suite("Random lives of a policy")
struct PolicyWalkTests {
    private let people = ["pe_anna", "pe_rolf", "pe_rita"]

    @Test("I14: two people and a what-if for each publication, rising versions, and a way on")
    func lives() throws {
        var random = SeededRandom.fresh("random lives of a policy")
        var exits: [PolicyPhase: Set<PolicyPhase>] = [:]
        for _ in 0..<400 {
            var story = ScopeStory()
            for _ in 0..<30 {
                let (command, timer) = command(&random, &story)
                let role = random.pick(Authorisation.roles(for: command.action))
                let actor =
                    role.isService
                    ? Actor.service(role) : Actor(id: random.pick(people), role: role.rawValue)
                let before = story.state
                do {
                    try story.tell(command, by: actor, timer: timer)
                } catch {
                    #expect(error is PolicyRejection)
                    #expect(story.state == before, "seed: \(random.seed)")
                    continue
                }
                let state = story.state
                if before.phase != state.phase {
                    exits[before.phase, default: []].insert(state.phase)
                }
                if state.published != before.published { try check(before, state, random.seed) }
                if !state.isReviewDue {
                    #expect(story.timers["policy-review"] == state.reviewDue)
                }
                #expect((try? story.tell(command, by: actor))?.isEmpty ?? true, "I10")
                story.now = story.now + .seconds(random.pick([1, 3600, 5 * 86_400, 200 * 86_400]))
            }
            #expect(PolicyDecider.state(after: story.events) == story.state)
        }
        for phase in PolicyPhase.allCases { #expect(exits[phase]?.isEmpty == false, "\(phase)") }
    }

    private func check(_ before: ScopedPolicy, _ after: ScopedPolicy, _ seed: UInt64) throws {
        let proposal = try #require(before.proposal, "seed: \(seed)")
        let published = try #require(after.published)
        #expect(published.version == (before.published?.version ?? 0) + 1, "seed: \(seed)")
        #expect(published.version == proposal.version)
        #expect(published.document == proposal.document)
        #expect(proposal.whatIf?.faults == [])
        #expect(after.publishedBy?.id != proposal.by.id, "seed: \(seed)")
        #expect(after.publishedBy?.role == "riskOwner")
        let changed = Set(published.sections.filter { $0.value == published.version }.keys)
        #expect(
            changed
                == Set(
                    published.document.sections(
                        unlike: before.published?.document ?? PolicyDocument())))
    }

    private func command(
        _ random: inout SeededRandom, _ story: inout ScopeStory
    ) -> (PolicyCommand, String?) {
        if random.chance(20), let due = story.timers["policy-review"] {
            if random.chance(60) { story.now = max(story.now, due) }
            return (.timer(.review), "policy-review")
        }
        let reason = random.chance(90) ? "the audit" : ""
        let digest = story.state.proposal?.digest ?? Digest(of: "none")
        switch random.below(story.state.scope == nil ? 1 : 9) {
        case 0, 1:
            var document = PolicyDocument()
            for field in [PolicyField.slaUrgent, .gateMaxPercent] where random.chance(60) {
                document[field] = .integer(Int64(random.below(3)))
            }
            return (.propose(document, scope: .site("berlin"), reason: reason), nil)
        case 2, 3:
            return (
                .examine(
                    PolicyDeciderTests.summary(faults: random.chance(20) ? ["no"] : []),
                    report: Digest(of: "\(random.next())"), proposal: digest), nil
            )
        case 4, 5, 6:
            let given = random.chance(90) ? digest : Digest(of: "other")
            return (
                .publish(
                    proposal: given, reviewSeconds: random.pick([0, 30 * 86_400, .max]),
                    reason: reason), nil
            )
        case 7:
            return (random.chance(50) ? .reject(reason: reason) : .withdraw(reason: reason), nil)
        default: return (.review(reason: reason), nil)
        }
    }
}
