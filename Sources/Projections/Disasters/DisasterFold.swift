internal import Application
internal import EventSourcing
internal import PatchManagement

/// A disaster in lists and details.
struct DisasterDocument: ViewDocument {
    static let kind = ViewKind.disaster

    var id: String
    var name: String
    var state: String
    var owner: String
    var goal: String
    var reason: String
    var steps: [Step]
    var declaredBy: String
    var declaredAt: String
    var closing: Closing?
    var version: Int

    struct Step: Codable, Equatable {
        var number: Int
        var text: String
        var doneBy: String?
        var doneAt: String?
        var note: String?
    }

    struct Closing: Codable, Equatable {
        var by: String
        var at: String
        var reason: String
        var leftOut: [Int]
    }

    /// What is overdue first, then what is under way, then what is closed; each by its goal.
    var sortKey: String {
        let rank =
            switch DisasterPhase(rawValue: state) {
            case .overdue: "0"
            case .declared: "1"
            case .closed, nil: "2"
            }
        return "\(rank) \(goal)"
    }
}

/// Disasters from their streams.
enum DisasterFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try DisasterEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        if case .declared(let declared) = decoded {
            let plan = declared.plan
            return try DisasterDocument(
                id: id, name: plan.name, state: DisasterPhase.declared.rawValue,
                owner: plan.owner, goal: plan.goal.description, reason: plan.reason,
                steps: plan.steps.enumerated().map {
                    DisasterDocument.Step(number: $0.offset + 1, text: $0.element)
                },
                declaredBy: declared.by.id, declaredAt: declared.declared.description,
                version: event.version
            ).write(to: &views)
        }
        guard var disaster = try DisasterDocument.read(id, in: views) else {
            throw MissingView(kind: .disaster, id: id)
        }
        let moment = event.recordedAt.description
        disaster.version = event.version
        switch decoded {
        case .declared: break
        case .stepDone(let done):
            guard let index = disaster.steps.firstIndex(where: { $0.number == done.step }) else {
                break
            }
            disaster.steps[index].doneBy = done.by.id
            disaster.steps[index].doneAt = moment
            disaster.steps[index].note = done.note
        case .goalMissed: disaster.state = DisasterPhase.overdue.rawValue
        case .closed(let closed):
            disaster.state = DisasterPhase.closed.rawValue
            disaster.closing = .init(
                by: closed.by.id, at: moment, reason: closed.reason, leftOut: closed.open)
        }
        try disaster.write(to: &views)
    }
}
