internal import EventSourcing
internal import PatchManagement

/// The rules by which assets get their attributes: one stream of them all, made and removed by people
/// who may. What an asset is said to have from a rule, it has from one that was made.
struct AttributeRuleRules {
    private static let rule = "attributes"

    private var standing = AttributeRules()
    /// The names of all that were ever made: an asset may follow a rule that is being removed.
    private var made: Set<String> = []

    mutating func read(_ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement) {
        guard let read = judgement.decode(AttributeRuleEvent.self, event) else { return }
        if event.stream != StreamKey(AttributeRules.stream) {
            judgement.violation(Self.rule, event, "the rules have one stream, which is another")
        }
        switch read {
        case .set(let set):
            people.check(set.by, mayDo: [.setAttributeRule], event, &judgement)
            if let fault = set.rule.faults.first {
                judgement.violation(Self.rule, event, "there can't be such a rule: \(fault)")
            }
            made.insert(set.rule.name)
        case .removed(let removed):
            people.check(removed.by, mayDo: [.setAttributeRule], event, &judgement)
            if !standing.rules.contains(where: { $0.name == removed.name }) {
                judgement.violation(Self.rule, event, "there is no rule '\(removed.name)'")
            }
        }
        AttributeRuleDecider.evolve(&standing, read)
    }

    func check(
        _ origins: AttributeOrigins, _ event: EntryView, _ judgement: inout Judgement
    ) {
        for case .rule(let name) in origins.origins.values.sorted(by: { $0.text < $1.text })
        where !made.contains(name) {
            judgement.absent(Self.rule, event, "nobody made the rule '\(name)'")
        }
    }
}
