internal import Advisories
package import EventSourcing

/// Keeps findings in step with what feeds, inventories and assets say: it sees their events in the
/// order of the log, and says what is to be asked of which finding.
///
/// Pure. A change costs what it touches: an advisory the assets that have its packages, an inventory
/// itself. What it says may be said twice, as after a crash: findings take it once.
package struct FindingMonitor: Sendable {
    /// What is to be asked of one finding, in this order.
    package struct Order: Sendable, Equatable {
        package let asset: StreamID
        package let finding: StreamID
        package let commands: [FindingCommand]
        /// When the last reason for it was recorded: it is asked no earlier, whatever the clock here
        /// says.
        package let moment: Timestamp
        let key: String
        /// What was known of it before.
        let before: WatchedAsset.Known?

        /// Whether it is to be open afterwards.
        package var opens: Bool {
            if case .open = commands.first { true } else { false }
        }
    }

    var fleet = FleetMatches()
    private(set) var book = SignalBook()
    private(set) var library = FeedLibrary()
    private(set) var feeds: [StreamID: WatchedFeed] = [:]
    var assets: [StreamID: WatchedAsset] = [:]
    /// On which asset a deployment is that has not ended.
    var deploymentAssets: [StreamID: StreamID] = [:]
    var controls: [StreamID: WatchedControl] = [:]
    /// Assets whose findings may be others now, each with the moment of the last reason.
    var due: [StreamID: Timestamp] = [:]
    /// Those whose turn it is, the next one last: sorted once, however many slices they are taken in.
    private var turn: [StreamID] = []
    /// Assets of whose packages nothing can be told: their system has no advisories.
    var untold: Set<StreamID> = []
    /// Assets with a finding that refused something: looked at again with every report.
    private var refused: Set<StreamID> = []
    /// Until all that was due when it was taken up has been asked, nothing is taken for known.
    private var isFresh = true
    var changedAssets: Set<StreamID> = []
    private var changedFeeds: Set<StreamID> = []
    var changedControls: Set<StreamID> = []
    /// Patches whose new versions are matched as well; see `FindingMonitor+Patches`.
    var patches: [StreamID: WatchedPatch] = [:]
    var duePatches: Set<StreamID> = []
    var changedPatches: Set<StreamID> = []
    /// What is published, and what it comes to.
    var policies = WatchedPolicies()

    package init() {}

    // MARK: What it keeps

    /// Takes up what was kept of a feed, with the documents of its contents.
    package mutating func restore(
        _ feed: StreamID, _ watched: WatchedFeed, _ contents: FeedLibrary.Contents
    ) {
        feeds[feed] = watched
        _ = apply(library.replace(feed, watched.kind, by: contents), feed)
    }

    /// Whether a document's bytes are needed to see it in a feed's contents.
    package func needsBytes(
        of part: FeedContents.Part, in feed: StreamID, _ kind: FeedKind
    ) -> Bool {
        library.needsBytes(of: part, in: feed, kind)
    }

    package func watched(_ feed: StreamID) -> WatchedFeed? { feeds[feed] }
    package func watched(asset: StreamID) -> WatchedAsset? { assets[asset] }

    /// The assets of which something else is to be kept than when this was asked last; those that are
    /// due still are not among them, as what is kept of them would hide the reason.
    package mutating func takeChangedAssets() -> [StreamID] {
        let settled = changedAssets.filter { due[$0] == nil }
        changedAssets.subtract(settled)
        return settled.sorted()
    }

    /// Likewise for feeds. To be kept only with the checkpoint behind their events.
    package mutating func takeChangedFeeds() -> [StreamID] {
        defer { changedFeeds = [] }
        return changedFeeds.sorted()
    }

    // MARK: What happens

    /// An asset was registered, described anew, reported on, or left.
    ///
    /// - Parameter reports: What is reported of it with this event, where that is a report.
    package mutating func see(
        _ event: AssetEvent, of asset: StreamID, at moment: Timestamp, _ reports: ReportsOfAsset
    ) {
        switch event {
        case .registered(let registered):
            if assets[asset] == nil {
                assets[asset] = WatchedAsset(registered.registration, inScope: moment)
            } else {
                assets[asset]?.describe(registered.registration)
                due[asset] = moment
            }
        case .inventoryReported(let reported):
            guard assets[asset]?.isDecommissioned == false else { return }
            assets[asset]?.take(reported.report, at: moment)
            put(reports, of: asset)
            due[asset] = moment
        case .reportTaken(let taken):
            guard assets[asset]?.isDecommissioned == false else { return }
            // What it shows is of when it was gathered, which may be long before it came: nothing that
            // was seen to be gone since comes back by it.
            let shown = min(moment, taken.taking.gathered)
            assets[asset]?.take(taken.taking.report, from: taken.taking.source, at: shown)
            put(reports, of: asset)
            due[asset] = max(due[asset] ?? shown, shown)
        case .reportConfirmed(let confirmed):
            guard refused.contains(asset) else { return }
            let shown = min(moment, confirmed.gathered)
            assets[asset]?.take(confirmed.report, from: confirmed.source, at: shown)
            due[asset] = max(due[asset] ?? shown, shown)
        case .scanConfirmed(let confirmed):
            let isAwaited = assets[asset]?.hasUnshownInstalls == true || refused.contains(asset)
            guard confirmed.scan == .inventory, isAwaited else { return }
            assets[asset]?.confirm(at: moment)
            due[asset] = moment
        case .sourceForgotten(let forgotten):
            guard assets[asset]?.isDecommissioned == false else { return }
            forget(forgotten.source, of: asset, reports)
            due[asset] = moment
        case .decommissioned:
            assets[asset]?.isDecommissioned = true
            _ = fleet.remove(asset.text)
            due[asset] = moment
        case .described, .scanRequested, .updatesOffered, .scanFailed, .overdue,
            .rebootObserved, .rebootAwaited, .instanceObserved, .instanceGone, .predecessorLinked,
            .originsNoted,
            .held, .released:
            return
        }
        changedAssets.insert(asset)
    }

    /// A person took a finding's end back: it has no class yet, and may have to be closed again.
    package mutating func see(_ reopened: FindingReopened, at moment: Timestamp) {
        guard let opening = reopened.anew?.opening, assets[opening.asset] != nil else { return }
        assets[opening.asset]?.known[opening.vulnerability.key] = WatchedAsset.Known(
            vulnerability: opening.vulnerability, package: opening.package,
            version: opening.installedVersion, match: opening.match,
            fixReleased: opening.fixReleased, inputs: nil, classification: nil)
        changedAssets.insert(opening.asset)
        due[opening.asset] = moment
    }

    package mutating func see(_ watched: FeedWatched, of feed: StreamID) {
        let registration = watched.registration
        var watched = WatchedFeed(
            name: registration.name, kind: registration.kind, contents: feeds[feed]?.contents)
        watched.isThirdParty = registration.track == .thirdParty ? true : nil
        feeds[feed] = watched
        changedFeeds.insert(feed)
    }

    /// A feed says something else from now on.
    ///
    /// - Parameter contents: All of them; of a kind whose documents are records by themselves, only
    ///   those that it had not before need bytes.
    package mutating func see(
        _ taken: FeedSnapshotTaken, of feed: StreamID, at moment: Timestamp,
        _ contents: FeedLibrary.Contents
    ) {
        feeds[feed]?.contents = taken.contents
        changedFeeds.insert(feed)
        let touched = apply(library.replace(feed, taken.kind, by: contents), feed)
        for asset in touched where assets[asset] != nil { due[asset] = moment }
        reconsiderPatches()
    }

    /// - Returns: The assets whose findings may be others now.
    private mutating func apply(
        _ change: FeedLibrary.Change, _ feed: StreamID
    ) -> Set<StreamID> {
        var packages: Set<Advisories.InstalledPackage> = []
        for key in change.removed {
            book.remove(key)
            packages.formUnion(fleet.apply(.remove(key)).map(\.package))
        }
        for advisory in change.put {
            book.put(advisory)
            packages.formUnion(fleet.apply(.put(advisory)).map(\.package))
        }
        var touched = Set(
            packages.flatMap { fleet.inventories.assets(having: $0) }.compactMap { StreamID($0) })
        if let signals = change.signals {
            let cves = Set(book.replace(feed, by: signals).map { $0.lowercased() })
            if !cves.isEmpty { touched.formUnion(assetsKnown(for: cves)) }
        }
        return touched
    }

    private func assetsKnown(for cves: Set<String>) -> [StreamID] {
        assets.filter { asset in
            asset.value.known.keys.contains { key in
                cves.contains(key)
                    || fleet.advisories.aliases(of: key).contains { cves.contains($0.lowercased()) }
            }
        }.map(\.key)
    }

    // MARK: What follows

    /// What is to be asked of the findings of the next assets that are due, in the order of their ids.
    ///
    /// - Parameter limit: Assets at most. There may be thousands of findings on each.
    /// - Returns: nil when none is due any more.
    package mutating func takeOrders(at now: Timestamp, limit: Int) -> [Order]? {
        if turn.isEmpty { turn = due.keys.sorted(by: >) }
        if turn.isEmpty {
            isFresh = false
            return nil
        }
        var orders: [Order] = []
        for asset in turn.suffix(limit).reversed() {
            turn.removeLast()
            guard let moment = due.removeValue(forKey: asset) else { continue }
            refused.remove(asset)
            guard var watched = assets[asset] else { continue }
            let found = orders.count
            let counting = policies.counting(on: watched.path(of: asset))
            let unheardOf = unheardOf(on: asset)
            orders += self.orders(
                asset, &watched, moment, max(now, moment), counting, unheardOf)
            let isLeftOpen = watched.known.values.contains {
                watched.isChanging($0.package) || unheardOf.hides($0)
            }
            if isLeftOpen { refused.insert(asset) }
            assets[asset]?.forgotten = nil
            guard orders.count > found else { continue }
            watched.forgotten = nil
            assets[asset] = watched
            changedAssets.insert(asset)
        }
        return orders
    }

    /// The finding refused it, but for its first `accepted` commands: the rest comes up again with the
    /// next reason to look at its asset, a report that says nothing new included.
    package mutating func takeBack(_ order: Order, accepted: Int) {
        var known = order.before
        if accepted > 0, order.opens {
            // It is open now, so that it has to be closed one day.
            known = assets[order.asset]?.known[order.key]
            known?.inputs = nil
            known?.classification = nil
        }
        assets[order.asset]?.known[order.key] = known
        changedAssets.insert(order.asset)
        refused.insert(order.asset)
    }

    private func orders(
        _ asset: StreamID, _ watched: inout WatchedAsset, _ moment: Timestamp, _ now: Timestamp,
        _ counting: WatchedPolicies.Counting, _ unheardOf: UnheardOfPackages
    ) -> [Order] {
        let all = fleet.matches(of: asset.text)
        let groups = Dictionary(grouping: all.filter(counts), by: \.vulnerability)
        let protections = protections(of: asset, watched, at: now)
        var orders: [Order] = []
        var present: Set<String> = []
        for (name, matches) in groups.sorted(by: { $0.key < $1.key }) where !untold.contains(asset)
        {
            guard let sighting = Sighting(name, matches, fleet.advisories, watched) else {
                continue
            }
            let key = sighting.vulnerability.key
            present.insert(key)
            let before = watched.known[key]
            if before == nil, isOff(sighting, by: counting) { continue }
            let opening = opening(asset, sighting, before, watched, moment)
            let (commands, known) = ask(
                opening, sighting, before, watched, protections, now, counting.classification)
            if commands.isEmpty { continue }
            watched.known[key] = known
            orders.append(
                Order(
                    asset: asset, finding: opening.finding, commands: commands, moment: moment,
                    key: key, before: before))
        }
        let open = openQuestions(all)
        for (key, known) in watched.known.sorted(by: { $0.key < $1.key })
        where !present.contains(key) {
            let isUntold = untold.contains(asset) && !watched.hasNoReportLeft
            let isHeld =
                watched.isChanging(known.package) && !isUnnamed(known.package, on: asset)
            let cannotTell =
                isUntold || open.contains(key) || isHeld || unheardOf.hides(known)
            if cannotTell, !watched.isDecommissioned { continue }
            watched.known[key] = nil
            orders.append(
                Order(
                    asset: asset,
                    finding: Finding.id(asset: asset, vulnerability: known.vulnerability),
                    commands: [close(known, asset, watched, all, moment)], moment: moment, key: key,
                    before: known))
        }
        return orders
    }

    /// The vulnerabilities, under all their names, of which nobody can tell whether the asset has them.
    private func openQuestions(_ matches: [Match]) -> Set<String> {
        var keys: Set<String> = []
        for match in matches {
            guard case .undetermined = match.verdict, !match.isSuppressed else { continue }
            for name in [match.vulnerability] + fleet.advisories.aliases(of: match.vulnerability) {
                keys.insert(name.lowercased())
            }
        }
        return keys
    }

    /// What nobody can tell opens no finding, nor does what is known of the project upstream alone
    /// where a distribution tells what it has mended.
    func counts(_ match: Match) -> Bool {
        match.verdict == .affected && !match.isSuppressed
            && !(match.isByUpstreamOnly && fleet.advisories.covers(match.package.ecosystem))
    }

    private func opening(
        _ asset: StreamID, _ sighting: Sighting, _ before: WatchedAsset.Known?,
        _ watched: WatchedAsset, _ moment: Timestamp
    ) -> FindingOpening {
        var released = sighting.fixing.isEmpty ? nil : book.released(sighting.fixing)
        if let known = before, known.fixReleased == nil, let date = released {
            // A record's date is that of its first edition; the fix came with this one.
            released = max(date, moment)
        }
        return FindingOpening(
            asset: asset, vulnerability: sighting.vulnerability, package: sighting.package.name,
            installedVersion: sighting.package.version, match: sighting.digest, observed: moment,
            inScope: watched.inScope, fixReleased: released)
    }

    private func ask(
        _ opening: FindingOpening, _ sighting: Sighting, _ before: WatchedAsset.Known?,
        _ watched: WatchedAsset, _ protections: [Protection], _ now: Timestamp,
        _ policy: ClassificationPolicy
    ) -> (commands: [FindingCommand], known: WatchedAsset.Known) {
        var inputs = book.inputs(names: sighting.names, advisories: sighting.advisories)
        inputs.exposure = watched.exposure
        inputs.criticality = watched.criticality
        inputs.site = watched.site
        inputs.controls = Self.onPath(protections, inputs.ratings)
        var lasting = inputs
        lasting.epss = nil
        inputs.snapshots = pins(of: sighting)
        let classification = Classifier.classify(inputs, at: now, policy)
        let known = WatchedAsset.Known(
            vulnerability: sighting.vulnerability, package: opening.package,
            version: opening.installedVersion, match: opening.match,
            ecosystem: sighting.package.ecosystem.text,
            fixReleased: before?.fixReleased ?? opening.fixReleased,
            inputs: Digest(of: storedForm(lasting)),
            classification: Digest(of: storedForm(classification)))
        var commands: [FindingCommand] = []
        // What another process may have closed since is opened again; else it says nothing.
        if isFresh || before?.match != known.match { commands.append(.open(opening)) }
        if let before, before.fixReleased == nil, let released = known.fixReleased {
            commands.append(.observeFix(released: released))
        }
        if before?.inputs != known.inputs || before?.classification != known.classification {
            commands.append(.classify(inputs, policy))
        }
        return (commands, known)
    }

    private static let mostPins = 20

    /// The snapshots of the feeds that said so, and of those that would say how it is exploited.
    private func pins(of sighting: Sighting) -> [FeedPin] {
        let speaking = Set(sighting.advisories.compactMap { library.feed(of: $0) })
        let pins = feeds.compactMap { id, feed -> FeedPin? in
            let isSignal = feed.kind != .osv && feed.kind != .csaf
            guard let contents = feed.contents, isSignal || speaking.contains(id) else {
                return nil
            }
            return FeedPin(feed: feed.name, digest: contents)
        }
        return Array(pins.sorted { $0.feed < $1.feed }.prefix(Self.mostPins))
    }
}
