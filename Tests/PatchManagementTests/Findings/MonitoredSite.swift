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
    private var documents: [Digest: [UInt8]] = [:]
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
            at: moment, nil)
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
        let monitor = monitor
        self.monitor.see(
            taken, of: feed.feed, at: moment,
            contents.parts.map { part in
                let isNeeded = monitor.needsBytes(of: part, in: feed.feed, feed.kind)
                return FeedLibrary.Part(
                    part, bytes: isNeeded ? Array((texts[part.name] ?? "").utf8) : nil)
            })
    }

    mutating func report(_ packages: [String: String], on system: String = "debian") {
        tick()
        let report = InventoryReport(
            osName: system, osVersion: "12", architecture: "amd64", kernel: "6.1",
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
                    kernel: "6.1", bootID: "b")), of: asset, at: moment, report)
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
            let parts = texts.map { name, text in
                FeedLibrary.Part(
                    FeedContents.Part(name: name, digest: Digest(of: text)),
                    bytes: Array(text.utf8))
            }
            fresh.restore(
                registration.feed,
                try CanonicalJSON.decode(
                    WatchedFeed.self, from: CanonicalJSON.encode(watched)), parts)
        }
        let watched = try #require(monitor.watched(asset: asset))
        fresh.restore(
            asset,
            try CanonicalJSON.decode(WatchedAsset.self, from: CanonicalJSON.encode(watched)),
            InventoryReport(
                osName: "debian", osVersion: "12", architecture: "amd64", kernel: "6.1",
                bootID: "b",
                packages: [
                    InstalledPackage(
                        name: "libssl3", architecture: "amd64", version: "3.0.1-1",
                        source: "openssl")
                ]))
        monitor = fresh
    }
}
