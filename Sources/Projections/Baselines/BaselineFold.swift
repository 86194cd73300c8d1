internal import Advisories
internal import Application
internal import EventSourcing
internal import PatchManagement

/// A baseline in lists and details.
struct BaselineViewDocument: ViewDocument {
    static let kind = ViewKind.baseline

    var id: String
    var kind: String
    var scheme: String
    var standards: [Standard]
    var state: String
    var setBy: String
    var setAt: String
    var version: Int

    struct Standard: Codable, Equatable {
        var name: String
        var version: String
        var isRequired: Bool
    }

    var sortKey: String { kind }
}

/// Baselines from their streams.
enum BaselineFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        switch try BaselineEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        {
        case .set(let set):
            let baseline = set.baseline
            try BaselineViewDocument(
                id: event.stream.text, kind: baseline.kind, scheme: baseline.scheme.rawValue,
                standards: baseline.standards.map {
                    .init(name: $0.name, version: $0.version, isRequired: $0.isRequired)
                },
                state: "set", setBy: set.by.id, setAt: event.recordedAt.description,
                version: event.version
            ).write(to: &views)
        }
    }
}
