package import EventSourcing
private import FoundationEssentials

/// In which form a feed is published.
package enum FeedKind: String, Codable, Sendable, CaseIterable {
    /// Open Source Vulnerability records.
    case osv
    /// CSAF 2.0 documents, VEX among them.
    case csaf
    /// CISA's catalogue of known exploited vulnerabilities.
    case kev
    /// FIRST's exploit predictions.
    case epss
    /// CVE records with what CISA adds to them.
    case ssvc

    /// Whether it says something of vulnerabilities only, in tables that may be long: their parts have
    /// some megabytes each, and few are to lie in memory together.
    package var isOfSignals: Bool {
        switch self {
        case .osv, .csaf: false
        case .kev, .epss, .ssvc: true
        }
    }
}

/// A feed that a team watches.
package struct FeedRegistration: Codable, Hashable, Sendable {
    /// Operating systems and what comes from elsewhere are watched apart from each other.
    package enum Track: String, Codable, Sendable, CaseIterable {
        case os
        case thirdParty = "third_party"
    }

    package let name: String
    package let kind: FeedKind
    package let track: Track
    /// Who watches it.
    package let team: String
    /// After so long without a new or confirmed snapshot it is silent.
    package let silentAfterSeconds: Int
    /// Where it is fetched from by itself; nil where people send it.
    package let source: FeedSource?
    /// The archives that hosts are offered updates from and that the team watches with it, by their
    /// origins; nil where that is said of none.
    package let origins: [String]?

    /// - Parameter silentAfterSeconds: nil takes two days, or some schedules of the source.
    package init(
        name: String, kind: FeedKind, track: Track = .os, team: String,
        silentAfterSeconds: Int? = nil, source: FeedSource? = nil, origins: [String]? = nil
    ) {
        self.name = name
        self.kind = kind
        self.track = track
        self.team = team
        self.silentAfterSeconds =
            silentAfterSeconds
            ?? source.map(\.standardSilence) ?? 2 * 86_400
        self.source = source
        self.origins = origins
    }

    private enum CodingKeys: String, CodingKey {
        case name, kind, track, team, source, origins
        case silentAfterSeconds = "silent_after_seconds"
    }

    /// The feed's stream, which follows from its name.
    package var feed: StreamID { Self.id(name: name) }

    package static func id(name: String) -> StreamID {
        StreamID(prefix: FeedDecider.prefix, .version5(namespace: namespace, name: name))
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if HostName(name) == nil {
            faults.append(
                FieldFault(
                    field: "name", value: name,
                    rule: "it has letters, digits, '.', '-' and '_', and begins and ends with a "
                        + "letter or a digit"))
        }
        let isPlain = team.unicodeScalars.allSatisfy { $0.value >= 32 }
        if isBlank(team) || team.utf8.count > 200 || !isPlain || team.contains("@") {
            faults.append(
                FieldFault(
                    field: "team", value: team,
                    rule:
                        "name the team that watches the feed, in at most 200 bytes and without an "
                        + "address of a person, which would stay in the log for good"))
        }
        if !(60...Self.longestSilence).contains(silentAfterSeconds) {
            faults.append(
                FieldFault(
                    field: "silent_after_seconds", value: "\(silentAfterSeconds)",
                    rule: "it is between 60 and \(Self.longestSilence)"))
        }
        if let source {
            faults += source.faults
            if silentAfterSeconds < source.everySeconds {
                faults.append(
                    FieldFault(
                        field: "silent_after_seconds", value: "\(silentAfterSeconds)",
                        rule: "it is at least the schedule, \(source.everySeconds) seconds"))
            }
        }
        if let origins {
            let bad = origins.first { !ArchiveOrigin.isPattern($0) }
            if bad != nil || !(1...ArchiveOrigin.most).contains(origins.count) {
                faults.append(
                    FieldFault(
                        field: "origins", value: bad ?? "\(origins.count) of them",
                        rule: ArchiveOrigin.rule))
            }
        }
        return faults
    }

    private static let longestSilence = 366 * 86_400
    private static let namespace = UUID(
        uuid: (
            0x83, 0x0c, 0x2a, 0x4f, 0x19, 0x7d, 0x5e, 0x61, 0xa4, 0x0f, 0x5d, 0x22, 0x9c, 0x38,
            0x71, 0x0b
        ))
}
