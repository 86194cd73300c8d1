import EventSourcing
import PatchManagement

/// Facts for reports, with days counted from a first one.
enum ReportStory {
    static let web = asset("web", site: "north", owner: "shop")

    static func day(_ number: Int) -> Timestamp {
        Timestamp(seconds: 1_767_225_600 + Int64(number) * 86_400)
    }

    static func asset(
        _ id: String, site: String? = nil, owner: String? = nil,
        environment: String = "production", isActive: Bool = true, reported: Int? = 99
    ) -> AssetFact {
        AssetFact(
            id: id, site: site, owner: owner, environment: environment, isActive: isActive,
            reported: reported.map { day($0) })
    }

    /// Found on day 0, with a clock from then on, due on day 14 unless something else is said.
    static func episode(
        _ standing: FindingEpisode.Standing, _ riskClass: RiskClass? = .important,
        opened: Int = 0, due: Int? = 14, clock kind: SLAClock.Kind = .remediation,
        deferred: Int? = nil, reopened: Int? = nil, exposedSince: Int? = nil
    ) -> FindingEpisode {
        FindingEpisode(
            riskClass: riskClass,
            clock: riskClass == nil ? nil : SLAClock(kind: kind, start: day(opened)),
            deadline: due.map { day($0) }, opened: day(opened),
            exposedSince: exposedSince.map { day($0) }, standing: standing,
            deferral: deferred.map { .init(until: day($0), ungranted: day(14)) },
            reopened: reopened.map { day($0) })
    }

    static func patched(_ number: Int, isInTime: Bool? = true) -> FindingEpisode.Standing {
        .resolved(.patched, gathered: day(number), isInTime: isInTime)
    }

    static func finding(
        _ episodes: FindingEpisode..., on asset: AssetFact = web
    ) -> FindingFact {
        FindingFact(asset: asset, episodes: episodes)
    }
}
