import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Findings that are seen again, by somebody who may lag")
struct FindingAgainTests {
    private let policy = ClassificationPolicy()
    private let analyst = Actor(id: "pe_anna", role: Role.analyst.rawValue)

    private func dismissed(
        _ dismissal: FindingDismissal, by actor: Actor, observed: Timestamp? = nil
    ) throws -> FindingStory {
        var story = try FindingStory.classified()
        story.pass(days: 2)
        try story.tell(
            .dismiss(dismissal, reason: "it is none", observed: observed), by: actor)
        return story
    }

    // MARK: Dismissals

    @Test(
        "What the monitor dismissed is opened again by what it sees later, by the same match too",
        arguments: [FindingDismissal.withdrawn, .notAffected, .assetDecommissioned])
    func dismissedByMonitor(dismissal: FindingDismissal) throws {
        var story = try dismissed(dismissal, by: monitor)
        #expect(story.state.dismissed?.dismissal == dismissal)
        #expect(story.state.dismissed?.dismissed == Moments.days(2))
        #expect(story.state.dismissed?.isByPerson == false)
        story.pass(days: 2)
        for observed in [-1, 1, 2] {
            #expect(try story.tell(.open(Sample.opening(observed: observed)), by: monitor) == [])
        }
        try story.tell(.open(Sample.opening(observed: 3)), by: monitor)
        #expect(story.state.phase == .open)
        #expect(story.state.episode == 2)
        #expect(story.state.dismissed == nil)
        // Its clock starts anew.
        try story.tell(.classify(Sample.inputs, policy), by: classifier)
        #expect(story.state.clock == SLAClock(kind: .remediation, start: Moments.days(4)))
        #expect(story.state.deadline == Moments.days(4 + 14))
    }

    @Test("What a person dismissed stays so until the match is another one")
    func dismissedByPerson() throws {
        let people = [analyst, Actor(id: "monitor", role: "monitor", onBehalfOf: "pe_anna")]
        for actor in people {
            for dismissal in FindingDismissal.allCases {
                var story = try dismissed(dismissal, by: actor)
                #expect(story.state.dismissed?.isByPerson == true)
                story.pass(days: 2)
                #expect(try story.tell(.open(Sample.opening(observed: 3)), by: monitor) == [])
                try story.tell(.open(Sample.opening(match: "other", observed: 3)), by: monitor)
                #expect(story.state.phase == .open)
            }
        }
        var service = try dismissed(.falsePositive, by: monitor)
        service.pass(days: 2)
        #expect(try service.tell(.open(Sample.opening(observed: 3)), by: monitor) == [])
    }

