package import EventSourcing
internal import FoundationEssentials

/// Keeps findings and patches in step with the exceptions that they are under, and exceptions with
/// the controls that they lean on: it sees their events in the order of the log, and says what follows.
///
/// Pure: the same events give the same orders. Where several exceptions are for one finding, the one
/// that ends last counts, one kind beside the other: a deferral gives time, all else stops the clock.
package struct ExceptionKeeper: Sendable {
    package enum Order: Sendable, Equatable {
        case finding(StreamID, FindingCommand)
        case exception(StreamID, ExceptionCommand)
        case patch(StreamID, PatchCommand)
    }

    /// A finding that isn't closed, and where it is.
    struct Place {
        let finding: StreamID
        let asset: StreamID
        let registration: AssetRegistration
        let package: String
    }

    private struct Mending {
        let packages: Set<String>
        let assets: Set<StreamID>
    }

    private(set) var assets: [StreamID: KeptAsset] = [:]
    /// The asset of each finding that isn't closed.
    private(set) var homes: [UUID: StreamID] = [:]
    /// Those that have not ended.
    private(set) var exceptions: [StreamID: KeptException] = [:]
    /// Those that name a finding or an asset, and those that can be for any.
    private(set) var named: [StreamID: Set<StreamID>] = [:]
    private(set) var broad: Set<StreamID> = []
    private var patches: [StreamID: Mending] = [:]
    /// All patches that were assessed.
    var assessed: [StreamID: KeptPatch] = [:]
    /// Those of which it has to be found out whether exceptions are for all of their assets.
    var duePatches: Set<StreamID> = []
    var changed: Set<StreamID> = []

    package init() {}

    // MARK: What it keeps

    package mutating func restore(_ asset: StreamID, _ kept: KeptAsset) {
        assets[asset] = kept
        for finding in kept.findings.keys { homes[finding] = asset }
    }

    package mutating func restore(_ exception: StreamID, _ kept: KeptException) {
        exceptions[exception] = kept
        index(exception, kept.request.scope)
    }

    /// - Parameter assets: Those in the list that `kept` has the digest of.
    package mutating func restore(
        _ patch: StreamID, _ kept: KeptPatch, _ assets: some Sequence<StreamID>
    ) {
        restore(patch, kept)
        patches[patch] = Mending(packages: Set(kept.packages), assets: Set(assets))
    }

    /// What is to be kept of whatever has changed since this was asked last; nil for nothing.
    package mutating func takeNotes() throws -> [String: [UInt8]?] {
        var notes: [String: [UInt8]?] = [:]
        for id in changed {
            let note: [UInt8]? =
                switch id.prefix {
                case AssetDecider.prefix[...]: try assets[id].map(CanonicalJSON.encode)
                case ExceptionDecider.prefix[...]: try exceptions[id].map(CanonicalJSON.encode)
                default: try assessed[id].map(CanonicalJSON.encode)
                }
            notes.updateValue(note, forKey: id.text)
        }
        changed = []
        return notes
    }

    /// There is no exception that has not ended: a class says nothing then.
    package var isIdle: Bool { exceptions.isEmpty }

    /// Whether exceptions that have not ended name that patch.
    package func needs(patch: StreamID) -> Bool {
        exceptions.values.contains { $0.request.scope.patches.contains(patch) }
    }

    // MARK: Assets and findings

    /// Only a registration says anything here: on a host that was retired the monitor dismisses what
    /// there is.
    package mutating func see(_ registered: AssetRegistered, of asset: StreamID) -> [Order] {
        changed.insert(asset)
        guard assets[asset] != nil else {
            assets[asset] = KeptAsset(registered.registration)
            return []
        }
        let places = places(on: asset)
        let before = places.map { live(for: $0) }
        noteChange(of: asset, to: registered.registration)
        assets[asset]?.registration = registered.registration
        return orders(places, before)
    }

    package mutating func see(_ event: FindingEvent, of finding: StreamID) -> [Order] {
        switch event {
        case .opened(let opened):
            put(finding, opened.opening)
            return begun(finding)
        case .reopened(let reopened):
            if let opening = reopened.anew?.opening { put(finding, opening) }
            switch reopened.cause {
            case .foundAgain, .takenBack: return begun(finding)
            // While it was disputed nothing could be said to it.
            case .disputeRejected: return place(of: finding).map { standing(for: $0) } ?? []
            // By the exception's end, which says itself what follows.
            case .treatmentEnded: return []
            }
        case .classified(let classified):
            guard classified.before == nil, let place = place(of: finding) else { return [] }
            return standing(for: place)
        case .matchChanged(let changed):
            guard let place = place(of: finding), place.package != changed.opening.package else {
                return []
            }
            let before = [live(for: place)]
            put(finding, changed.opening)
            return orders([place], before)
        case .resolved, .dismissed:
            guard let asset = homes.removeValue(forKey: finding.uuid) else { return [] }
            assets[asset]?.findings[finding.uuid] = nil
            changed.insert(asset)
            return []
        case .accepted(let accepted): return late(accepted.exception, finding)
        case .deadlineMoved(let moved):
            return moved.grant.map { late($0.exception, finding) } ?? []
        case .fixObserved, .correctionRequested, .corrected, .warned, .breached, .mitigated,
            .disputed, .holdPlaced, .evidenceCollected, .holdDecided:
            return []
        }
    }

    /// What was said late, of a grant that had been taken back or to a finding that had been closed
    /// and opened again meanwhile, ends as soon as it shows.
    private func late(_ exception: StreamID, _ finding: StreamID) -> [Order] {
        guard let place = place(of: finding), !live(for: place).contains(exception) else {
            return []
        }
        let end = FindingCommand.endTreatment(by: exception, reason: "the exception has ended")
        return [.finding(finding, end)] + standing(for: place)
    }

    private mutating func put(_ finding: StreamID, _ opening: FindingOpening) {
        homes[finding.uuid] = opening.asset
        assets[opening.asset]?.findings[finding.uuid] = opening.package
        changed.insert(opening.asset)
    }

    /// What is said to one that begins: a deferral needs its deadline, which comes with its class.
    private func begun(_ finding: StreamID) -> [Order] {
        place(of: finding).map { standing(for: $0, isClassified: false) } ?? []
    }

    // MARK: Patches

    /// What a patch mends is known, or is something else now.
    ///
    /// - Parameter assets: Those in the list that `kept` has the digest of.
    package mutating func see(
        _ kept: KeptPatch, of patch: StreamID, _ assets: some Sequence<StreamID>
    ) -> [Order] {
        let mending = Mending(packages: Set(kept.packages), assets: Set(assets))
        let touched = mending.assets.symmetricDifference(patches[patch]?.assets ?? [])
        let places = touched.sorted().flatMap { self.places(on: $0) }
        let before = places.map { live(for: $0) }
        patches[patch] = mending
        note(kept, of: patch)
        return orders(places, before)
    }

    // MARK: Exceptions and controls

    package mutating func see(_ event: ExceptionEvent, of exception: StreamID) -> [Order] {
        if case .requested(let requested) = event {
            let kept = KeptException(requested)
            exceptions[exception] = kept
            index(exception, kept.request.scope)
            changed.insert(exception)
            return []
        }
        guard let kept = exceptions[exception] else { return [] }
        var state = kept.state(exception)
        ExceptionDecider.evolve(&state, event)
        switch event {
        case .requested, .reminded: return []
        case .granted(let granted):
            exceptions[exception]?.granted = granted.granted
            exceptions[exception]?.until = granted.until
            exceptions[exception]?.restart = granted.restart
            changed.insert(exception)
            noteChange(of: kept.request.scope)
            return places(under: kept.request.scope).flatMap { place in
                // Of deferrals each says what it gives: the finding takes what is more, and one that
                // ends later may be one that its class has outgrown.
                kept.isDeferral || best(among: live(for: place), false) == exception
                    ? said(state.findingCommand, to: place.finding) : []
            }
        case .denied, .expired, .revoked:
            let before = self
            forget(exception, kept.request.scope)
            guard kept.granted != nil else { return [] }
            noteChange(of: kept.request.scope)
            return before.places(under: kept.request.scope).flatMap { place in
                said(state.findingCommand, to: place.finding) + standing(for: place)
            }
        }
    }

    /// Nothing leans on a control that doesn't hold.
    package func see(_ lapsed: ControlLapsed, of control: StreamID) -> [Order] {
        exceptions.filter { $0.value.request.control == control }.keys.sorted().map {
            .exception($0, .loseControl(control))
        }
    }

    private mutating func index(_ exception: StreamID, _ scope: ExceptionScope) {
        for id in scope.findings + scope.assets { named[id, default: []].insert(exception) }
        if scope.group != nil || !scope.patches.isEmpty { broad.insert(exception) }
    }

    private mutating func forget(_ exception: StreamID, _ scope: ExceptionScope) {
        exceptions[exception] = nil
        broad.remove(exception)
        changed.insert(exception)
        for id in scope.findings + scope.assets {
            named[id]?.remove(exception)
            if named[id]?.isEmpty == true { named[id] = nil }
        }
        for patch in scope.patches where !needs(patch: patch) { patches[patch] = nil }
    }
}

