internal import Application
internal import EventSourcing
internal import PatchManagement

/// Assets, and what they are offered, from the streams of the assets.
enum AssetFold {
    static func keys(for event: RecordedEvent) -> [ViewKey] {
        [ViewKey(.asset, event.stream.text), ViewKey(.offer, event.stream.text)]
    }

    static func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        let decoded = try AssetEvent(
            type: event.type, schemaVersion: event.schemaVersion, data: event.data)
        let id = event.stream.text
        if case .registered(let payload) = decoded {
            return try register(payload.registration, by: event, in: &views)
        }
        guard var asset = try AssetDocument.read(id, in: views) else {
            throw MissingView(kind: .asset, id: id)
        }
        asset.version = event.version
        switch decoded {
        case .registered: break
        case .described(let payload):
            asset.attributes = AssetDocument.Attributes(payload.attributes)
            asset.noteImage()
        case .scanRequested: asset.openScans += 1
        case .inventoryReported(let payload):
            close(&asset)
            asset.take(payload)
            asset.report(at: event.recordedAt)
        case .updatesOffered(let payload):
            close(&asset)
            asset.offers = payload.total
            asset.securityOffers = payload.offers.count { $0.fromSecurityArchive }
            try OfferDocument(
                id: asset.id, name: asset.name, environment: asset.environment,
                state: asset.state, list: payload.list.description
            ).write(to: &views)
        case .scanConfirmed(let payload):
            close(&asset)
            if payload.scan == .inventory { asset.report(at: event.recordedAt) }
        case .scanFailed(let payload):
            asset.openScans = max(0, asset.openScans - 1)
            asset.lastFailure = AssetDocument.Failure(
                cause: payload.cause.rawValue, detail: payload.detail,
                at: event.recordedAt.description)
        case .rebootObserved, .rebootAwaited: break
        case .overdue: asset.reporting = "overdue"
        case .reportTaken(let payload):
            note(payload.taking, in: &asset)
            asset.hear(at: event.recordedAt)
        case .reportConfirmed(let payload):
            asset.hear(at: event.recordedAt)
            asset.confirm(payload)
        case .held(let payload): asset.hold(for: payload.finding.text)
        case .released(let payload): asset.release(from: payload.finding.text)
        case .sourceForgotten(let payload): asset.forget(payload.source)
        case .instanceObserved(let payload):
            asset.cloud = AssetDocument.Cloud(payload)
            asset.noteImage()
        case .instanceGone: asset.cloud?.state = "gone"
        case .originsNoted(let payload): asset.origins = payload.origins.texts
        case .predecessorLinked(let payload): asset.replaces = payload.predecessor.text
        case .decommissioned(let payload):
            asset.state = "decommissioned"
            asset.replacedBy = payload.successor?.text
            if var offer = try OfferDocument.read(id, in: views) {
                offer.state = asset.state
                try offer.write(to: &views)
            }
        }
        try asset.write(to: &views)
    }

    private static func register(
        _ registration: AssetRegistration, by event: RecordedEvent, in views: inout [ViewKey: View]
    ) throws {
        let id = event.stream.text
        var asset = document(
            registration, of: id, before: try AssetDocument.read(id, in: views),
            at: event.recordedAt)
        asset.version = event.version
        if var offer = try OfferDocument.read(id, in: views) {
            offer.name = asset.name
            offer.environment = asset.environment
            try offer.write(to: &views)
        }
        try asset.write(to: &views)
    }

    private static func note(_ taking: ReportTaking, in asset: inout AssetDocument) {
        var reports = (asset.reports ?? []).filter { $0.source != taking.source }
        reports.append(
            AssetDocument.Report(
                source: taking.source, format: taking.format, digest: taking.report.description,
                gatheredAt: taking.gathered.description, packages: taking.counts.packages,
                matchable: taking.counts.matchable, products: taking.counts.products,
                openVulnerabilities: taking.counts.openVulnerabilities,
                skipped: taking.counts.skipped, image: taking.image?.asset.text))
        asset.reports = reports.sorted { $0.source < $1.source }
    }

    private static func close(_ asset: inout AssetDocument) {
        asset.openScans = max(0, asset.openScans - 1)
        asset.lastFailure = nil
    }

    private static func document(
        _ registration: AssetRegistration, of id: String, before: AssetDocument?,
        at moment: Timestamp
    ) -> AssetDocument {
        AssetDocument(
            id: id, name: registration.name, address: registration.address,
            port: registration.port, user: registration.user,
            environment: registration.environment.rawValue, group: registration.group,
            site: registration.site, owner: registration.owner.isEmpty ? nil : registration.owner,
            criticality: registration.criticality.rawValue,
            attributes: before?.attributes,
            exposure: registration.exposure.rawValue, state: "active", osName: before?.osName,
            osVersion: before?.osVersion, architecture: before?.architecture,
            kernel: before?.kernel, packageCount: before?.packageCount,
            reportDigest: before?.reportDigest, reportedAt: before?.reportedAt,
            offers: before?.offers ?? 0, securityOffers: before?.securityOffers ?? 0,
            openScans: before?.openScans ?? 0, lastFailure: before?.lastFailure,
            reporting: before?.reporting ?? "never",
            registeredAt: before?.registeredAt ?? moment.description,
            heardAt: before?.heardAt, reports: before?.reports, heldFor: before?.heldFor,
            cloud: before?.cloud,
            runsImage: before?.runsImage, providesImage: before?.providesImage,
            replaces: before?.replaces, replacedBy: before?.replacedBy,
            origins: before?.origins, version: 0)
    }
}

extension AssetDocument.Cloud {
    fileprivate init(_ observed: CloudInstanceObserved) {
        let (scope, instance) = (observed.observation.scope, observed.observation.instance)
        self.init(
            provider: scope.provider.rawValue, account: scope.account, region: scope.region,
            instance: instance.id, state: instance.state.rawValue, name: instance.name,
            zone: instance.zone, group: instance.group, image: instance.image,
            addresses: instance.addresses, hostNames: instance.hostNames,
            match: observed.match.rawValue)
    }
}

extension AssetDocument {
    /// A source has said again what it said before.
    fileprivate mutating func confirm(_ report: PackageReportConfirmed) {
        for index in (reports ?? []).indices where reports?[index].source == report.source {
            reports?[index].gatheredAt = report.gathered.description
        }
    }

    fileprivate mutating func hold(for finding: String) {
        heldFor = ((heldFor ?? []) + [finding]).sorted()
    }

    fileprivate mutating func release(from finding: String) {
        let others = (heldFor ?? []).filter { $0 != finding }
        heldFor = others.isEmpty ? nil : others
    }

    fileprivate mutating func forget(_ source: String) {
        let left = (reports ?? []).filter { $0.source != source }
        reports = left.isEmpty ? nil : left
    }

    fileprivate mutating func take(_ reported: InventoryReported) {
        osName = reported.stratum.os
        osVersion = reported.stratum.version
        architecture = reported.stratum.architecture
        kernel = reported.kernel
        packageCount = reported.packages
        reportDigest = reported.report.description
    }

    /// The host itself has said what it has.
    fileprivate mutating func report(at moment: Timestamp) {
        reportedAt = moment.description
        hear(at: moment)
    }

    /// It has, or somebody about it.
    fileprivate mutating func hear(at moment: Timestamp) {
        heardAt = moment.description
        reporting = "current"
    }
}
