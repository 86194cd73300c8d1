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
        /// Of the package, such as `Debian:12`; nil in notes from before it was kept.
        var ecosystem: String?
        var fixReleased: Timestamp?
        /// Of what the class was asked for by, without what changes every day and nothing with it;
        /// nil when it has not been taken yet.
        var inputs: Digest?
        /// Of the class and all that decided it.
        var classification: Digest?

        private enum CodingKeys: String, CodingKey {
            case vulnerability, package, version, match, ecosystem
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

    /// A deployment that may be changing packages of it now.
    struct UnderWay: Codable, Sendable, Equatable {
        let deployment: StreamID
        let packages: [String]
        /// Whether the installation may have begun.
        var hasBegun: Bool

        private enum CodingKeys: String, CodingKey {
            case deployment, packages
            case hasBegun = "has_begun"
        }
    }

    var exposure: Exposure
    var criticality: Criticality
    var site: String
    /// nil in what was kept before there were controls.
    private(set) var environment: Environment?
    private(set) var group: String?
    /// When it was registered first.
    let inScope: Timestamp
    var isDecommissioned = false
    /// Digest of the last inventory, and when it was recorded.
    package private(set) var report: Digest?
    private(set) var reported: Timestamp?
    /// Digests of the last reports of others than the host, by source; nil in notes from before there
    /// were any.
    package private(set) var reports: [String: Digest]?
    /// Of whatever was reported last, by the host or about it; nil while it is the host alone that
    /// reports.
    private(set) var latest: Digest?
    private(set) var installs: [Install] = []
    /// nil when there is none.
    private(set) var underWay: [UnderWay]?
    /// Those of the report before, which the report shows the effect of.
    private(set) var shownInstalls: [Install] = []
    /// By the key of the vulnerability.
    var known: [String: Known] = [:]
    /// The source that was forgotten since it was looked at last. Not kept: what is due is kept with
    /// the checkpoint behind its reason only.
    var forgotten: String?

    init(_ registration: AssetRegistration, inScope: Timestamp) {
        exposure = registration.exposure
        criticality = registration.criticality
        site = registration.site
        environment = registration.environment
        group = registration.group
        self.inScope = inScope
    }

    private enum CodingKeys: String, CodingKey {
        case exposure, criticality, site, environment, group
        case inScope = "in_scope"
        case isDecommissioned = "is_decommissioned"
        case report, reported, reports, latest, installs
        case underWay = "under_way"
        case shownInstalls = "shown_installs"
        case known
    }

    private static let mostInstalls = 50

    package mutating func describe(_ registration: AssetRegistration) {
        exposure = registration.exposure
        criticality = registration.criticality
        site = registration.site
        environment = registration.environment
        group = registration.group
    }

    /// On which its policy is looked for.
    func path(of asset: StreamID) -> PolicyPath {
        PolicyPath(site: site, group: group ?? "ungrouped", asset: asset)
    }

    /// Whether it was kept without what controls need to know.
    package var lacksGroup: Bool { environment == nil }

    /// What the log says again is noted once.
    mutating func note(_ install: Install) {
        guard !(installs + shownInstalls).contains(install) else { return }
        installs = Array((installs + [install]).suffix(Self.mostInstalls))
    }

    mutating func take(_ report: Digest, at moment: Timestamp) {
        guard self.report != report || reported != moment else { return }
        self.report = report
        latest = reports == nil ? nil : report
        reported = moment
        shownInstalls = installs
        installs = []
    }

    /// Somebody besides the host says what it has.
    package mutating func take(_ report: Digest, from source: String, at moment: Timestamp) {
        reports = (reports ?? [:]).merging([source: report]) { $1 }
        // An older look shows nothing that a newer one doesn't.
        if let reported, moment < reported { return }
        latest = report
        reported = moment
    }

    /// What a source says counts no longer.
    package mutating func forget(_ source: String) {
        guard let gone = reports?.removeValue(forKey: source) else { return }
        forgotten = source
        if latest == gone { latest = report ?? reports?.min { $0.key < $1.key }?.value }
        if reports?.isEmpty == true {
            reports = nil
            latest = nil
        }
    }

    /// Since a source was forgotten nobody says anything of it.
    var hasNoReportLeft: Bool { forgotten != nil && report == nil && reports == nil }

    /// Who says what `evidence` shows: a source of reports, or the host itself.
    var evidenceSource: String? {
        guard let evidence else { return nil }
        if evidence == report { return Resolution.host }
        return reports?.filter { $0.value == evidence }.keys.min()
    }

    /// The host was looked at again, and is what it was.
    mutating func confirm(at moment: Timestamp) {
        guard report != nil else { return }
        latest = reports == nil ? nil : report
        reported = moment
        shownInstalls += installs
        installs = []
    }

    /// Whether something was installed that no report has shown yet.
    var hasUnshownInstalls: Bool { !installs.isEmpty }

    mutating func expect(_ deployment: StreamID, _ packages: [String]) {
        guard underWay?.contains(where: { $0.deployment == deployment }) != true else { return }
        let next = UnderWay(deployment: deployment, packages: packages, hasBegun: false)
        underWay = Array(((underWay ?? []) + [next]).suffix(Self.mostInstalls))
    }

    mutating func begin(_ deployment: StreamID) {
        for index in (underWay ?? []).indices where underWay?[index].deployment == deployment {
            underWay?[index].hasBegun = true
        }
    }

    /// - Returns: Whether it had begun to change the asset.
    mutating func end(_ deployment: StreamID) -> Bool {
        guard let ended = underWay?.first(where: { $0.deployment == deployment }) else {
            return false
        }
        let rest = (underWay ?? []).filter { $0.deployment != deployment }
        underWay = rest.isEmpty ? nil : rest
        return ended.hasBegun
    }

    /// What it shows of `package` now may be the doing of a deployment that has not ended: who brought
    /// it can't be told.
    func isChanging(_ package: String) -> Bool {
        (underWay ?? []).contains { $0.hasBegun && $0.packages.contains(package) }
    }

    /// What shows how it is now; nil before anything was reported.
    var evidence: Digest? { latest ?? report }

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
