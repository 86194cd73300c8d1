package import EventSourcing
package import PatchManagement

/// A list of instances as it was sent.
package struct SentCloudList: Sendable, Equatable {
    package let provider: String
    /// nil for what the list says; of a region likewise.
    package let account: String?
    package let region: String?
    /// When the provider was asked; nil for now.
    package let taken: Timestamp?
    package let acceptsShrink: Bool
    /// Whether assets whose instance is gone are decommissioned.
    package let decommissionsGone: Bool
    package let bytes: [UInt8]

    package init(
        provider: String, account: String? = nil, region: String? = nil, taken: Timestamp? = nil,
        acceptsShrink: Bool = false, decommissionsGone: Bool = false, bytes: [UInt8]
    ) {
        self.provider = provider
        self.account = account
        self.region = region
        self.taken = taken
        self.acceptsShrink = acceptsShrink
        self.decommissionsGone = decommissionsGone
        self.bytes = bytes
    }
}

/// What came of a list.
package struct CloudOutcome: Sendable, Equatable {
    package let account: StreamID
    package let reconciliation: CloudReconciliation
    package let isDecommissioned: Bool
    /// Of assets that refused what the list says of them, the name and the reason.
    package let refused: [String]
    package let position: Int64
}

extension UseCases {
    /// Holds a cloud's own list of instances against the assets: notes which asset is which instance
    /// and which are gone, and records the rest as managed by nobody.
    ///
    /// The account's own event comes last: after a crash the same request finishes what is left. Of two
    /// lists at once one is recorded, and from then on the other notes nothing more; what it had noted
    /// by then is noted anew.
    ///
    /// - Throws: `InvalidInputs` for a list that can't be read; `CloudRejection` for one that is older
    ///   than the last one, or has shrunk by more than half.
    package func reconcileCloud(
        _ sent: SentCloudList, _ order: Order
    ) async throws -> CloudOutcome {
        let context = try context(order, .reconcileCloud)
        if sent.decommissionsGone { _ = try authorise(order.caller, .decommissionAsset) }
        let list = try Self.list(sent)
        if let answer = try await recorded(list.scope.stream, sent, order) { return answer }
        try await wait(until: try await store.head())
        let account = try await bus.state(of: list.scope.stream, as: CloudAccountDecider.self)
        var before: CloudReconciliation?
        if let last = account.state.last { before = try await outcome(last) }
        let known = try await cloudAssets()
        let outcome = CloudReconciliation(list, known, after: before)
        let reconciling = CloudReconciling(
            scope: list.scope, list: Digest(of: sent.bytes), taken: sent.taken ?? context.at,
            outcome: outcome.document.digest, counts: outcome.counts)
        let command = CloudAccountCommand.reconcile(
            reconciling, acceptsShrink: sent.acceptsShrink)
        _ = try CloudAccountDecider.decide(command, context, account.state)
        try await claimKey(of: order, context)
        // Of an account's first list there is nothing yet to stand still.
        let unmoved =
            account.version > 0
            ? [StreamGuard(stream: list.scope.stream, version: account.version)] : []
        var refused: [String] = []
        let written: Written
        do {
            refused += try await note(outcome, known, list: reconciling.list, order, unmoved)
            if sent.decommissionsGone { refused += try await decommission(outcome, order, unmoved) }
            refused += try await takeImages(of: outcome, known, taken: reconciling.taken, order)
            var options = partOptions(order)
            options.documents = [outcome.document]
            options.expectedVersion = account.version
            written = try await write(
                command, to: list.scope.stream, as: CloudAccountDecider.self, order,
                .reconcileCloud, part: Self.listPart, options: options, state: { _ in nil })
        } catch AppendRefusal.versionConflict(list.scope.stream) {
            throw try await overtaken(list.scope.stream, by: command, context)
        } catch is StaleVersion {
            throw try await overtaken(list.scope.stream, by: command, context)
        }
        try await noteAnew(outcome, list: reconciling.list, written.position, order)
        return CloudOutcome(
            account: written.id, reconciliation: outcome, isDecommissioned: sent.decommissionsGone,
            refused: refused, position: written.position)
    }