extension ExceptionKeeper {
    // MARK: Which is for which

    private func place(of finding: StreamID) -> Place? {
        guard let asset = homes[finding.uuid], let kept = assets[asset],
            let package = kept.findings[finding.uuid]
        else { return nil }
        return Place(
            finding: finding, asset: asset, registration: kept.registration, package: package)
    }

    private func places(on asset: StreamID) -> [Place] {
        guard let kept = assets[asset] else { return [] }
        return kept.findings.map { finding, package in
            Place(
                finding: Finding.stream(finding), asset: asset, registration: kept.registration,
                package: package)
        }.sorted { $0.finding < $1.finding }
    }

    /// All that an exception is for, in the order of assets and findings: of one asset after the
    /// other, as there may be a million of them.
    private func places(under scope: ExceptionScope) -> some Sequence<Place> {
        assets(under: scope).lazy.flatMap { places(on: $0).filter { covers(scope, $0) } }
    }

    /// Those on which an exception is for something, in their order.
    func assets(under scope: ExceptionScope) -> [StreamID] {
        var ids = Set(scope.assets)
        ids.formUnion(scope.findings.compactMap { homes[$0.uuid] })
        for patch in scope.patches { ids.formUnion(patches[patch]?.assets ?? []) }
        if let group = scope.group {
            for (id, kept) in assets where group.matches(kept.registration) { ids.insert(id) }
        }
        return ids.filter { assets[$0]?.findings.isEmpty == false }.sorted()
    }

