package import EventSourcing

/// What the monitor keeps of an asset between two runs: with its checkpoint, so that both are of one
/// moment.
package struct WatchedAsset: Codable, Sendable, Equatable {
    /// A finding that is open as far as the monitor knows, and what it has said of it.
    package struct Known: Codable, Sendable, Equatable {
        /// As it was named when it was opened.
        let vulnerability: VulnerabilityID
        let package: String
        let version: String
        let match: Digest
        var fixReleased: Timestamp?
        /// Of what the class was asked for by, without what changes every day and nothing with it;
        /// nil when it has not been taken yet.
        var inputs: Digest?
        /// Of the class and all that decided it.
        var classification: Digest?

        private enum CodingKeys: String, CodingKey {
            case vulnerability, package, version, match
            case fixReleased = "fix_released"
            case inputs, classification
        }
    }

    /// A deployment that installed packages on it since its last report.
    struct Install: Codable, Sendable, Equatable {
        let deployment: StreamID
        let finished: Timestamp
        let packages: [String]
    }

    var exposure: Exposure
    var criticality: Criticality
    var site: String
    /// nil for the group of those that are in none.
    private var group: String?
    /// When it was registered first.
    let inScope: Timestamp
    var isDecommissioned = false
    /// Digest of the last inventory, and when it was recorded.
    package private(set) var report: Digest?
    private(set) var reported: Timestamp?
    private(set) var installs: [Install] = []
    /// Those of the report before, which the report shows the effect of.
    private(set) var shownInstalls: [Install] = []
    /// By the key of the vulnerability.
    var known: [String: Known] = [:]

    init(_ registration: AssetRegistration, inScope: Timestamp) {
        exposure = registration.exposure
        criticality = registration.criticality
        site = registration.site
        group = Self.group(of: registration)
        self.inScope = inScope
    }

    private enum CodingKeys: String, CodingKey {
        case exposure, criticality, site, group
        case inScope = "in_scope"
        case isDecommissioned = "is_decommissioned"
        case report, reported, installs
        case shownInstalls = "shown_installs"
        case known
    }

    private static let mostInstalls = 50

    mutating func describe(_ registration: AssetRegistration) {
        exposure = registration.exposure
        criticality = registration.criticality
        site = registration.site
        group = Self.group(of: registration)
    }

    /// On which its policy is looked for.
    func path(of asset: StreamID) -> PolicyPath {
        PolicyPath(site: site, group: group ?? Self.ungrouped, asset: asset)
    }

    private static let ungrouped = "ungrouped"

    private static func group(of registration: AssetRegistration) -> String? {
        registration.group == ungrouped ? nil : registration.group
    }

    /// What the log says again is noted once.
    mutating func note(_ install: Install) {
        guard !(installs + shownInstalls).contains(install) else { return }
        installs = Array((installs + [install]).suffix(Self.mostInstalls))
    }

    mutating func take(_ report: Digest, at moment: Timestamp) {
        guard self.report != report || reported != moment else { return }
        self.report = report
        reported = moment
        shownInstalls = installs
        installs = []
    }

    /// The host was looked at again, and is what it was.
    mutating func confirm(at moment: Timestamp) {
        if report != nil { reported = moment }
    }

    /// The last deployment that brought another version of `package`, before the report.
    func install(of package: String) -> Install? {
        shownInstalls.last { $0.packages.contains(package) }
    }
}

/// What the monitor keeps of a feed.
package struct WatchedFeed: Codable, Sendable, Equatable {
    package let name: String
    package let kind: FeedKind
    /// Digest of the `FeedContents` that count; nil before the first.
    package var contents: Digest?
    /// Whether it is of what comes from elsewhere than the system; nil for no.
    var isThirdParty: Bool?

    package init(name: String, kind: FeedKind, contents: Digest? = nil) {
        self.name = name
        self.kind = kind
        self.contents = contents
    }
}
