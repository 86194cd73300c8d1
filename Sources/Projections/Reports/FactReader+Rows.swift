internal import Application
internal import EventSourcing
internal import PatchManagement
internal import Postgres

extension FactReader {
    /// Columns 0 to 5.
    static func asset(_ row: Row) throws -> AssetFact {
        AssetFact(
            id: try row.decode(at: 0), site: try row.decode(at: 1), owner: try row.decode(at: 2),
            environment: try row.decode(at: 3), isActive: try row.decode(at: 4),
            reported: try moment(try row.decode(at: 5)))
    }

    static func finding(_ row: Row) throws -> FindingFact {
        let clock = try clock(try row.decode(at: 11), try row.decode(at: 12))
        let standing = try standing(
            try row.decode(at: 6), disputedFrom: try row.decode(at: 9),
            means: try row.decode(at: 13), gathered: try row.decode(at: 14),
            isInTime: try row.decode(at: 15))
        var episodes: [FindingEpisode] = []
        // What was taken back had never ended: it counts as exposure of the life after it.
        var since: Timestamp?
        if let earlier = try row.decode(JSONText?.self, at: 16) {
            for life in try ViewJSON.decode(
                [FindingViewDocument.Earlier].self, from: earlier.bytes)
            {
                if life.reopenedBy == FindingReopened.Cause.foundAgain.rawValue {
                    episodes.append(try episode(life, exposedSince: since))
                    since = nil
                } else {
                    since = try since ?? needed(life.openedAt, "opened_at")
                }
            }
        }
        episodes.append(
            FindingEpisode(
                riskClass: try riskClass(try row.decode(at: 10)), clock: clock,
                deadline: try moment(try row.decode(at: 8)),
                opened: try needed(try row.decode(at: 7), "opened_at"), exposedSince: since,
                standing: standing,
                deferral: try deferral(try row.decode(at: 17), try row.decode(at: 18))))
        return FindingFact(asset: try asset(row), episodes: episodes)
    }

    private static func episode(
        _ life: FindingViewDocument.Earlier, exposedSince: Timestamp?
    ) throws -> FindingEpisode {
        let isDismissed = FindingDismissal(rawValue: life.means) != nil
        return FindingEpisode(
            riskClass: try riskClass(life.riskClass), clock: try clock(life.clock, life.clockStart),
            deadline: try moment(life.deadline), opened: try needed(life.openedAt, "opened_at"),
            exposedSince: exposedSince,
            standing: try standing(
                isDismissed ? FindingPhase.dismissed.rawValue : FindingPhase.resolved.rawValue,
                disputedFrom: nil, means: life.means, gathered: life.gatheredAt,
                isInTime: life.isInTime),
            reopened: try moment(life.reopenedAt))
    }

    private static func standing(
        _ state: String, disputedFrom: String?, means: String?, gathered: String?, isInTime: Bool?
    ) throws -> FindingEpisode.Standing {
        switch FindingPhase(rawValue: state) {
        case .open: return .open
        case .mitigated: return .mitigated
        case .accepted: return .accepted
        case .disputed:
            return .disputed(from: try choice(disputedFrom, "disputed_from"))
        case .resolved:
            return .resolved(
                try choice(means, "end.means"), gathered: try needed(gathered, "end.gathered_at"),
                isInTime: isInTime)
        case .dismissed:
            return .dismissed(
                try choice(means, "end.means"), at: try needed(gathered, "end.gathered_at"))
        case nil: throw UnreadableFact(field: "state", value: state)
        }
    }

    static func deployment(_ row: Row) throws -> (DeploymentFact, AssetFact) {
        let state: String = try row.decode(at: 8)
        let fact = DeploymentFact(
            patch: try row.decode(at: 6), riskClass: try riskClass(try row.decode(at: 7)),
            standing: standing(ofDeployment: state),
            attempts: Int(try row.decode(Int32.self, at: 9)),
            installBegan: try moment(try row.decode(at: 10)),
            changed: try needed(try row.decode(at: 11), "changed_at"))
        return (fact, try asset(row))
    }

    /// By the states that `DeploymentFold` writes.
    private static func standing(ofDeployment state: String) -> DeploymentFact.Standing {
        switch state {
        case "succeeded": .succeeded
        case "installedPendingReboot": .pendingReboot
        case "failed", "verificationFailed", "deadAfterReboot": .failed
        case "rollingBack": .rollingBack
        case "rolledBack": .rolledBack
        case "rollbackFailed": .rollbackFailed
        case "unknown", "unreachable": .unknown
        case "skipped", "cancelled", "absent": .untouched
        default: .underWay
        }
    }

    static func rollout(_ row: Row) throws -> RolloutFact {
        let state: String = try row.decode(at: 1)
        return RolloutFact(
            riskClass: try riskClass(try row.decode(at: 0)),
            started: try moment(try row.decode(at: 2)),
            firstTripped: try row.decode(Int32?.self, at: 3).map(Int.init),
            isUnderWay: underWay.contains(state),
            isEmergency: try row.decode(String?.self, at: 4) != nil)
    }

    private static let underWay: Set<String> = [
        "running", "soaking", "awaitingStragglers", "paused", "rollingBack", "approved",
    ]

    static func patch(_ row: Row) throws -> PatchFact {
        let state: String = try row.decode(at: 2)
        let effort: Int64? = try row.decode(at: 7)
        return PatchFact(
            id: try row.decode(at: 0), riskClass: try riskClass(try row.decode(at: 1)),
            isEnded: ended.contains(state),
            identified: try needed(try row.decode(at: 3), "identified_at"),
            assessed: try moment(try row.decode(at: 4)),
            qualified: try moment(try row.decode(at: 5)),
            approved: try moment(try row.decode(at: 6)),
            // Nobody plans work that takes no time: it wasn't estimated.
            effortMinutes: effort.flatMap { $0 > 0 ? $0 : nil })
    }

    private static let ended: Set<String> = Set(
        [PatchState.notApplicable, .rejected, .withdrawn, .superseded, .resolvedElsewhere]
            .map(\.rawValue))

    private static func deferral(
        _ until: String?, _ ungranted: String?
    ) throws -> FindingEpisode.Deferral? {
        guard let until else { return nil }
        return FindingEpisode.Deferral(
            until: try needed(until, "deferral.until"),
            ungranted: try needed(ungranted, "deferral.ungranted"))
    }

    private static func clock(_ kind: String?, _ start: String?) throws -> SLAClock? {
        guard let kind else { return nil }
        return SLAClock(
            kind: try choice(kind, "classification.clock"),
            start: try needed(start, "classification.clock_start"))
    }

    private static func riskClass(_ text: String?) throws -> RiskClass? {
        try text.map { try choice($0, "risk_class") }
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ text: String?, _ field: String
    ) throws -> Choice {
        guard let text, let choice = Choice(rawValue: text) else {
            throw UnreadableFact(field: field, value: text)
        }
        return choice
    }

    private static func moment(_ text: String?) throws -> Timestamp? {
        try text.map { try needed($0, "time") }
    }

    private static func needed(_ text: String?, _ field: String) throws -> Timestamp {
        guard let text, let moment = Timestamp(text) else {
            throw UnreadableFact(field: field, value: text)
        }
        return moment
    }
}
