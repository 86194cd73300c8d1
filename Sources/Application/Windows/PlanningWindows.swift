internal import EventSourcing
internal import PatchManagement

/// The calendars of targets, in their order.
struct TargetCalendars {
    let calendars: [PlannedCalendar]
    /// Of each target; nil where windows hold it back from nothing.
    let numbers: [Int?]

    /// Nothing can begin on it in any opening that is pinned.
    func isClosed(_ target: Int) -> Bool {
        numbers[target].map { calendars[$0].openings.isEmpty } ?? false
    }
}

extension UseCases {
    /// The windows that hold for assets on these paths, from now on: many assets have the same.
    ///
    /// - Throws: `InvalidInput` when they differ in more ways than a plan can pin.
    func calendars(on paths: [PolicyPath]) async throws -> TargetCalendars {
        let windows = try await windowCalendars(on: paths)
        let distinct = Set(windows.filter(\.isRestricted).map(\.definition)).sorted()
        guard distinct.count <= PlannedCalendar.most else {
            throw InvalidInput(
                field: "target",
                message:
                    "the targets have \(distinct.count) different lists of windows, and a plan "
                    + "pins \(PlannedCalendar.most): plan one rollout for each site")
        }
        let limit = PlannedCalendar.openingsOfEach(distinct.count)
        let from = now()
        var calendars: [Digest: PlannedCalendar] = [:]
        for window in windows where calendars[window.definition] == nil {
            calendars[window.definition] = window.planned(from: from, limit: limit)
        }
        return TargetCalendars(
            calendars: distinct.compactMap { calendars[$0] },
            numbers: windows.map { window in
                window.isRestricted ? distinct.firstIndex(of: window.definition) : nil
            })
    }

    /// What is different in the windows of targets since a plan pinned them, host by host.
    func changedWindows(
        since plan: RolloutPlan, _ targets: [(target: RolloutTarget, asset: AssetRegistration)]
    ) async throws -> [String] {
        let windows = try await windowCalendars(on: targets.map { PolicyPath($0.asset) })
        return zip(targets, windows).compactMap { pair, window in
            let planned = pair.target.calendar.flatMap { plan.calendars?[$0].definition }
            let now = window.isRestricted ? window.definition : nil
            return now == planned ? nil : "\(pair.target.host.name) has other windows now"
        }
    }

    private func windowCalendars(on paths: [PolicyPath]) async throws -> [WindowCalendar] {
        // A policy that was published just now counts as well.
        _ = try await position(Moment(minPosition: try await store.head()))
        let own = Set(try await policyScopes(level: .asset))
        let ways = paths.map { path in
            var way = path
            // Without a policy of its own an asset is like its neighbours.
            if let asset = path.asset, !own.contains(.asset(asset)) { way.asset = nil }
            return way
        }
        let scopes = Set(Set(ways).flatMap(\.scopes)).union([.account])
        let book = try await policyBook(of: Array(scopes))
        var known: [PolicyPath: WindowCalendar] = [:]
        return ways.map { way in
            if let calendar = known[way] { return calendar }
            let calendar = book.effective(for: way).dispatchCalendar(in: book)
            known[way] = calendar
            return calendar
        }
    }

    /// The earliest deadline of what `packages` mend on `assets`; nil for none.
    func slaDeadline(
        of packages: [PackageSelection], on assets: [StreamID]
    ) async throws -> Timestamp? {
        try await mendable(packages, on: Set(assets)).compactMap(\.deadline).min()
    }
}
