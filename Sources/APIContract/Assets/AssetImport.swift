/// `POST /assets:import`: registers every host of an inventory, or none of them.
package struct ImportAssetsRequest: Codable, Sendable, Equatable {
    /// `ini`, `yaml` or `script` (Ansible), `csv`, or `json` (an array of objects).
    package let format: String
    /// The inventory itself.
    package let text: String
    /// True registers the rest where some lines are wrong; else one of them refuses all.
    package let leaveOutFaults: Bool?

    package init(format: String, text: String, leaveOutFaults: Bool? = nil) {
        self.format = format
        self.text = text
        self.leaveOutFaults = leaveOutFaults
    }
}

/// What came of an import, in the inventory's order.
package struct ImportAssetsResult: Codable, Sendable, Equatable {
    package let data: [ImportedAsset]
    /// What was left out, each with its place and reason.
    package let leftOut: [String]?
    package let position: Int64

    package init(data: [ImportedAsset], leftOut: [String]? = nil, position: Int64) {
        self.data = data
        self.leftOut = leftOut
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
