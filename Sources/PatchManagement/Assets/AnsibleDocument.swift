package import JSON

/// What patchflow tells Ansible of its assets, in the protocol of inventory scripts.
///
/// Each asset is in the group of its registration, in `environment_` with its environment and in
/// `site_` with its site. A group of its own that looks like one of those is left out: a play on
/// `environment_staging` must reach nothing else. Its variables are those that `InventoryImport` reads again.
/// Source: Ansible, "Developing dynamic inventory", "Inventory scripts".
package enum AnsibleDocument {
    /// The answer to `--list`, with the variables of all hosts under `_meta`, so that Ansible need
    /// not ask for each.
    ///
    /// - Parameter assets: In any order, each name once.
    package static func list(_ assets: [ListedAsset]) -> JSONValue {
        var groups: [String: [String]] = [:]
        var variables: [String: JSONValue] = [:]
        for asset in assets.sorted(by: { $0.registration.name < $1.registration.name }) {
            let registration = asset.registration
            var names = [
                "environment_\(registration.environment.rawValue)", "site_\(registration.site)",
            ]
            if !["environment_", "site_"].contains(where: { registration.group.hasPrefix($0) }) {
                names.insert(registration.group, at: 0)
            }
            for (index, name) in names.enumerated() where !names[..<index].contains(name) {
                groups[name, default: []].append(registration.name)
            }
            variables[registration.name] = host(asset)
        }
        // Every group is a child of `all`, which lists none of the hosts itself.
        var document: [String: JSONValue] = [
            "all": .object(["children": .array(groups.keys.sorted().map { .string($0) })])
        ]
        for (name, hosts) in groups {
            let list = JSONValue.array(hosts.map { .string($0) })
            document[name] =
                name == "all"
                ? .object([
                    "children": .array(
                        groups.keys.sorted().filter { $0 != "all" }.map { .string($0) }),
                    "hosts": list,
                ]) : .object(["hosts": list])
        }
        document["_meta"] = .object(["hostvars": .object(variables)])
        return .object(document)
    }

    /// The answer to `--host`: the variables of one host.
    ///
    /// Ansible evaluates what stands between `{{` and `}}` in a variable, on the machine where it
    /// runs. A text that could be so is left out, whoever wrote it.
    package static func host(_ asset: ListedAsset) -> JSONValue {
        let (registration, attributes) = (asset.registration, asset.attributes)
        var variables: [String: JSONValue] = [
            "ansible_port": .integer(Int64(registration.port)),
            "patchflow_addresses": .array(attributes.addresses.map { .string($0) }),
            "patchflow_compliance_scopes": .array(
                attributes.complianceScopes.map { .string($0) }),
        ]
        for (name, value) in [
            ("ansible_host", registration.address), ("ansible_user", registration.user),
            ("patchflow_site", registration.site), ("patchflow_group", registration.group),
            ("patchflow_environment", registration.environment.rawValue),
            ("patchflow_criticality", registration.criticality.rawValue),
            ("patchflow_exposure", registration.exposure.rawValue),
            ("patchflow_owner", registration.owner),
            ("patchflow_kind", attributes.kind.rawValue),
            ("patchflow_location", attributes.location), ("patchflow_os", attributes.os),
            ("patchflow_os_version", attributes.osVersion),
            ("patchflow_architecture", attributes.architecture),
            ("patchflow_hardware_model", attributes.hardwareModel),
            ("patchflow_failure_domain", attributes.failureDomain),
            ("patchflow_image", attributes.image ?? ""),
            ("patchflow_ephemeral", attributes.isEphemeral.map { String($0) } ?? ""),
            ("patchflow_firmware_version", attributes.firmwareVersion ?? ""),
        ] where !value.isEmpty && !isTemplate(value) {
            variables[name] = .string(value)
        }
        for name in ["patchflow_addresses", "patchflow_compliance_scopes"]
        where variables[name] == .array([]) {
            variables[name] = nil
        }
        return .object(variables)
    }

    private static func isTemplate(_ text: String) -> Bool {
        ["{{", "{%", "{#"].contains { text.contains($0) }
    }
}
