internal import Application
internal import EventSourcing
internal import PatchManagement

/// A rule for attributes in lists and details; under its own name.
struct AttributeRuleDocument: ViewDocument {
    static let kind = ViewKind.attributeRule

    /// Its name.
    var id: String
    var order: Int
    /// Such as `host=web-*`.
    var matches: [String]
    var sets: [String]
    var state: String
    var setBy: String
    var setAt: String
    var reason: String?
    var version: Int

    /// In the order in which rules are asked.
    var sortKey: String {
        let digits = String(order)
        return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits + " " + id
    }
}

/// Rules from the stream of all of them.
enum AttributeRuleFold {
    static func keys(for event: RecordedEvent) throws -> [ViewKey] {
        switch try decoded(event) {
        case .set(let set): [ViewKey(.attributeRule, set.rule.name)]
        case .removed(let removed): [ViewKey(.attributeRule, removed.name)]
        }
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        switch try decoded(event) {
        case .set(let set):
            try AttributeRuleDocument(
                id: set.rule.name, order: set.rule.order,
                matches: set.rule.matches.map { "\($0.subject.rawValue)=\($0.pattern)" },
                sets: set.rule.sets.map { "\($0.field.rawValue)=\($0.value)" }, state: "set",
                setBy: set.by.id, setAt: event.recordedAt.description, version: event.version
            ).write(to: &views)
        case .removed(let removed):
            guard var rule = try AttributeRuleDocument.read(removed.name, in: views) else {
                throw MissingView(kind: .attributeRule, id: removed.name)
            }
            rule.state = "removed"
            rule.setBy = removed.by.id
            rule.setAt = event.recordedAt.description
            rule.reason = removed.reason
            rule.version = event.version
            try rule.write(to: &views)
        }
    }

    private static func decoded(_ event: RecordedEvent) throws -> AttributeRuleEvent {
        try AttributeRuleEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
    }
}
