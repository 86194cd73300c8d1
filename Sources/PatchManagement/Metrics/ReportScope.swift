/// Which part of the fleet and of its patches a report is about; nil takes everything.
package struct ReportScope: Sendable, Equatable {
    package var site: String?
    package var owner: String?
    package var environment: Environment?
    package var riskClass: RiskClass?

    package init() {}

    /// Names the filter on assets, where one is set.
    var assetField: String? {
        if site != nil { return "site" }
        if owner != nil { return "owner" }
        return environment == nil ? nil : "environment"
    }

    func includes(_ asset: AssetFact) -> Bool {
        (site == nil || asset.site == site) && (owner == nil || asset.owner == owner)
            && (environment == nil || asset.environment == environment?.rawValue)
    }

    func includes(_ other: RiskClass?) -> Bool { riskClass == nil || other == riskClass }

    /// The lanes that its figures are in.
    var lanes: [ClassLane] { riskClass.map { [ClassLane($0)] } ?? ClassLane.allCases }
}

/// By what the rows of a report tell the findings apart, besides their class.
package enum ReportGrouping: String, Codable, Sendable, CaseIterable {
    /// Not at all.
    case riskClass = "class"
    case site
    case owner
    case environment

    /// nil for an asset of which nobody has said it.
    func name(of asset: AssetFact) -> String? {
        switch self {
        case .riskClass: nil
        case .site: asset.site
        case .owner: asset.owner
        case .environment: asset.environment
        }
    }
}

/// Counts by group and class, in bounded memory: whatever comes after the first `mostGroups` names is
/// counted together.
package struct GroupedCounts<Counts: Sendable & Equatable>: Sendable {
    package static var mostGroups: Int { 1000 }
    /// Stands for the groups that are too many.
    package static var others: String { "(others)" }
    /// Stands for assets that nobody has said it of.
    package static var unnamed: String { "(none)" }

    package struct Row: Sendable, Equatable {
        /// nil for all groups together.
        package let group: String?
        package let lane: ClassLane
        package let counts: Counts
    }

    private let grouping: ReportGrouping
    private let empty: Counts
    private var total: PerLane<Counts>
    private var groups: [String: PerLane<Counts>] = [:]

    init(by grouping: ReportGrouping, _ empty: Counts) {
        self.grouping = grouping
        self.empty = empty
        total = PerLane(empty)
    }

    mutating func count(
        _ asset: AssetFact, _ riskClass: RiskClass?, _ body: (inout Counts) -> Void
    ) {
        total.count(riskClass, body)
        guard grouping != .riskClass else { return }
        var name = grouping.name(of: asset) ?? Self.unnamed
        if groups[name] == nil, groups.count >= Self.mostGroups { name = Self.others }
        var counts = groups.removeValue(forKey: name) ?? PerLane(empty)
        counts.count(riskClass, body)
        groups[name] = counts
    }

    /// All together first, then the groups by name, each with the classes in which there is something.
    package func rows(_ lanes: [ClassLane]) -> [Row] {
        rows(of: nil, total, lanes, isAlways: true)
            + groups.keys.sorted().flatMap { name in
                rows(of: name, groups[name] ?? PerLane(empty), lanes, isAlways: false)
            }
    }

    private func rows(
        of group: String?, _ counts: PerLane<Counts>, _ lanes: [ClassLane], isAlways: Bool
    ) -> [Row] {
        lanes.compactMap { lane in
            let isShown = isAlways && lane != .unclassified || counts[lane] != empty
            return isShown ? Row(group: group, lane: lane, counts: counts[lane]) : nil
        }
    }
}