    @Test("A monitor that lags says when it saw what it dismisses for; what followed counts")
    func laggingDismissal() throws {
        var story = try dismissed(.withdrawn, by: monitor, observed: Moments.days(0))
        #expect(story.state.dismissed?.dismissed == Moments.days(0))
        try story.tell(.open(Sample.opening(observed: 1)), by: monitor)
        #expect(story.state.phase == .open)
        let open = try FindingStory.opened()
        let latest = open.now + .seconds(60)
        #expect(
            open.refusal(
                of: .dismiss(.withdrawn, reason: "gone", observed: latest + .seconds(1)),
                by: monitor) == .inFuture("observed", latest + .seconds(1), latest: latest))
    }

    // MARK: Evidence

    private func outOfBand(_ gathered: Timestamp) -> FindingCommand {
        .resolve(Resolution(means: .outOfBand, evidence: Digest(of: "scan"), gathered: gathered))
    }

    @Test("Evidence counts from when the match was seen, not from when the command came")
    func lagging() throws {
        // Seen on day -1, mended on day 0, and heard of on day 5.
        var first = FindingStory()
        first.pass(days: 5)
        try first.tell(.open(Sample.opening()), by: monitor)
        #expect(
            first.refusal(of: outOfBand(Moments.days(-1)), by: monitor)
                == .evidenceTooOld(gathered: Moments.days(-1), oldest: Moments.days(-1)))
        try first.tell(outOfBand(Moments.days(0)), by: monitor)
        #expect(first.state.phase == .resolved)
        // Seen again on day 2, mended on day 3, and heard of on day 5.
        try first.tell(.open(Sample.opening(observed: 2)), by: monitor)
        #expect(first.state.episode == 2)
        #expect(
            first.refusal(of: outOfBand(Moments.days(2)), by: monitor)
                == .evidenceTooOld(gathered: Moments.days(2), oldest: Moments.days(2)))
        try first.tell(outOfBand(Moments.days(3)), by: monitor)
        #expect(first.state.phase == .resolved)
    }

    @Test("An end that a person took back needs evidence from after that")
    func takenBack() throws {
        var story = try FindingStory.resolved()
        story.pass(days: 1)
        let before = story.now + .seconds(-1)
        try story.tell(.reopen(reason: "the scan was of another host"), by: analyst)
        #expect(
            story.refusal(of: outOfBand(before), by: monitor)
                == .evidenceTooOld(gathered: before, oldest: story.now))
        story.pass(days: 1)
        try story.tell(outOfBand(story.now), by: monitor)
        #expect(story.state.phase == .resolved)
    }

    @Test("A doubt is settled by what is newer than its own evidence, either way")
    func doubted() throws {
        var story = try FindingStory.resolved()
        let doubted = story.now
        story.pass(days: 3)
        try story.tell(
            .dispute(
                .stillThere, source: "trivy", evidence: Digest(of: "report"), gathered: doubted,
                reason: "found"),
            by: monitor)
        #expect(
            story.refusal(of: outOfBand(doubted), by: monitor)
                == .evidenceTooOld(gathered: doubted, oldest: doubted))
        var gone = story
        try gone.tell(outOfBand(doubted + .seconds(60)), by: monitor)
        #expect(gone.state.phase == .resolved)
        // A match from before the resolution says nothing for it.
        #expect(try story.tell(.open(Sample.opening(match: "old")), by: monitor).isEmpty)
        try story.tell(.open(Sample.opening(observed: 2)), by: monitor)
        #expect(story.state.phase == .open)
        #expect(story.state.episode == 2)
    }

    @Test("Two clocks of one installation may differ by a minute, and by no more")
    func clocks() throws {
        var story = try FindingStory.opened()
        let latest = story.now + .seconds(60)
        #expect(
            story.refusal(of: outOfBand(latest + .seconds(1)), by: monitor)
                == .inFuture("gathered", latest + .seconds(1), latest: latest))
        try story.tell(outOfBand(latest), by: monitor)
        #expect(story.state.phase == .resolved)
    }

    // MARK: Matches

    private func opening(
        _ package: String = "curl", _ version: String = "7.88.1-1", match: String = "match",
        observed: Int = 0
    ) throws -> FindingOpening {
        FindingOpening(
            asset: production(1), vulnerability: try #require(Sample.vulnerability),
            package: package, installedVersion: version, match: Digest(of: match),
            observed: Moments.days(observed), inScope: Moments.days(-300), fixReleased: nil)
    }

    @Test("Another match of an open finding says what it is about now, and moves no clock")
    func matchChanged() throws {
        for other in try [
            opening("curl", "7.88.1-2"), opening("libcurl4"), opening(match: "another fix"),
        ] {
            var story = try FindingStory.classified()
            let before = story.state
            let timers = story.timers
            #expect(
                try story.tell(.open(other), by: monitor)
                    == [.matchChanged(MatchChanged(opening: other, by: monitor))])
            #expect(story.state.opening?.package == other.package)
            #expect(story.state.opening?.installedVersion == other.installedVersion)
            #expect(story.state.opening?.match == other.match)
            #expect(story.state.opening?.inScope == before.opening?.inScope)
            #expect(story.state.opening?.fixReleased == before.opening?.fixReleased)
            #expect(story.state.fixReleased == before.fixReleased)
            #expect(story.state.episode == 1)
            #expect(story.state.clock == before.clock)
            #expect(story.state.deadline == before.deadline)
            #expect(story.timers == timers)
            #expect(try story.tell(.open(other), by: monitor).isEmpty)
            // What was seen before comes late.
            #expect(try story.tell(.open(Sample.opening()), by: monitor).isEmpty)
            // It was there then: older evidence doesn't show that it is gone.
            #expect(
                story.refusal(of: outOfBand(Moments.days(0)), by: monitor)?.code
                    == "evidence-too-old")
        }
    }

    @Test("So it is while something stands in for a patch, and while it is doubted")
    func matchChangedElsewhere() throws {
        let classified = try FindingStory.classified()
        let asides: [FindingCommand] = [
            .mitigate(control: Sample.control, until: Moments.days(40)),
            .accept(exception: Sample.exception, until: Moments.days(40), restart: .keeps),
            .dispute(
                .notAffected, source: "owner", evidence: Digest(of: "mail"),
                gathered: Moments.days(0), reason: "not compiled in"),
        ]
        for aside in asides {
            var story = classified
            try story.tell(aside, by: workflow)
            let phase = story.state.phase
            try story.tell(.open(opening("curl", "7.88.1-2")), by: monitor)
            #expect(story.types.last == "MatchChanged")
            #expect(story.state.phase == phase)
            #expect(story.state.opening?.installedVersion == "7.88.1-2")
        }
    }
}
