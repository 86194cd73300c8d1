internal import EventSourcing

/// In which form a list of assets was written.
package enum AssetListFormat: String, Sendable, CaseIterable {
    /// An Ansible inventory.
    case ini, yaml
    /// What an Ansible inventory script prints for `--list`.
    case script
    /// Comma-separated values, with the names of the fields in the first line.
    case csv
    /// An array of objects.
    case json
}

/// An asset of a list, and which of the fields that rules may set the list says itself.
package struct GivenAsset: Hashable, Sendable {
    package var asset: ListedAsset
    package let given: Set<RuledField>
}

/// Reads a list of assets that somebody keeps elsewhere.
///
/// Everything wrong is reported at once. What is sound beside it is taken only by those who ask for
/// that.
package enum InventoryImport {
    /// Reads an Ansible inventory in INI form or a JSON array, whichever it is.
    ///
    /// - Returns: The hosts in the order of their first mention.
    /// - Throws: `InventoryImportError` with every fault and where it stands.
    package static func read(_ text: String) throws(InventoryImportError) -> [AssetRegistration] {
        let isArray = text.first(where: { !$0.isWhitespace }) == "[" && isJSON(text)
        return try read(text, as: isArray ? .json : .ini).map(\.registration)
    }

    /// - Returns: The assets in the order of their first mention.
    /// - Throws: `InventoryImportError` with every fault and where it stands.
    package static func read(
        _ text: String, as format: AssetListFormat
    ) throws(InventoryImportError) -> [ListedAsset] {
        try readGiven(text, as: format).map(\.asset)
    }

    /// The same, with what the list says itself of each: all else may follow from rules.
    package static func readGiven(
        _ text: String, as format: AssetListFormat
    ) throws(InventoryImportError) -> [GivenAsset] {
        let (assets, faults) = try readSound(text, as: format)
        guard faults.isEmpty else { throw InventoryImportError(faults: faults) }
        return assets
    }

    /// The entries that nothing is wrong with, and what is wrong with the others, sorted by its place.
    ///
    /// - Throws: Where nothing of it is sound.
    package static func readSound(
        _ text: String, as format: AssetListFormat
    ) throws(InventoryImportError) -> (assets: [GivenAsset], faults: [InventoryFault]) {
        var faults: [InventoryFault] = []
        let entries = try entries(text, format, &faults)
        var assets: [GivenAsset] = []
        var addresses: [String: String] = [:]
        var names: Set<String> = []
        for entry in entries {
            let known = faults.count
            let asset = entry.asset(&faults)
            faults += (asset.registration.faults + asset.attributes.faults).map {
                InventoryFault(
                    place: entry.place(of: $0.field), field: $0.field, value: $0.value,
                    problem: $0.rule)
            }
            if !names.insert(asset.registration.name).inserted {
                faults.append(
                    InventoryFault(
                        place: entry.place(of: "name"), field: "name",
                        value: asset.registration.name,
                        problem: "it is given twice: one asset is one entry"))
            }
            let key = "\(asset.registration.address) \(asset.registration.port)"
            if let other = addresses[key] {
                faults.append(
                    InventoryFault(
                        place: entry.place(of: "address"), field: "address",
                        value: asset.registration.address,
                        problem: "host '\(printable(other))' has it already: one host is one asset"
                    ))
            }
            addresses[key] = asset.registration.name
            guard faults.count == known, !entry.isDoubtful else { continue }
            assets.append(
                GivenAsset(
                    asset: asset,
                    given: Set(
                        RuledField.allCases.filter { entry.fields[$0.rawValue] != nil })))
        }
        if assets.isEmpty, faults.isEmpty {
            faults.append(
                InventoryFault(
                    place: .line(1), field: "inventory", value: "",
                    problem: "there is no host in it: name one host a line"))
        }
        guard !assets.isEmpty else { throw InventoryImportError(faults: faults.sorted()) }
        return (assets, faults.sorted())
    }

    private static func entries(
        _ text: String, _ format: AssetListFormat, _ faults: inout [InventoryFault]
    ) throws(InventoryImportError) -> [Entry] {
        let hosts: AnsibleHosts
        switch format {
        case .ini:
            var inventory = AnsibleInventory()
            inventory.read(text)
            hosts = inventory.hosts
        case .yaml:
            var inventory = AnsibleYAML()
            try inventory.read(text)
            hosts = inventory.hosts
        case .script:
            var inventory = AnsibleScript()
            try inventory.read(text)
            hosts = inventory.hosts
        case .csv: return try CSVInventory.entries(text, &faults)
        case .json: return try JSONInventory.entries(text, &faults)
        }
        faults += hosts.faults
        return hosts.entries()
    }

    private static func isJSON(_ text: String) -> Bool {
        let rest = text.drop(while: \.isWhitespace).dropFirst().drop(while: \.isWhitespace)
        return rest.first == "{" || rest.first == "]"
    }

    /// One host, with the text of its fields and where each was written.
    struct Entry {
        var fields: [String: (value: String, place: InventoryFault.Place)] = [:]
        var place: InventoryFault.Place
        /// Something was wrong with it before its fields were looked at: what they would say is not what
        /// was meant.
        var isDoubtful = false

        func place(of field: String) -> InventoryFault.Place { fields[field]?.place ?? place }

        func asset(_ faults: inout [InventoryFault]) -> ListedAsset {
            ListedAsset(registration(&faults), attributes(&faults))
        }

        private func registration(_ faults: inout [InventoryFault]) -> AssetRegistration {
            let name = fields["name"]?.value ?? ""
            var registration = AssetRegistration(
                name: name, address: fields["address"]?.value ?? name)
            if let (value, place) = fields["port"] {
                if let port = Int(value) {
                    registration.port = port
                } else {
                    faults.append(
                        InventoryFault(
                            place: place, field: "port", value: value,
                            problem: "a port is a whole number between 1 and 65535"))
                }
            }
            if let value = fields["user"]?.value { registration.user = value }
            if let value = fields["site"]?.value { registration.site = value }
            if let value = fields["group"]?.value { registration.group = value }
            if let value = fields["owner"]?.value { registration.owner = value }
            choose("environment", &registration.environment, &faults)
            choose("criticality", &registration.criticality, &faults)
            choose("exposure", &registration.exposure, &faults)
            return registration
        }

        private func attributes(_ faults: inout [InventoryFault]) -> AssetAttributes {
            func text(_ field: String) -> String { fields[field]?.value ?? "" }
            func list(_ field: String) -> [String] {
                text(field).split(whereSeparator: { $0 == ";" || $0 == "," || $0.isWhitespace })
                    .map(String.init)
            }
            var attributes = AssetAttributes(
                location: text("location"), os: text("os"), osVersion: text("os_version"),
                architecture: text("architecture"), hardwareModel: text("hardware_model"),
                addresses: list("addresses"), failureDomain: text("failure_domain"),
                complianceScopes: list("compliance_scopes"), image: fields["image"]?.value,
                firmwareVersion: fields["firmware_version"]?.value)
            choose("kind", &attributes.kind, &faults)
            if let (value, place) = fields["ephemeral"] {
                switch value.lowercased() {
                case "true", "yes": attributes.isEphemeral = true
                case "false", "no": attributes.isEphemeral = false
                default:
                    faults.append(
                        InventoryFault(
                            place: place, field: "ephemeral", value: value,
                            problem: "it is one of true, false"))
                }
            }
            return attributes
        }

        private func choose<Choice: RawRepresentable<String> & CaseIterable>(
            _ field: String, _ choice: inout Choice, _ faults: inout [InventoryFault]
        ) {
            guard let (value, place) = fields[field] else { return }
            if let known = Choice(rawValue: value) {
                choice = known
            } else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                faults.append(
                    InventoryFault(
                        place: place, field: field, value: value, problem: "it is one of \(known)"))
            }
        }
    }

    static let fieldNames =
        [
            "name", "address", "port", "user", "site", "environment", "group", "criticality",
            "exposure", "owner",
        ] + AssetAttributes.fieldNames
}
