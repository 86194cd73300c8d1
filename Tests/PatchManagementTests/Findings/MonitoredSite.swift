import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

/// The monitor, and findings that take what it asks.
struct MonitoredSite {
    var monitor = FindingMonitor()
    var findings: [StreamID: Finding] = [:]
    var moment = Timestamp(seconds: 1_800_000_000)
    private var inventory: InventoryReport?
    private var others: [String: AssetReport] = [:]
    let feed = FeedRegistration(name: "debian", kind: .osv, team: "watch")
    let kev = FeedRegistration(name: "kev", kind: .kev, team: "watch")
    let registration = AssetRegistration(
        name: "web-1", address: "192.0.2.1", criticality: .high, exposure: .controlled)

    var asset: StreamID { registration.asset }

    init() {
        monitor.see(FeedWatched(registration: feed), of: feed.feed)
        monitor.see(FeedWatched(registration: kev), of: kev.feed)
        tick()
        monitor.see(
            .registered(AssetRegistered(asset: asset, registration: registration)), of: asset,
            at: moment, ReportsOfAsset())
    }

    mutating func tick() { moment = moment + .seconds(60) }

    mutating func take(_ feed: FeedRegistration, _ texts: [String: String]) throws {
        tick()
        let parts = texts.map { name, text in
            FeedContents.Part(name: name, digest: Digest(of: text))
        }
        let contents = try #require(FeedContents(parts))
        let taken = FeedSnapshotTaken(
            kind: feed.kind, contents: contents.document.digest, before: nil,
            documents: parts.count,
            summary: FeedSummary(FeedSnapshot(records: parts.count)))
        var came = FeedLibrary.Contents(of: feed.kind)
        for part in contents.parts {
            let isNeeded = monitor.needsBytes(of: part, in: feed.feed, feed.kind)
            came.add(part, bytes: isNeeded ? Array((texts[part.name] ?? "").utf8) : nil)
        }
        monitor.see(taken, of: feed.feed, at: moment, came)
    }

    mutating func report(
        _ packages: [String: String], on system: String = "debian", _ version: String = "12"
    ) {
        tick()
        let report = InventoryReport(
            osName: system, osVersion: version, architecture: "amd64", kernel: "6.1",
            bootID: "b",
            packages: packages.sorted { $0.key < $1.key }.map { name, version in
                InstalledPackage(
                    name: name, architecture: "amd64", version: version,
                    source: name == "libssl3" ? "openssl" : name)
            })
        monitor.see(
            .inventoryReported(
                InventoryReported(
                    report: Digest(of: storedForm(report)), packages: packages.count,
                    stratum: PlatformStratum(
                        os: "debian", version: "12", architecture: "amd64"),
                    kernel: "6.1", bootID: "b")), of: asset, at: moment,
            ReportsOfAsset(inventory: report, others: Array(others.values)))
        inventory = report
    }

    /// What a source besides the host reports, gathered now or at another moment.
    ///
    /// - Returns: What it says against findings.
    @discardableResult
    mutating func report(
        _ text: String, _ format: InventoryFormat, from source: String, gathered: Timestamp? = nil
    ) throws -> [ScannerDoubt] {
        tick()
        let report = AssetReport(try PackageReportReader.report(Array(text.utf8), format))
        let before = others[source]
        let taken = PackageReportTaken(
            taking: ReportTaking(
                source: source, format: format, gathered: gathered ?? moment, report, skipped: 0),
            before: before?.document.digest, by: Actor(id: "pe_1", role: "analyst"))
        others[source] = report
        let doubts = monitor.doubts(
            of: source, taken.taking.report, gathered: taken.taking.gathered, on: asset, report,
            before: before == report ? nil : before)
        monitor.see(
            .reportTaken(taken), of: asset, at: moment,
            ReportsOfAsset(inventory: inventory, others: Array(others.values)))
        return doubts
    }

    /// What a source reported counts no longer.
    ///
    /// - Returns: What it takes back.
    mutating func forget(_ source: String) throws -> [ScannerDoubt] {
        tick()
        let before = try #require(others[source])
        others[source] = nil
        let doubts = monitor.doubts(forgetting: source, at: moment, on: asset, before: before)
        monitor.see(
            .sourceForgotten(
                ReportSourceForgotten(
                    source: source, report: before.document.digest, reason: "given up",
                    by: Actor(id: "pe_1", role: "analyst"))), of: asset, at: moment,
            ReportsOfAsset(inventory: inventory, others: Array(others.values)))
        return doubts
    }