    /// Why a list is refused that another one came before while it was at work.
    private func overtaken(
        _ account: StreamID, by command: CloudAccountCommand, _ context: CommandContext
    ) async throws -> any Error {
        let state = try await bus.state(of: account, as: CloudAccountDecider.self).state
        _ = try CloudAccountDecider.decide(command, context, state)
        return AppendRefusal.versionConflict(account)
    }

    /// Puts right what another list noted while this one was at work. That one notes no more.
    private func noteAnew(
        _ outcome: CloudReconciliation, list: Digest, _ position: Int64, _ order: Order
    ) async throws {
        try await wait(until: max(position, try await store.head()))
        _ = try await note(
            outcome, try await cloudAssets(), list: list, order, [], part: "cloud-again")
    }

    /// What is to be asked of an asset of that name.
    private typealias Note = (asset: StreamID, name: String, command: AssetCommand)

    private static let listPart = "list"

    private static func list(_ sent: SentCloudList) throws -> CloudList {
        guard let provider = CloudProvider(rawValue: sent.provider) else {
            let providers = CloudProvider.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidInput(
                field: "provider", message: "'\(sent.provider)' is none of \(providers)")
        }
        do throws(InventoryImportError) {
            return try CloudList.read(
                sent.bytes, from: provider, account: sent.account, region: sent.region)
        } catch {
            throw invalidInputs(error, "the list", "nothing was taken of it")
        }
    }

    /// What was answered to this request before; nil when it is a new one (I10).
    private func recorded(
        _ account: StreamID, _ sent: SentCloudList, _ order: Order
    ) async throws -> CloudOutcome? {
        let context = try context(order, .reconcileCloud, part: Self.listPart)
        guard
            let receipt = try await store.receipt(
                for: context.commandID, requestDigest: order.requestDigest)
        else { return nil }
        let then = try await history(
            of: account, as: CloudAccountDecider.self, upTo: receipt.lastPosition)
        guard let last = then.state.last else { return nil }
        return CloudOutcome(
            account: account,
            reconciliation: try await outcome(last), isDecommissioned: sent.decommissionsGone,
            refused: [], position: then.position)
    }

    private func outcome(_ list: CloudReconciling) async throws -> CloudReconciliation {
        try await stored(
            CloudReconciliation.self, list.outcome, "what a list of instances comes to")
    }

    /// Notes on assets what the list says of them, where that is news.
    private func note(
        _ outcome: CloudReconciliation, _ known: [CloudReconciliation.KnownAsset], list: Digest,
        _ order: Order, _ guards: [StreamGuard], part: String = "cloud"
    ) async throws -> [String] {
        let before = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        var notes: [Note] = []
        for managed in outcome.managed {
            let observation = CloudObservation(scope: outcome.scope, instance: managed.instance)
            if let asset = before[managed.asset], asset.shows(observation) { continue }
            notes.append(
                (
                    managed.asset, managed.name,
                    .observeInstance(observation, by: managed.match)
                ))
        }
        for gone in outcome.gone where before[gone.asset]?.isGone != true {
            notes.append((gone.asset, gone.name, .missInstance(list: list)))
        }
        return try await tell(notes, part, order, .reconcileCloud, guards)
    }

    /// What is gone is decommissioned; what stands in its place is linked to it first.
    private func decommission(
        _ outcome: CloudReconciliation, _ order: Order, _ guards: [StreamGuard]
    ) async throws -> [String] {
        let links: [Note] = outcome.gone.compactMap { gone in
            gone.successor.map { ($0, gone.name, .succeed(gone.asset)) }
        }
        let refused = try await tell(links, "succeed", order, .decommissionAsset, guards)
        let ends: [Note] = outcome.gone.map { gone in
            let reason =
                "instance \(gone.instance) is no longer in the list of \(outcome.scope)"
            return (
                gone.asset, gone.name, .decommission(reason: reason, successor: gone.successor)
            )
        }
        let others = try await tell(ends, "decommission", order, .decommissionAsset, guards)
        return refused + others
    }

