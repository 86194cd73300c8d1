internal import EventSourcing
internal import PatchManagement

/// Lists of a cloud's instances: each of the account whose stream it is, brought by people who may, no
/// older than the one before, and cut to less than half only where somebody said that this is right,
/// since what a list lacks is taken for terminated.
struct CloudRules {
    private static let rule = "cloud"
    /// By which clocks may differ.
    private static let slack = Duration.seconds(300)

    private var accounts: [StreamKey: CloudAccount] = [:]

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(CloudAccountEvent.self, event) else { return }
        var account = accounts[event.stream] ?? CloudAccount()
        switch read {
        case .reconciled(let reconciled):
            people.check(reconciled.by, mayDo: [.reconcileCloud], event, &judgement)
            check(reconciled, after: account.last, event, &judgement)
        case .confirmed(let confirmed):
            people.check(writerOf: event, mayDo: [.reconcileCloud], &judgement)
            if confirmed.outcome != account.last?.outcome {
                judgement.violation(Self.rule, event, "the list before came to something else")
            }
            checkTime(confirmed.taken, after: account.last, event, &judgement)
        }
        CloudAccountDecider.evolve(&account, read)
        accounts[event.stream] = account
    }

    private func check(
        _ reconciled: CloudListReconciled, after last: CloudReconciling?, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let now = reconciled.reconciling
        if StreamKey(now.scope.stream) != event.stream {
            judgement.violation(Self.rule, event, "it is a list of \(now.scope), another account")
        }
        if let fault = now.scope.faults.first {
            judgement.violation(Self.rule, event, "there is no such account: \(fault)")
        }
        if reconciled.before != last?.outcome {
            judgement.violation(Self.rule, event, "it follows on another list")
        }
        if let before = last?.counts.instances, now.counts.instances * 2 < before,
            reconciled.isShrinkAccepted != true
        {
            judgement.violation(
                Self.rule, event,
                "it has \(now.counts.instances) instances of \(before), and nobody said that this "
                    + "is right")
        }
        checkTime(now.taken, after: last, event, &judgement)
    }

    private func checkTime(
        _ taken: Timestamp, after last: CloudReconciling?, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        let latest = Timestamp(microseconds: event.occurredAt) + Self.slack
        if taken > latest {
            judgement.violation(Self.rule, event, "the list is from \(taken), which is to come")
        }
        if let last, taken < last.taken {
            judgement.violation(
                Self.rule, event, "the list is from \(taken), and older than the one before")
        }
    }
}
