internal import EventSourcing
internal import PatchManagement
internal import TransparencyLog

/// Disasters are led and worked off by those who may, and closed once.
struct DisasterRules {
    private static let rule = "disaster"

    private var disasters: [StreamKey: Disaster] = [:]

    mutating func read(
        _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(DisasterEvent.self, event) else { return }
        var disaster = disasters[event.stream] ?? DisasterDecider.initialState
        if case .declared = read {
            if disaster.phase != nil {
                judgement.violation(Self.rule, event, "it was declared before")
            }
        } else if disaster.phase == nil {
            judgement.absent(Self.rule, event, "nobody declared it")
        } else if disaster.phase == .closed {
            judgement.violation(Self.rule, event, "it is closed already")
        }
        switch read {
        case .declared(let declared):
            people.check(declared.by, mayDo: [.leadDisaster], event, &judgement)
            if StreamKey(declared.disaster) != event.stream {
                judgement.violation(Self.rule, event, "it is for \(declared.disaster)")
            }
        case .stepDone(let done):
            people.check(done.by, mayDo: [.finishDisasterStep], event, &judgement)
            if !disaster.open.contains(done.step) {
                judgement.violation(Self.rule, event, "step \(done.step) is not open")
            }
        case .goalMissed(let missed):
            people.check(writerOf: event, mayDo: [.fireDisasterTimer], &judgement)
            if Timestamp(microseconds: event.occurredAt) < missed.goal
                || missed.goal != disaster.plan?.goal
            {
                judgement.violation(Self.rule, event, "its goal has not passed")
            }
        case .closed(let closed):
            people.check(closed.by, mayDo: [.leadDisaster], event, &judgement)
            if closed.open != disaster.open {
                judgement.violation(Self.rule, event, "other steps are open")
            }
        }
        DisasterDecider.evolve(&disaster, read)
        disasters[event.stream] = disaster
    }
}
