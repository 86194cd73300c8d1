import EventSourcing
import JSON
import Testing

@testable import PatchManagement

typealias ScopeStory = StreamStory<PolicyDecider>

@Suite("The policy of a scope")
struct PolicyDeciderTests {
    static let site = PolicyScope.site("berlin")
    static let stricter = PolicyDocument([.slaUrgent: .integer(86_400)])

    static func summary(faults: [String] = []) -> PolicyWhatIfSummary {
        PolicyWhatIfSummary(
            fields: 1, examined: 3, unexamined: 0,
            classes: [.init(before: .urgent, after: .urgent, findings: 2)], earlier: 2,
            faults: faults, position: 7)
    }

    static func proposed(_ document: PolicyDocument = stricter) throws -> ScopeStory {
        var story = ScopeStory()
        try story.tell(.propose(document, scope: site, reason: "the audit"), by: anna)
        return story
    }

    static func examined(_ document: PolicyDocument = stricter) throws -> ScopeStory {
        var story = try proposed(document)
        try story.examine()
        return story
    }

    static func published(_ document: PolicyDocument = stricter) throws -> ScopeStory {
        var story = try examined(document)
        try story.publish()
        return story
    }

    // MARK: Two people

    @Test("I14: whoever proposed doesn't publish, under no role and for nobody")
    func people() throws {
        let story = try Self.examined()
        for actor in [
            Actor(id: anna.id, role: "riskOwner"),
            Actor(id: anna.id, role: "riskOwner", onBehalfOf: "pe_other"),
            Actor(id: "pe_other", role: "riskOwner", onBehalfOf: anna.id),
        ] {
            #expect(
                story.refusal(of: try story.publication(), by: actor)
                    == .mayNotPublishOwnProposal(anna.id))
        }
        for role in Role.allCases where role != .riskOwner {
            #expect(
                story.refusal(
                    of: try story.publication(), by: Actor(id: "pe_other", role: role.rawValue))
                    == .riskOwnerNeeded(role.rawValue))
        }
    }

    @Test("Only the proposer withdraws, only a risk owner rejects")
    func ends() throws {
        let story = try Self.proposed()
        #expect(
            story.refusal(of: .withdraw(reason: "no"), by: rolf)
                == .mayNotWithdrawOfOthers(anna.id))
        #expect(
            story.refusal(of: .reject(reason: "no"), by: rita)
                == .riskOwnerNeeded("releaseManager"))
        for (command, actor) in [
            (PolicyCommand.withdraw(reason: "a slip"), anna), (.reject(reason: "too dear"), rolf),
        ] {
            var story = try Self.proposed()
            try story.tell(command, by: actor)
            #expect(story.state.phase == .unpublished)
            #expect(story.refusal(of: command, by: actor) == .nothingProposed)
        }
    }

    // MARK: Proposal, what-if, publication

    @Test("Nothing is published that nobody looked at, or a week ago, or that doesn't fit")
    func whatIf() throws {
        var story = try Self.proposed()
        #expect(story.refusal(of: try story.publication(), by: rolf) == .notExamined)
        try story.examine(faults: ["classification.sla '2, 1': …"])
        #expect(
            story.refusal(of: try story.publication(), by: rolf)
                == .doesNotFit("classification.sla '2, 1': …"))
        try story.examine()
        let looked = story.now
        story.pass(days: 7)
        #expect(story.refusal(of: try story.publication(), by: rolf) == .examinedTooLongAgo(looked))
        try story.examine(report: "again")
        try story.publish()
        #expect(story.state.phase == .published)
    }

    @Test("What is confirmed is exactly what was proposed: scope, version and document")
    func stale() throws {
        let story = try Self.examined()
        let current = try #require(story.state.proposal?.digest)
        let other = Digest(of: "other")
        #expect(
            story.refusal(
                of: .publish(proposal: other, reviewSeconds: 1, reason: "r"), by: rolf)
                == .staleProposal(given: other, current: current))
        #expect(
            PolicyDecider.proposalDigest(Self.site, 1, Self.stricter)
                != PolicyDecider.proposalDigest(.account, 1, Self.stricter))
        #expect(
            PolicyDecider.proposalDigest(Self.site, 1, Self.stricter)
                != PolicyDecider.proposalDigest(Self.site, 2, Self.stricter))
    }

    @Test("Versions rise by one, and a section keeps the version in which it changed last")
    func versions() throws {
        var story = try Self.published()
        #expect(story.state.published?.version == 1)
        var document = Self.stricter
        document[.gateMaxPercent] = .integer(2)
        try story.tell(.propose(document, scope: Self.site, reason: "gates"), by: anna)
        #expect(story.state.phase == .proposed)
        try story.examine()
        try story.publish()
        let published = try #require(story.state.published)
        #expect(published.version == 2)
        #expect(published.sections == [.classification: 1, .rollout: 2])
        try story.tell(.propose(PolicyDocument(), scope: Self.site, reason: "none"), by: anna)
        try story.examine()
        try story.publish()
        #expect(story.state.published?.sections == [.classification: 3, .rollout: 3])
        #expect(story.state.reviewDue == nil)
        #expect(story.timers.isEmpty)
    }

    @Test(
        "One proposal at a time; the same one again says nothing; one that changes nothing is none")
    func proposals() throws {
        var story = try Self.proposed()
        let again = PolicyCommand.propose(Self.stricter, scope: Self.site, reason: "the audit")
        #expect(try story.tell(again, by: anna).isEmpty)
        #expect(story.refusal(of: again, by: rita) == .alreadyProposed(version: 1))
        try story.examine()
        try story.publish()
        #expect(story.refusal(of: again, by: anna) == .changesNothing(Self.site))
        #expect(
            ScopeStory().refusal(
                of: .propose(PolicyDocument(), scope: Self.site, reason: "r"), by: anna)
                == .changesNothing(Self.site))
        #expect(
            story.refusal(
                of: .propose(PolicyDocument(), scope: .account, reason: "r"), by: anna)
                == .otherScope(.account, Self.site))
        #expect(
            ScopeStory().refusal(
                of: .propose(
                    PolicyDocument([.slaUrgent: .integer(0)]), scope: Self.site, reason: "r"),
                by: anna)?.code == "bad-classification-sla-urgent-seconds")
        #expect(
            ScopeStory().refusal(
                of: .propose(Self.stricter, scope: Self.site, reason: " "), by: anna)
                == .reasonMissing)
    }

    // MARK: Review

    @Test("After a year it is to be looked at again; a review renews it")
    func review() throws {
        var story = try Self.published()
        let due = try #require(story.timers["policy-review"])
        #expect(due == story.now + .seconds(365 * 86_400))
        #expect(
            story.refusal(of: .timer(.review), by: clock) == .notDueYet(.review, due))
        story.now = due
        try story.tell(.timer(.review), by: clock, timer: "policy-review")
        #expect(story.state.phase == .reviewDue)
        #expect(try story.tell(.timer(.review), by: clock).isEmpty)
        #expect(
            story.refusal(of: .review(reason: "fine"), by: anna) == .riskOwnerNeeded(anna.role))
        try story.tell(.review(reason: "still right"), by: rolf)
        #expect(story.state.phase == .published)
        #expect(story.timers["policy-review"] == due + .seconds(365 * 86_400))
        #expect(
            ScopeStory().refusal(of: .review(reason: "r"), by: rolf) == .nothingPublished)
    }
}

extension StreamStory where D == PolicyDecider {
    func publication() throws -> PolicyCommand {
        .publish(
            proposal: try #require(state.proposal?.digest),
            reviewSeconds: PolicyDecider.usualReviewSeconds, reason: "looked at it")
    }

    mutating func examine(faults: [String] = [], report: String = "report") throws {
        try tell(
            .examine(
                PolicyDeciderTests.summary(faults: faults),
                report: Digest(of: report + faults.joined()),
                proposal: try #require(state.proposal?.digest)), by: anna)
    }

    mutating func publish() throws { try tell(try publication(), by: rolf) }
}
