internal import EventSourcing
private import JSON
private import PatchManagement

extension UseCases {
    /// What an Ansible inventory script answers: every active asset with its groups and variables,
    /// or the variables of one.
    ///
    /// - Parameter host: Asks for one, by its name.
    /// - Returns: Canonical JSON.
    /// - Throws: `NotFound` when there is no active asset of that name.
    package func ansibleInventory(
        _ caller: Caller, _ moment: Moment, host: String?
    ) async throws -> [UInt8] {
        var wish = ListWish()
        wish.moment = moment
        wish.limit = 500
        if let host { wish.filter["name"] = host }
        var assets: [ListedAsset] = []
        repeat {
            let page = try await list(.asset, caller, wish, state: "active")
            for document in page.documents {
                assets.append(try Self.listed(JSONDocument(parsing: document).root))
            }
            wish.cursor = page.next
        } while wish.cursor != nil
        guard let host else { return try CanonicalJSON.encode(AnsibleDocument.list(assets)) }
        guard let asset = assets.first else { throw NotFound(.asset, host) }
        return try CanonicalJSON.encode(AnsibleDocument.host(asset))
    }

    /// An asset as its view shows it.
    private static func listed(_ view: JSONNode) throws -> ListedAsset {
        func text(_ name: String, of node: JSONNode) -> String { node[name]?.string ?? "" }
        func texts(_ name: String, of node: JSONNode) -> [String] {
            node[name]?.elements.map { $0.compactMap(\.string) } ?? []
        }
        func value<Value: RawRepresentable<String>>(
            _ name: String, of node: JSONNode, else usual: Value
        ) -> Value {
            Value(rawValue: text(name, of: node)) ?? usual
        }
        var listed = ListedAsset(
            AssetRegistration(
                name: text("name", of: view), address: text("address", of: view),
                port: view["port"]?.integer.map { Int($0) } ?? 22, user: text("user", of: view),
                site: text("site", of: view),
                environment: value("environment", of: view, else: .production),
                group: text("group", of: view),
                criticality: value("criticality", of: view, else: .medium),
                exposure: value("exposure", of: view, else: .internal),
                owner: text("owner", of: view)))
        guard let known = view["attributes"] else { return listed }
        listed.attributes = AssetAttributes(
            kind: value("kind", of: known, else: .machine), location: text("location", of: known),
            os: text("os", of: known), osVersion: text("os_version", of: known),
            architecture: text("architecture", of: known),
            hardwareModel: text("hardware_model", of: known),
            addresses: texts("addresses", of: known),
            failureDomain: text("failure_domain", of: known),
            complianceScopes: texts("compliance_scopes", of: known),
            image: known["image"]?.string, isEphemeral: known["is_ephemeral"]?.bool,
            firmwareVersion: known["firmware_version"]?.string)
        return listed
    }
}