    private func covers(_ scope: ExceptionScope, _ place: Place) -> Bool {
        scope.covers(
            finding: place.finding, on: place.asset, place.registration,
            mendedBy: scope.patches.filter { patch in
                guard let mending = patches[patch] else { return false }
                return mending.packages.contains(place.package)
                    && mending.assets.contains(place.asset)
            })
    }

    /// The granted exceptions that are for a finding.
    private func live(for place: Place) -> Set<StreamID> {
        let candidates = broad.union(named[place.finding] ?? []).union(named[place.asset] ?? [])
        return candidates.filter { id in
            guard let kept = exceptions[id], kept.granted != nil else { return false }
            return covers(kept.request.scope, place)
        }
    }

    /// The one of its kind that ends last.
    private func best(among live: Set<StreamID>, _ isDeferral: Bool) -> StreamID? {
        live.compactMap { id in exceptions[id].map { (id, $0) } }
            .filter { $0.1.isDeferral == isDeferral }
            .max { ($0.1.until, $0.0) < ($1.1.until, $1.0) }?.0
    }

    /// What is said to a finding by the exceptions that are for it now.
    private func standing(for place: Place, isClassified: Bool = true) -> [Order] {
        let live = live(for: place)
        let kinds = isClassified ? [true, false] : [false]
        return kinds.flatMap { isDeferral -> [Order] in
            guard let id = best(among: live, isDeferral), let kept = exceptions[id] else {
                return []
            }
            return said(kept.state(id).findingCommand, to: place.finding)
        }
    }

    /// What follows where other exceptions are for findings now than those of `before`.
    private func orders(_ places: [Place], _ before: [Set<StreamID>]) -> [Order] {
        zip(places, before).flatMap { old, before -> [Order] in
            guard let place = place(of: old.finding) else { return [] }
            let live = live(for: place)
            if live == before { return [] }
            let left = before.subtracting(live).sorted().map { exception in
                Order.finding(
                    place.finding,
                    .endTreatment(
                        by: exception, reason: "it is not for this finding any more"))
            }
            return left + standing(for: place)
        }
    }

    /// Whether what was said is still so, after all events that were seen since: what has ended
    /// meanwhile says nothing that would outlive its end.
    package func holds(_ order: Order) -> Bool {
        if case .patch(let patch, .observeExceptions(let ids)) = order {
            return exceptions(of: patch) == ids
        }
        guard case .finding(let finding, let command) = order else { return true }
        switch command {
        case .accept(let exception, _, _), .moveDeadline(let exception, _, _, _):
            return place(of: finding).map { live(for: $0).contains(exception) } ?? false
        case .endTreatment, .open, .classify, .observeFix, .requestCorrection, .confirmCorrection,
            .mitigate, .dispute, .rejectDispute, .resolve, .dismiss, .reopen, .placeHold,
            .collectEvidence,
            .decideHold, .timer:
            return true
        }
    }

    private func said(_ command: FindingCommand?, to finding: StreamID) -> [Order] {
        command.map { [.finding(finding, $0)] } ?? []
    }
}
