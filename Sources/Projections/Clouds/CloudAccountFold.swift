internal import Application
internal import EventSourcing
internal import PatchManagement

/// What one account's lists of instances come to, in lists and details.
struct CloudAccountDocument: ViewDocument {
    static let kind = ViewKind.cloudAccount

    var id: String
    var provider: String
    var account: String
    var region: String?
    var state: String
    /// SHA-256 of the last list, and of the document of what it comes to.
    var list: String
    var outcome: String
    /// When the provider was asked.
    var takenAt: String
    var instances: Int
    var managed: Int
    var unmanaged: Int
    var ambiguous: Int
    var gone: Int
    var version: Int

    var sortKey: String { "\(provider)/\(account)/\(region ?? "")" }
}

/// Accounts of clouds from their streams.
enum CloudAccountFold {
    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        switch try CloudAccountEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        {
        case .reconciled(let reconciled):
            let (list, counts) = (reconciled.reconciling, reconciled.reconciling.counts)
            try CloudAccountDocument(
                id: id, provider: list.scope.provider.rawValue, account: list.scope.account,
                region: list.scope.region, state: "reconciled", list: list.list.description,
                outcome: list.outcome.description, takenAt: list.taken.description,
                instances: counts.instances, managed: counts.managed, unmanaged: counts.unmanaged,
                ambiguous: counts.ambiguous, gone: counts.gone, version: event.version
            ).write(to: &views)
        case .confirmed(let confirmed):
            guard var account = try CloudAccountDocument.read(id, in: views) else {
                throw MissingView(kind: .cloudAccount, id: id)
            }
            account.list = confirmed.list.description
            account.takenAt = confirmed.taken.description
            account.version = event.version
            try account.write(to: &views)
        }
    }
}
