package import EventSourcing

/// What an account's list of instances comes to, held against the assets here: which instances are
/// managed, which nobody manages, and which assets are gone. Kept as a document, by its digest.
///
/// Pure. An instance is the asset that it was before; else the only asset that has one of its
/// addresses or host names. Where two fit, none is taken, and a person is told; nor where all that
/// they share is a private address that another account has as well, since it is in many networks.
package struct CloudReconciliation: Codable, Sendable, Equatable {
    /// An instance that is an asset here.
    package struct Managed: Codable, Sendable, Equatable {
        package let instance: CloudInstance
        package let asset: StreamID
        package let name: String
        package let match: CloudMatch
    }

    /// An instance that may be any of several assets, shares its only one with another instance, or
    /// nothing with it but a private address that is in use in another account too.
    package struct Ambiguous: Codable, Sendable, Equatable {
        package let instance: CloudInstance
        /// By name.
        package let assets: [String]
    }

    /// An asset whose instance the list has no longer.
    package struct Gone: Codable, Sendable, Equatable {
        package let asset: StreamID
        package let name: String
        /// The instance's id.
        package let instance: String
        /// The asset that stands in its place now: another instance of its group; nil for none that
        /// can be told.
        package let successor: StreamID?
    }

    /// An asset as far as lists of instances concern it.
    package struct KnownAsset: Sendable, Equatable {
        package let id: StreamID
        let name: String
        let kind: AssetKind
        let addresses: Set<String>
        let cloud: CloudObservation?
        package let isGone: Bool
        package let isEphemeral: Bool
        let hasPredecessor: Bool

        package init(
            id: StreamID, name: String, kind: AssetKind = .machine, addresses: [String],
            cloud: CloudObservation? = nil, isGone: Bool = false, isEphemeral: Bool = false,
            hasPredecessor: Bool = false
        ) {
            self.id = id
            self.name = name
            self.kind = kind
            self.addresses = Set(addresses)
            self.cloud = cloud
            self.isGone = isGone
            self.isEphemeral = isEphemeral
            self.hasPredecessor = hasPredecessor
        }

        /// Whether it is known as this already.
        package func shows(_ observation: CloudObservation) -> Bool {
            cloud == observation && !isGone
        }
    }

    package let scope: CloudScope
    /// Each sorted by the instance's id.
    package let managed: [Managed]
    package let unmanaged: [CloudInstance]
    package let ambiguous: [Ambiguous]
    /// Sorted by the asset's id.
    package let gone: [Gone]

    /// - Parameters:
    ///   - assets: The active ones, in any order.
    ///   - before: What the list before came to; nil for the first.
    package init(
        _ list: CloudList, _ assets: [KnownAsset], after before: CloudReconciliation? = nil
    ) {
        scope = list.scope
        let own = assets.filter { $0.cloud?.scope == list.scope }
        let byInstance = Dictionary(grouping: own) { $0.cloud?.instance.id ?? "" }
        let listed = Set(list.instances.map(\.id))
        let open = list.instances.filter { byInstance[$0.id] == nil }
        let candidates = Self.candidates(
            for: open, among: assets.filter { $0.cloud == nil && $0.kind.canBeInstance })
        var claims: [StreamID: Int] = [:]
        for fitting in candidates.values {
            for asset in fitting { claims[asset.id, default: 0] += 1 }
        }
        let elsewhere = Self.privateAddresses(
            of: assets.filter { $0.cloud != nil && $0.cloud?.scope != list.scope && !$0.isGone })
        var managed: [Managed] = []
        var unmanaged: [CloudInstance] = []
        var ambiguous: [Ambiguous] = []
        for instance in list.instances {
            let isKnown = byInstance[instance.id] != nil
            let fitting = byInstance[instance.id] ?? candidates[instance.id] ?? []
            guard let asset = fitting.first else {
                unmanaged.append(instance)
                continue
            }
            let shared = asset.addresses.union([asset.name])
                .intersection(instance.addresses + instance.hostNames)
            let isOne = claims[asset.id] == 1 && !shared.isSubset(of: elsewhere)
            guard fitting.count == 1, isKnown || isOne else {
                ambiguous.append(
                    Ambiguous(instance: instance, assets: fitting.map(\.name).sorted()))
                continue
            }
            let isAddress = !asset.addresses.isDisjoint(with: instance.addresses)
            managed.append(
                Managed(
                    instance: instance, asset: asset.id, name: asset.name,
                    match: isKnown ? .instance : isAddress ? .address : .hostName))
        }
        self.managed = managed
        self.unmanaged = unmanaged
        self.ambiguous = ambiguous
        let missing = own.filter { asset in
            asset.cloud.map { !listed.contains($0.instance.id) } ?? false
        }.sorted { $0.id < $1.id }
        let known = Dictionary(assets.map { ($0.id, $0) }) { first, _ in first }
        let successors = Self.successors(of: missing, managed, known, before)
        gone = missing.map { asset in
            Gone(
                asset: asset.id, name: asset.name, instance: asset.cloud?.instance.id ?? "",
                successor: successors[asset.id])
        }
    }

    /// Those at which the instances that are these assets answer, and that mean nothing outside their
    /// networks.
    private static func privateAddresses(of assets: [KnownAsset]) -> Set<String> {
        let all = assets.flatMap { $0.cloud?.instance.addresses ?? [] }
        return Set(all.filter { NetworkAddress($0)?.zone == .privateNetwork })
    }

    /// The assets that have an address or a host name of an instance, by the instance's id.
    private static func candidates(
        for instances: [CloudInstance], among assets: [KnownAsset]
    ) -> [String: [KnownAsset]] {
        var places: [String: [Int]] = [:]
        for (place, asset) in assets.enumerated() {
            for key in asset.addresses.union([asset.name]) {
                places[key, default: []].append(place)
            }
        }
        var found: [String: [KnownAsset]] = [:]
        for instance in instances {
            let keys = instance.addresses + instance.hostNames
            let fitting = Set(keys.flatMap { places[$0] ?? [] })
            if !fitting.isEmpty { found[instance.id] = fitting.sorted().map { assets[$0] } }
        }
        return found
    }

    /// Which asset stands in the place of which: instances of one group are replaced by new ones of
    /// it. Where several come and go at once, who follows whom can only be told where it makes no
    /// difference: when all new ones were started from one image.
    private static func successors(
        of gone: [KnownAsset], _ managed: [Managed], _ known: [StreamID: KnownAsset],
        _ before: CloudReconciliation?
    ) -> [StreamID: StreamID] {
        let listed = Set(before?.listed ?? [])
        func isHeir(_ asset: StreamID) -> Bool { known[asset]?.hasPredecessor == false }
        func isNew(_ managed: Managed) -> Bool {
            isHeir(managed.asset)
                && (known[managed.asset]?.cloud == nil || !listed.contains(managed.instance.id))
        }
        // What could be told when an instance went is told until somebody ends its asset.
        var successors: [StreamID: StreamID] = [:]
        let present = Set(managed.map(\.asset))
        for old in before?.gone ?? [] {
            if let heir = old.successor, present.contains(heir), isHeir(heir) {
                successors[old.asset] = heir
            }
        }
        let taken = Set(successors.values)
        // By the list before and not by the asset's own note: after a crash that one is there already.
        let left = Set((before?.gone ?? []).map(\.asset))
        let leaving = Dictionary(
            grouping: gone.filter { $0.isEphemeral && !left.contains($0.id) }
        ) { $0.cloud?.instance.group ?? "" }
        let coming = Dictionary(
            grouping: managed.filter { isNew($0) && !taken.contains($0.asset) }
        ) { $0.instance.group ?? "" }
        for (group, old) in leaving where !group.isEmpty {
            guard let new = coming[group] else { continue }
            let images = Set(new.map(\.instance.image))
            let isAlike = new.count >= old.count && images.count == 1 && images != [nil]
            guard isAlike || (old.count == 1 && new.count == 1) else { continue }
            let heirs = new.sorted { $0.asset < $1.asset }
            for (left, right) in zip(old.sorted(by: { $0.id < $1.id }), heirs) {
                successors[left.id] = right.asset
            }
        }
        return successors
    }

    /// Ids of all instances that were there.
    private var listed: [String] {
        managed.map(\.instance.id) + unmanaged.map(\.id) + ambiguous.map(\.instance.id)
    }

    package var counts: CloudCounts {
        CloudCounts(
            instances: managed.count + unmanaged.count + ambiguous.count, managed: managed.count,
            unmanaged: unmanaged.count, ambiguous: ambiguous.count, gone: gone.count)
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }
}

/// How many instances of a list stand how.
package struct CloudCounts: Codable, Hashable, Sendable {
    /// That are there; those that follow but `gone` add up to it.
    package let instances: Int
    package let managed: Int
    package let unmanaged: Int
    package let ambiguous: Int
    /// Assets whose instance the list has no longer.
    package let gone: Int

    package init(instances: Int, managed: Int, unmanaged: Int, ambiguous: Int, gone: Int) {
        self.instances = instances
        self.managed = managed
        self.unmanaged = unmanaged
        self.ambiguous = ambiguous
        self.gone = gone
    }
}