    /// What findings make of doubts; those that refuse are left alone.
    mutating func tell(_ doubts: [ScannerDoubt]) {
        tick()
        for doubt in doubts where !monitor.isIdle(doubt) {
            for id in doubt.findings {
                var state = findings[id] ?? Finding()
                let context = CommandContext(
                    actor: Actor(id: "monitor", role: "monitor"), at: moment, commandID: UUID())
                do {
                    for event in try FindingDecider.decide(doubt.command, context, state) {
                        FindingDecider.evolve(&state, event)
                    }
                    findings[id] = state
                } catch {
                    continue
                }
            }
        }
    }

    /// The host was asked again, and is what it was.
    mutating func confirm() {
        tick()
        monitor.see(
            .scanConfirmed(ScanConfirmed(scan: .inventory, digest: Digest(of: "same"))), of: asset,
            at: moment, ReportsOfAsset())
    }

    /// A deployment of these packages has begun to install.
    mutating func deploy(_ packages: [String]) -> StreamID {
        tick()
        let rollout = StreamID(prefix: "ro", UUID())
        let order = DeploymentOrder(
            rollout: rollout, patch: StreamID(prefix: "pa", UUID()),
            planDigest: Digest(of: "plan"), artefactDigest: Digest(of: "artefact"), batch: 0,
            target: RolloutTarget(
                asset: asset, host: registration.host, site: "", stratum: "debian 12 amd64",
                criticality: "high"),
            pins: packages.map {
                PinnedPackage(
                    name: $0, architecture: "amd64", version: "1", sha256: Digest(of: $0), size: 1)
            },
            checks: VerificationChecks(packages: [], services: [], command: nil),
            rebootPolicy: .never, retries: RetryBudget())
        let deployment = StreamID.deployment(of: asset, in: rollout)
        _ = monitor.see(.queued(DeploymentQueued(order: order)), of: deployment, at: moment)
        _ = monitor.see(
            .installStarted(
                InstallStarted(
                    attempt: 1, attemptID: UUID(), worker: UUID(), fence: 1,
                    planDigest: Digest(of: "plan"), artefactDigest: Digest(of: "artefact"))),
            of: deployment, at: moment)
        return deployment
    }

    /// What the monitor asks now, and what the findings make of it.
    @discardableResult
    mutating func settle() throws -> [FindingEvent] {
        tick()
        var events: [FindingEvent] = []
        while let orders = monitor.takeOrders(at: moment, limit: 2) {
            for order in orders {
                var state = findings[order.finding] ?? Finding()
                for command in order.commands {
                    let context = CommandContext(
                        actor: Actor(id: "monitor", role: "monitor"), at: moment,
                        commandID: UUID())
                    for event in try FindingDecider.decide(command, context, state) {
                        FindingDecider.evolve(&state, event)
                        events.append(event)
                    }
                }
                findings[order.finding] = state
            }
        }
        return events
    }

    func finding(_ name: String) throws -> Finding {
        let id = try #require(VulnerabilityID(name))
        return try #require(findings[Finding.id(asset: asset, vulnerability: id)])
    }

    /// All that a process keeps, taken up by another one.
    mutating func restart(_ texts: [String: String], kev: [String: String] = [:]) throws {
        var fresh = FindingMonitor()
        for (registration, texts) in [(feed, texts), (self.kev, kev)] {
            let watched = try #require(monitor.watched(registration.feed))
            var contents = FeedLibrary.Contents(of: registration.kind)
            for (name, text) in texts {
                contents.add(
                    FeedContents.Part(name: name, digest: Digest(of: text)),
                    bytes: Array(text.utf8))
            }
            fresh.restore(
                registration.feed,
                try CanonicalJSON.decode(
                    WatchedFeed.self, from: CanonicalJSON.encode(watched)), contents)
        }
        let watched = try #require(monitor.watched(asset: asset))
        fresh.restore(
            asset,
            try CanonicalJSON.decode(WatchedAsset.self, from: CanonicalJSON.encode(watched)),
            ReportsOfAsset(
                inventory: InventoryReport(
                    osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1",
                    bootID: "b",
                    packages: [
                        InstalledPackage(
                            name: "libssl3", architecture: "amd64", version: "3.0.1-1",
                            source: "openssl")
                    ]), others: Array(others.values)))
        monitor = fresh
    }
}