    /// Those that are replaced rather than patched follow the images that the list shows.
    private func takeImages(
        of outcome: CloudReconciliation, _ known: [CloudReconciliation.KnownAsset],
        taken: Timestamp, _ order: Order
    ) async throws -> [String] {
        let ephemeral = Set(known.filter(\.isEphemeral).map(\.id))
        let running = outcome.managed.map(\.asset).filter(ephemeral.contains)
        return try await takeImageReports(running, order, .reconcileCloud, seen: taken)
            .compactMap { verified in verified.reason.map { "\(verified.name): \($0)" } }
    }

    /// - Parameter part: Tells commands of one request to one asset apart.
    /// - Returns: Of those that refused it, the name and the reason.
    private func tell(
        _ commands: [Note], _ part: String,
        _ order: Order, _ action: Action, _ guards: [StreamGuard]
    ) async throws -> [String] {
        var guarded = partOptions(order)
        guarded.guards = guards
        let options = guarded
        var refused: [String] = []
        for slice in commands.indices.chunks(of: 32) {
            refused += try await inOrder(slice.map { commands[$0] }) { asset, name, command in
                do {
                    _ = try await write(
                        command, to: asset, as: AssetDecider.self, order, action,
                        part: "\(asset.text)/\(part)", options: options, state: { _ in nil })
                    return nil as String?
                } catch let rejection as AssetRejection {
                    return "\(name): \(rejection.message)"
                }
            }.compactMap { $0 }
        }
        return refused
    }

    /// All active assets, as lists of instances concern them.
    private func cloudAssets() async throws -> [CloudReconciliation.KnownAsset] {
        var request = ListRequest(.asset)
        request.state = "active"
        var assets: [CloudReconciliation.KnownAsset] = []
        for try await page in reads.pages(of: request) {
            for view in page.views {
                guard let id = StreamID(view.id) else { continue }
                let line = try CanonicalJSON.decode(CloudLine.self, from: view.document)
                assets.append(line.asset(id))
            }
        }
        return assets
    }
}

/// What the view of an asset says that lists of instances need.
private struct CloudLine: Decodable {
    struct Attributes: Decodable {
        let kind: AssetKind
        let addresses: [String]
        let isEphemeral: Bool?

        private enum CodingKeys: String, CodingKey {
            case kind, addresses
            case isEphemeral = "is_ephemeral"
        }
    }

    struct Cloud: Decodable {
        let provider: CloudProvider
        let account: String
        let region: String?
        let instance: String
        let state: String
        let name: String?
        let zone: String?
        let group: String?
        let image: String?
        let addresses: [String]
        let hostNames: [String]

        private enum CodingKeys: String, CodingKey {
            case provider, account, region, instance, state, name, zone, group, image, addresses
            case hostNames = "host_names"
        }

        var observation: CloudObservation {
            CloudObservation(
                scope: CloudScope(provider: provider, account: account, region: region),
                instance: CloudInstance(
                    id: instance, name: name,
                    state: CloudInstance.State(rawValue: state) ?? .unknown,
                    addresses: addresses, hostNames: hostNames, image: image, group: group,
                    zone: zone))
        }
    }

    let name: String
    let address: String
    let attributes: Attributes?
    let cloud: Cloud?
    let replaces: String?

    func asset(_ id: StreamID) -> CloudReconciliation.KnownAsset {
        CloudReconciliation.KnownAsset(
            id: id, name: name, kind: attributes?.kind ?? .machine,
            addresses: [address] + (attributes?.addresses ?? []), cloud: cloud?.observation,
            isGone: cloud?.state == "gone",
            isEphemeral: attributes?.isEphemeral == true, hasPredecessor: replaces != nil)
    }
}
