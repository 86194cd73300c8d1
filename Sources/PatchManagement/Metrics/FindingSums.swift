import EventSourcing

/// What the metrics of findings are made of, for one class.
struct FindingSums: Sendable {
    var compliance = ComplianceCounts()
    private(set) var timeToPatch = TimeSpread()
    private(set) var patchedWithoutClock: Int64 = 0
    private(set) var exposedSeconds: Int64 = 0
    private(set) var exposed: Int64 = 0
    private(set) var disputed: Int64 = 0
    private(set) var resolved: Int64 = 0
    private(set) var regressed: Int64 = 0
    private(set) var excepted: Int64 = 0
    private(set) var exceptedWithoutDeadline: Int64 = 0
    private(set) var unclosed: Int64 = 0
    private(set) var overdueSeconds: Int64 = 0
    private(set) var avoidedSeconds: Int64 = 0
    var assets: Int64 = 0
    var assetsVerified: Int64 = 0
    var assetsUnknown: Int64 = 0

    /// - Parameter isSilent: Whether its asset hasn't reported for 7 days.
    mutating func add(_ episode: FindingEpisode, _ period: ReportPeriod, isSilent: Bool) {
        guard let standing = episode.standing(at: period.to) else {
            // It was there, though its end had not been taken back yet.
            if episode.exposedSince <= period.to { expose(episode, .open, period) }
            return
        }
        if let column = ComplianceCounts.Column.of(episode, in: period) {
            compliance.add(column, isSilent: isSilent)
        }
        expose(episode, standing, period)
        switch standing {
        case .resolved(let means, let gathered, _):
            guard period.contains(gathered) else { return }
            resolved += 1
            if let reopened = episode.reopened, reopened <= period.to { regressed += 1 }
            if means == .patched { patch(episode, gathered, period) }
        case .accepted, .disputed(from: .accepted):
            unclosed += 1
            except(episode.deferral(at: period.to)?.ungranted ?? episode.deadline, period)
        case .open, .mitigated, .disputed:
            unclosed += 1
            if let deferral = episode.deferral(at: period.to) { except(deferral.ungranted, period) }
        case .dismissed: break
        }
    }

    /// - Parameter deadline: The one that it would have without the exception.
    private mutating func except(_ deadline: Timestamp?, _ period: ReportPeriod) {
        excepted += 1
        if let deadline {
            overdueSeconds += deadline.seconds(to: period.to)
        } else {
            exceptedWithoutDeadline += 1
        }
    }

    private mutating func patch(
        _ episode: FindingEpisode, _ gathered: Timestamp, _ period: ReportPeriod
    ) {
        avoidedSeconds += gathered.seconds(to: period.to)
        if let clock = episode.clock {
            timeToPatch.add(clock.start.seconds(to: gathered))
        } else {
            patchedWithoutClock += 1
        }
    }

    /// What was dismissed was never there; an asset that left took its findings with it, and so does a
    /// source that is forgotten.
    private mutating func expose(
        _ episode: FindingEpisode, _ standing: FindingEpisode.Standing, _ period: ReportPeriod
    ) {
        switch standing {
        case .dismissed(let dismissal, _) where !dismissal.wasThere: return
        case .disputed(from: .resolved), .disputed(from: .dismissed): return disputed += 1
        case .open, .mitigated, .accepted, .disputed, .resolved, .dismissed: break
        }
        // What was closed before the period is not part of it.
        if let closed = episode.closed, let from = period.from, closed < from { return }
        exposed += 1
        exposedSeconds += period.seconds(from: episode.exposedSince, to: episode.closed)
    }
}

/// What is known of one asset in one class while its findings are read.
struct AssetCover: Sendable {
    private(set) var isApplicable = false
    private(set) var isVerified = true

    mutating func add(_ episode: FindingEpisode, _ period: ReportPeriod) {
        guard let standing = episode.standing(at: period.to) else { return }
        if let closed = episode.closed, let from = period.from, closed < from { return }
        switch standing {
        case .dismissed(let dismissal, _) where !dismissal.wasThere: return
        case .resolved: isApplicable = true
        case .open, .mitigated, .accepted, .disputed, .dismissed:
            isApplicable = true
            isVerified = false
        }
    }
}
