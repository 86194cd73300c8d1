package import EventSourcing

/// Registration, scans and the end of one asset.
package enum AssetDecider: Decider {
    package static let prefix = "as"
    package static var initialState: Asset { Asset() }
    /// Leaves room in an event of 60,000 bytes for the rest of it.
    static let offerBytes = 50_000

    package static func decide(
        _ command: AssetCommand, _ context: CommandContext, _ state: Asset
    ) throws(AssetRejection) -> [AssetEvent] {
        if case .register(let registration) = command {
            return try register(registration, state)
        }
        guard let registration = state.registration else { throw .unknown }
        switch command {
        case .register: return []
        case .describe(let attributes):
            if let fault = attributes.faults.first { throw .badField(fault) }
            guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
            let filled = attributes.filled(from: state.attributes)
            return filled == state.attributes
                ? [] : [.described(AssetDescribed(attributes: filled))]
        case .decommission(let reason, let successor):
            guard !isBlank(reason) else { throw .reasonMissing }
            guard successor != registration.asset else { throw .ownSuccessor(registration.name) }
            return state.isDecommissioned
                ? []
                : [.decommissioned(AssetDecommissioned(reason: reason, successor: successor))]
        case .forgetSource(let source, let reason):
            return try forget(source, reason, context, state, registration)
        case .noteOrigins(let origins):
            let isNews = state.origins.map { $0 != origins } ?? !origins.origins.isEmpty
            return state.isDecommissioned || !isNews
                ? []
                : [.originsNoted(AttributeOriginsNoted(origins: origins, by: context.actor))]
        case .observeInstance, .missInstance, .succeed:
            return try instance(command, context, state, registration)
        case .noteOverdue(let reported):
            return state.isDecommissioned || state.isOverdue
                ? [] : [.overdue(CollectionOverdue(lastReported: reported))]
        case .hold(let finding):
            return state.holds.contains(finding) ? [] : [.held(AssetHeld(finding: finding))]
        case .release(let finding):
            return state.holds.contains(finding)
                ? [.released(AssetReleased(finding: finding))] : []
        case .awaitReboot(let awaited):
            return state.isDecommissioned || state.awaitedReboots.contains(awaited)
                ? [] : [.rebootAwaited(awaited)]
        case .report(let taking): return try take(taking, context, state, registration)
        case .requestScan(let scan):
            guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
            return [.scanRequested(ScanRequested(scan: scan, host: registration.host))]
        case .recordScan(let scan, let result):
            // A scan that was under way when the asset left has nothing more to say.
            return state.isDecommissioned ? [] : try record(result, of: scan, state)
        }
    }

    package static func evolve(_ state: inout Asset, _ event: AssetEvent) {
        switch event {
        case .registered(let registered):
            state.id = registered.asset
            state.registration = registered.registration
        case .described(let described): state.attributes = described.attributes
        case .inventoryReported(let reported):
            state.report = reported.report
            state.stratum = reported.stratum
            state.bootID = reported.bootID
            state.isOverdue = false
        case .updatesOffered(let offered): state.offers = offered.list
        case .overdue: state.isOverdue = true
        case .reportTaken(let taken):
            state.isOverdue = false
            state.note(
                Asset.SourceReport(
                    source: taken.taking.source, report: taken.taking.report,
                    gathered: taken.taking.gathered, format: taken.taking.format,
                    counts: taken.taking.counts))
        case .reportConfirmed(let confirmed):
            state.isOverdue = false
            state.confirm(confirmed)
        case .sourceForgotten(let forgotten):
            state.reports.removeAll { $0.source == forgotten.source }
        case .instanceObserved(let observed):
            state.cloud = observed.observation
            state.isGoneFromCloud = false
        case .instanceGone: state.isGoneFromCloud = true
        case .predecessorLinked(let linked): state.predecessor = linked.predecessor
        case .originsNoted(let noted): state.origins = noted.origins
        case .decommissioned: state.isDecommissioned = true
        case .held(let held): state.holds = (state.holds + [held.finding]).sorted()
        case .released(let released): state.holds.removeAll { $0 == released.finding }
        case .scanConfirmed(let confirmed):
            if confirmed.scan == .inventory { state.isOverdue = false }
        case .rebootAwaited(let awaited):
            state.awaitedReboots.removeAll { $0.deployment == awaited.deployment }
            state.awaitedReboots.append(awaited)
        case .rebootObserved(let observed):
            let seen = observed.deployments ?? []
            state.awaitedReboots.removeAll { seen.contains($0.deployment) }
        case .scanRequested, .scanFailed: break
        }
    }

    package static func effects(of event: AssetEvent, _ state: Asset) -> [Effect] {
        switch event {
        case .scanRequested(let requested):
            let task = ScanTask(host: requested.host, work: requested.scan.work)
            return [
                .schedule(
                    NewActivity(
                        kind: requested.scan.work.kind, asset: requested.host.asset,
                        data: storedForm(task)))
            ]
        case .decommissioned: return [.cancelPending]
        case .registered, .described, .inventoryReported, .updatesOffered, .scanConfirmed,
            .scanFailed, .rebootObserved, .rebootAwaited, .reportTaken, .reportConfirmed,
            .sourceForgotten,
            .instanceObserved, .instanceGone, .predecessorLinked, .originsNoted, .overdue, .held,
            .released:
            return []
        }
    }

    /// The document that `result` is kept as, beside the event that names its digest.
    package static func document(of result: WorkResult) -> Document? {
        switch result {
        case .inventory(let report):
            Document(mediaType: "application/json", bytes: storedForm(report))
        case .offers(let offers):
            Document(mediaType: "application/json", bytes: storedForm(sorted(offers)))
        case .acquired, .precheck, .backUp, .executed, .verification, .probe, .checked, .asked,
            .failed:
            nil
        }
    }

    private static func register(
        _ registration: AssetRegistration, _ state: Asset
    ) throws(AssetRejection) -> [AssetEvent] {
        if let fault = registration.faults.first { throw .badField(fault) }
        if let id = state.id, id != registration.asset {
            throw .nameMismatch(registration.name, expected: registration.asset, actual: id)
        }
        guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
        guard state.registration != registration else { return [] }
        let registered = AssetRegistered(asset: registration.asset, registration: registration)
        return [.registered(registered)]
    }

    private static func record(
        _ result: WorkResult, of scan: Scan, _ state: Asset
    ) throws(AssetRejection) -> [AssetEvent] {
        switch (scan, result) {
        case (.inventory, .inventory(let report)): return inventory(report, state)
        case (.updates, .offers(let offers)): return updates(offers, state)
        case (_, .failed(let failure)):
            let failed = ScanFailed(
                scan: scan, cause: failure.cause, detail: String(failure.detail.prefix(1000)))
            return [.scanFailed(failed)]
        default: throw .wrongResult(scan, result.kind)
        }
    }

    private static func inventory(_ report: InventoryReport, _ state: Asset) -> [AssetEvent] {
        let digest = Digest(of: storedForm(report))
        let reboot = reboot(report.bootID, state)
        guard digest != state.report else {
            return [.scanConfirmed(ScanConfirmed(scan: .inventory, digest: digest))] + reboot
        }
        let stratum = PlatformStratum(
            os: report.osName, version: report.osVersion, architecture: report.architecture)
        let reported = AssetEvent.inventoryReported(
            InventoryReported(
                report: digest, packages: report.packages.count, stratum: stratum,
                kernel: report.kernel, bootID: report.bootID))
        return [reported] + reboot
    }

    /// Against what the last inventory said, and against what deployments know that wait for one.
    private static func reboot(_ bootID: String, _ state: Asset) -> [AssetEvent] {
        let seen = state.awaitedReboots.filter { $0.bootID != bootID }
        let isNew = state.bootID.map { $0 != bootID } ?? false
        guard isNew || !seen.isEmpty, let before = isNew ? state.bootID : seen.first?.bootID else {
            return []
        }
        return [
            .rebootObserved(
                RebootObserved(
                    before: before, after: bootID,
                    deployments: seen.isEmpty ? nil : seen.map(\.deployment)))
        ]
    }

    private static func updates(_ offers: [OfferedUpdate], _ state: Asset) -> [AssetEvent] {
        let all = sorted(offers)
        let digest = Digest(of: storedForm(all))
        guard digest != state.offers else {
            return [.scanConfirmed(ScanConfirmed(scan: .updates, digest: digest))]
        }
        var bytes = 0
        let shown = all.prefix { offer in
            bytes += storedForm(offer).count + 1
            return bytes <= offerBytes
        }
        let offered = UpdatesOffered(offers: Array(shown), total: all.count, list: digest)
        return [.updatesOffered(offered)]
    }

    private static func sorted(_ offers: [OfferedUpdate]) -> [OfferedUpdate] {
        offers.sorted {
            ($0.name, $0.architecture, $0.offeredVersion, $0.origin)
                < ($1.name, $1.architecture, $1.offeredVersion, $1.origin)
        }
    }
}

extension WorkResult {
    /// What kind of result it is, for messages.
    package var kind: String {
        switch self {
        case .inventory: "inventory"
        case .offers: "offers"
        case .acquired: "acquired"
        case .precheck: "precheck"
        case .backUp: "back-up"
        case .executed: "executed"
        case .verification: "verification"
        case .probe: "probe"
        case .checked: "checked"
        case .asked: "asked"
        case .failed: "failed"
        }
    }
}
