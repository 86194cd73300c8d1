internal import JSON

/// All instances that a list shows.
package struct CloudList: Sendable, Equatable {
    package let scope: CloudScope
    /// Those that are there, by id.
    package let instances: [CloudInstance]
    /// Those that it names as terminated: they are gone.
    package let ended: Int

    package init(scope: CloudScope, instances: [CloudInstance], ended: Int = 0) {
        self.scope = scope
        self.instances = instances.sorted { $0.id < $1.id }
        self.ended = ended
    }

    /// More are no list that anybody reads at once.
    static let mostInstances = 100_000

    /// Reads what a provider's own program prints.
    ///
    /// All of it or nothing: what is left out of a list looks like an instance that is gone.
    ///
    /// - Parameters:
    ///   - account: As the list calls it; nil for what the list says.
    ///   - region: Likewise. Of a provider that lists by region.
    /// - Throws: `InventoryImportError` with what is wrong, and where; the first ones.
    package static func read(
        _ bytes: [UInt8], from provider: CloudProvider, account: String?, region: String?
    ) throws(InventoryImportError) -> CloudList {
        var draft = CloudListDraft()
        if provider == .generic, !CloudListDraft.isJSON(bytes) {
            GenericInstanceList.readCSV(bytes, &draft)
        } else {
            let document: JSONDocument
            do {
                document = try JSONDocument(parsing: bytes, limits: JSONLimits(bytes: 96 << 20))
            } catch {
                throw InventoryImportError(faults: [
                    InventoryFault(
                        place: .entry(1), field: "list", value: "",
                        problem: "it is not JSON, or was cut off: \(error)")
                ])
            }
            switch provider {
            case .aws: AWSInstanceList.read(document.root, &draft)
            case .azure: AzureInstanceList.read(document.root, &draft)
            case .gcp: GCPInstanceList.read(document.root, &draft)
            case .generic: GenericInstanceList.read(document.root, &draft)
            }
        }
        return try draft.list(provider, account: account, region: region)
    }
}

/// A list while it is read.
struct CloudListDraft {
    private var instances: [CloudInstance] = []
    private var ended = 0
    private var ids: Set<String> = []
    private var accounts: Set<String> = []
    private var regions: Set<String> = []
    private var faults: [InventoryFault] = []

    private static let mostFaults = 50

    static func isJSON(_ bytes: [UInt8]) -> Bool {
        let blanks: [UInt8] = [0x20, 0x0A, 0x0D, 0x09]
        let first = bytes.first { !blanks.contains($0) }
        return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
    }

    mutating func fault(
        _ place: InventoryFault.Place, _ field: String, _ value: String, _ problem: String
    ) {
        guard faults.count < Self.mostFaults else { return }
        faults.append(InventoryFault(place: place, field: field, value: value, problem: problem))
    }

    /// Whose list it is, as an instance says it.
    mutating func note(account: String?, region: String? = nil) {
        if let account { accounts.insert(account) }
        if let region { regions.insert(region) }
    }

    /// - Parameter isEnded: It is named, and there no longer.
    mutating func add(_ instance: CloudInstance, isEnded: Bool, at place: InventoryFault.Place) {
        let isPlain = instance.id.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 }
        guard isPlain, (1...200).contains(instance.id.utf8.count) else {
            return fault(
                place, "id", instance.id, "1 to 200 visible characters of ASCII name an instance")
        }
        guard ids.insert(instance.id).inserted else {
            return fault(place, "id", instance.id, "it is given twice: one instance is one entry")
        }
        if let image = instance.image, !CloudInstance.isImage(image) {
            return fault(place, "image", image, CloudInstance.imageRule)
        }
        for (field, text) in [("name", instance.name), ("group", instance.group)] {
            if let text, text.utf8.count > 255 || text.unicodeScalars.contains(where: isControl) {
                return fault(
                    place, field, text, "it has at most 255 bytes and no control characters")
            }
        }
        if isEnded {
            ended += 1
        } else {
            instances.append(instance)
        }
    }

    consuming func list(
        _ provider: CloudProvider, account: String?, region: String?
    ) throws(InventoryImportError) -> CloudList {
        if ids.count > CloudList.mostInstances {
            fault(
                .entry(CloudList.mostInstances + 1), "list", "\(ids.count)",
                "it has more than \(CloudList.mostInstances) instances: split the account")
        }
        let owner = one("account", given: account, accounts, "one list is of one account")
        var place: String?
        if provider.listsByRegion {
            place = one("region", given: region, regions, "send one list for each region")
        } else if let region {
            fault(
                .entry(1), "region", region,
                "a list of \(provider.rawValue) covers all regions: leave it out")
        }
        let scope = CloudScope(provider: provider, account: owner ?? "none", region: place)
        for wrong in scope.faults {
            fault(.entry(1), wrong.field, wrong.value, wrong.rule)
        }
        guard faults.isEmpty else { throw InventoryImportError(faults: faults.sorted()) }
        return CloudList(scope: scope, instances: instances, ended: ended)
    }

    private mutating func one(
        _ field: String, given: String?, _ found: Set<String>, _ rule: String
    ) -> String? {
        let all = found.union(given.map { [$0] } ?? []).sorted()
        if all.count > 1 {
            fault(.entry(1), field, all.prefix(5).joined(separator: ", "), rule)
        } else if all.isEmpty {
            fault(.entry(1), field, "", "the list doesn't say it: give it with --\(field)")
        }
        return all.first
    }
}

extension JSONNode {
    /// A text that says something; nil for none, for another kind and for an empty one.
    func text(_ names: String...) -> String? {
        var node: JSONNode? = self
        for name in names { node = node?[name] }
        guard let text = node?.string, !text.isEmpty else { return nil }
        return text
    }

    func list(_ name: String) -> [JSONNode] { self[name]?.elements.map(Array.init) ?? [] }
}

extension String {
    /// What stands behind the last slash: the name in a resource's address.
    var lastComponent: String { split(separator: "/").last.map(String.init) ?? self }

    /// What follows the component `name` in a resource's address, whatever its case.
    func component(after name: String) -> String? {
        let parts = split(separator: "/")
        guard let place = parts.firstIndex(where: { $0.lowercased() == name.lowercased() }),
            place + 1 < parts.endIndex
        else { return nil }
        return String(parts[place + 1])
    }
}
