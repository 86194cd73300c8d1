/// `POST /assets:import`: registers every host of an inventory, or none of them.
package struct ImportAssetsRequest: Codable, Sendable, Equatable {
    /// `ini`, `yaml` or `script` (Ansible), `csv`, or `json` (an array of objects).
    package let format: String
    /// The inventory itself.
    package let text: String

    package init(format: String, text: String) {
        self.format = format
        self.text = text
    }
}

/// What came of an import, in the inventory's order.
package struct ImportAssetsResult: Codable, Sendable, Equatable {
    package let data: [ImportedAsset]
    package let position: Int64

    package init(data: [ImportedAsset], position: Int64) {
        self.data = data
        self.position = position
    }
}

/// One host of an import.
package struct ImportedAsset: Codable, Sendable, Equatable {
    package let id: String
    package let name: String
    /// `registered`, `changed` when its description was another one, or `unchanged`.
    package let outcome: String

    package init(id: String, name: String, outcome: String) {
        self.id = id
        self.name = name
        self.outcome = outcome
    }
}
