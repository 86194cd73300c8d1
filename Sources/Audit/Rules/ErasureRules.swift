internal import EventSourcing
internal import PatchManagement

/// Erasing takes two people who may (I14), all texts about somebody are under the one key that is
/// destroyed with it, and nothing is said of somebody who was erased.
struct ErasureRules {
    private struct Known {
        var key: Digest?
        var clearTexts = 0
        var request: ErasureRequested?
        var isErased = false
    }

    private static let rule = "erasure"
    private var known: [StreamKey: Known] = [:]

    mutating func read(
        _ read: PersonEvent, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        var person = known[event.stream] ?? Known()
        if person.isErased {
            judgement.violation(Self.rule, event, "the person was erased before")
        }
        switch read {
        case .roleGranted: break
        case .roleRevoked(let revoked): note(revoked.reason, &person, event, &judgement)
        case .tokenIssued(let issued): note(issued.label, &person, event, &judgement)
        case .tokenRevoked(let revoked):
            if let reason = revoked.reason { note(reason, &person, event, &judgement) }
        case .erasureRequested(let requested):
            people.check(requested.by, mayDo: [.requestErasure], event, &judgement)
            person.request = requested
        case .subjectErased(let erased):
            people.check(erased.by, mayDo: [.confirmErasure], event, &judgement)
            check(erased, person, event, &judgement)
            person.isErased = true
        }
        known[event.stream] = person
    }

    private func note(
        _ text: PersonalText, _ person: inout Known, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let key = text.key else {
            person.clearTexts += 1
            return
        }
        if let other = person.key, other != key {
            judgement.violation(
                Self.rule, event, "the text is encrypted by \(key), the person's others by \(other)"
            )
        }
        person.key = person.key ?? key
    }

    private func check(
        _ erased: SubjectErased, _ person: Known, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let request = person.request else {
            return judgement.violation("I14", event, "nobody asked for the erasure")
        }
        if erased.requester != request.by {
            judgement.violation(
                "I14", event, "\(request.by.id) asked for it, not \(erased.requester.id)")
        }
        for someone in erased.by.people {
            if request.by.people.contains(someone) {
                judgement.violation(
                    "I14", event, "\(someone) confirms the erasure and asked for it")
            }
            if someone == event.stream.description {
                judgement.violation("I14", event, "\(someone) confirms the erasure of itself")
            }
        }
        Deadline.check(request.expires, event, &judgement)
        if erased.key != person.key || erased.clearTexts != person.clearTexts {
            judgement.violation(
                Self.rule, event,
                "it doesn't say by which key the person's texts are encrypted, or how many are not")
        }
        if erased.keyMissing == true, erased.key == nil {
            judgement.violation(Self.rule, event, "it misses a key that there never was")
        }
    }
}
