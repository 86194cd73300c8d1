package import Application
package import EventSourcing
internal import FoundationEssentials
internal import JSON
package import Logging
internal import PatchManagement
internal import ServiceLifecycle

/// Has assets asked for their inventories when it is time, and tells of those that are silent.
///
/// Lists only say whom to look at. A look that was asked for twice, as after a crash, is one: its
/// command's id follows from the asset and the version of it that was seen.
package struct CollectionRunner: Service {
    private let bus: CommandBus
    private let reads: any ReadModel
    private let subscriptions: any SubscriptionStore
    private let surroundings: Surroundings
    private let pause: Duration
    private let logger: Logger

    private static let name = "collection"
    /// Looks that are asked for in one round, so that a whole fleet is not asked at once.
    private static let mostLooks = 1000

    package init(
        bus: CommandBus, reads: any ReadModel, subscriptions: any SubscriptionStore,
        surroundings: Surroundings, pause: Duration = .seconds(120), logger: Logger
    ) {
        self.bus = bus
        self.reads = reads
        self.subscriptions = subscriptions
        self.surroundings = surroundings
        self.pause = pause
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await subscriptions.lead(Self.name) {
                        while !Task.isCancelled {
                            try await surroundings.sleep(pause)
                            try await round()
                        }
                    }
                } catch {
                    if Task.isCancelled { return }
                    logger.warning(
                        "cannot look for assets that are to be asked",
                        metadata: ["error": "\(error)"])
                    try? await surroundings.sleep(pause)
                }
            }
        }
    }

    /// One look at all active assets, page by page.
    ///
    /// - Returns: How many were asked, and how many told of.
    @discardableResult
    package func round() async throws -> (asked: Int, overdue: Int) {
        var request = ListRequest(.asset)
        request.state = "active"
        request.limit = 500
        var (asked, overdue) = (0, 0)
        repeat {
            let page = try await reads.list(request)
            for view in page.views {
                guard let id = StreamID(view.id) else { continue }
                let listed: Listed
                do {
                    listed = try Listed(view.document)
                } catch {
                    logger.critical(
                        "an asset can't be looked at: its view can't be read",
                        metadata: ["asset": "\(id)", "error": "\(error)"])
                    continue
                }
                let rule = CollectionRule.standard(for: listed.kind)
                let now = surroundings.now()
                if rule.isNewlyOverdue(listed.facts, at: now) {
                    overdue += 1
                    try await tell(id, listed, now)
                }
                if asked < Self.mostLooks, rule.isDue(listed.facts, at: now) {
                    asked += 1
                    try await ask(id, listed, now)
                }
            }
            request.cursor = page.next
        } while request.cursor != nil
        if overdue > 0 {
            logger.warning(
                "assets have been silent for too long: list them with --reporting overdue",
                metadata: ["assets": "\(overdue)"])
        }
        return (asked, overdue)
    }

    private func ask(_ asset: StreamID, _ listed: Listed, _ now: Timestamp) async throws {
        for scan in Scan.allCases {
            try await send(.requestScan(scan), to: asset, "scan/\(scan.rawValue)", listed, now)
        }
    }

    private func tell(_ asset: StreamID, _ listed: Listed, _ now: Timestamp) async throws {
        try await send(
            .noteOverdue(lastReported: listed.facts.heard), to: asset, "overdue", listed, now)
    }

    private func send(
        _ command: AssetCommand, to asset: StreamID, _ what: String, _ listed: Listed,
        _ now: Timestamp
    ) async throws {
        let context = CommandContext(
            actor: Actor(id: "monitor", role: Role.monitor.rawValue), at: now,
            commandID: .version5(
                namespace: asset.uuid,
                name: "collection/\(what)/\(listed.version)"))
        do {
            _ = try await bus.send(command, to: asset, as: AssetDecider.self, context)
        } catch let rejection as AssetRejection {
            logger.notice(
                "an asset is not asked",
                metadata: ["asset": "\(asset)", "reason": "\(rejection.message)"])
        } catch AppendRefusal.versionConflict {
            // It has just reported: the next round sees what it said.
        } catch let error
            where Delivery.concernsOneStream(error) || Delivery.isArchived(error)
        {
            // The next round asks again.
            logger.critical(
                "an asset can't be asked: its stream stands still",
                metadata: ["asset": "\(asset)", "error": "\(error)"])
        }
    }

    /// What the list shows of an asset.
    private struct Listed {
        let kind: AssetKind
        let version: Int64
        let facts: CollectionRule.Facts

        init(_ document: [UInt8]) throws {
            let root = try JSONDocument(parsing: document).root
            func moment(_ text: String?) -> Timestamp? { text.flatMap { Timestamp($0) } }
            version = root["version"]?.integer ?? 0
            kind =
                root["attributes"]?["kind"]?.string.flatMap(AssetKind.init(rawValue:)) ?? .machine
            facts = CollectionRule.Facts(
                registered: moment(root["registered_at"]?.string) ?? .distantPast,
                reported: moment(root["reported_at"]?.string),
                heard: moment(root["heard_at"]?.string),
                failed: moment(root["last_failure"]?["at"]?.string),
                isBeingAsked: (root["open_scans"]?.integer ?? 0) > 0,
                isOverdue: root["reporting"]?.string == "overdue")
        }
    }
}

extension Timestamp {
    fileprivate static let distantPast = Timestamp(seconds: 0)
}
