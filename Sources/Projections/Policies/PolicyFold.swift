internal import Application
internal import EventSourcing
internal import PatchManagement

/// The policy of a scope in lists and details.
struct PolicyViewDocument: ViewDocument {
    static let kind = ViewKind.policy

    var id: String
    var scope: String
    var level: String
    var state: String
    var published: Published?
    var proposal: Proposal?
    var reviewDueAt: String?
    var isReviewDue: Bool
    var version: Int

    /// The widest first, then by name.
    var sortKey: String {
        let place = PolicyScope.Level.allCases.firstIndex { $0.rawValue == level } ?? 0
        return "\(place) \(scope)"
    }

    struct Published: Codable, Equatable {
        var version: Int
        var document: PolicyDocument
        var proposedBy: String
        var publishedBy: String
        var publishedAt: String
        var reason: String
    }

    struct Proposal: Codable, Equatable {
        var version: Int
        var document: PolicyDocument
        var digest: String
        var proposedBy: String
        var proposedAt: String
        var reason: String
        var whatIf: WhatIf?
    }

    struct WhatIf: Codable, Equatable {
        var examinedAt: String
        var examinedBy: String
        var fields: Int
        var examined: Int
        var unexamined: Int
        var changed: Int
        var earlier: Int
        var faults: [String]
    }
}

/// Policies from their streams.
enum PolicyFold {
    /// The numbers that are built in are no scope's policy.
    static func keys(for event: RecordedEvent) -> [ViewKey] {
        event.stream == BuiltInNumbers.stream ? [] : [ViewKey(.policy, event.stream.text)]
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let id = event.stream.text
        let decoded = try PolicyEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        var policy: PolicyViewDocument
        if let known = try PolicyViewDocument.read(id, in: views) {
            policy = known
        } else if case .proposed(let proposed) = decoded {
            policy = PolicyViewDocument(
                id: id, scope: proposed.scope.description,
                level: proposed.scope.level.rawValue, state: "", isReviewDue: false, version: 0)
        } else {
            throw MissingView(kind: .policy, id: id)
        }
        policy.version = event.version
        change(&policy, by: decoded)
        policy.state = state(of: policy)
        try policy.write(to: &views)
    }

    private static func change(_ policy: inout PolicyViewDocument, by event: PolicyEvent) {
        switch event {
        case .proposed(let proposed):
            policy.proposal = PolicyViewDocument.Proposal(
                version: proposed.version, document: proposed.document,
                digest: proposed.digest.description, proposedBy: proposed.by.id,
                proposedAt: proposed.proposed.description, reason: proposed.reason)
        case .examined(let examined):
            let summary = examined.summary
            policy.proposal?.whatIf = PolicyViewDocument.WhatIf(
                examinedAt: examined.examined.description, examinedBy: examined.by.id,
                fields: summary.fields, examined: summary.examined,
                unexamined: summary.unexamined, changed: summary.changed,
                earlier: summary.earlier, faults: summary.faults)
        case .published(let published):
            policy.published = PolicyViewDocument.Published(
                version: published.policy.version, document: published.policy.document,
                proposedBy: published.proposer.id, publishedBy: published.by.id,
                publishedAt: published.published.description, reason: published.reason)
            policy.proposal = nil
            policy.reviewDueAt = published.reviewDue?.description
            policy.isReviewDue = false
        case .rejected, .withdrawn: policy.proposal = nil
        case .reviewDue: policy.isReviewDue = true
        case .reviewed(let reviewed):
            policy.reviewDueAt = reviewed.due.description
            policy.isReviewDue = false
        case .builtIn: break
        }
    }

    /// As `ScopedPolicy.phase` says it.
    private static func state(of policy: PolicyViewDocument) -> String {
        let phase: PolicyPhase
        if let proposal = policy.proposal {
            phase = proposal.whatIf == nil ? .proposed : .examined
        } else if policy.published == nil {
            phase = .unpublished
        } else {
            phase = policy.isReviewDue ? .reviewDue : .published
        }
        return phase.rawValue
    }
}
