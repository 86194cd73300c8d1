/// The product tree of a CSAF document, as it is written.
/// Source: CSAF 2.0 §3.2.2 "Product Tree Property", §3.1.2 "Branches Type", §3.1.3 "Full Product
/// Name Type".
package struct CSAFProductTree: Sendable, Hashable, Decodable {
    package let branches: [Branch]
    package let fullProductNames: [FullProductName]
    package let productGroups: [ProductGroup]
    package let relationships: [Relationship]

    package struct Branch: Sendable, Hashable, Decodable {
        package let category: Category
        package let name: String
        /// Either branches or a product.
        package let branches: [Branch]?
        package let product: FullProductName?

        package init(
            category: Category, name: String, branches: [Branch]? = nil,
            product: FullProductName? = nil
        ) {
            self.category = category
            self.name = name
            self.branches = branches
            self.product = product
        }
    }

    package enum Category: String, Sendable, Hashable, Codable, CaseIterable {
        case architecture
        case hostName = "host_name"
        case language
        case legacy
        case patchLevel = "patch_level"
        case productFamily = "product_family"
        case productName = "product_name"
        case productVersion = "product_version"
        case productVersionRange = "product_version_range"
        case servicePack = "service_pack"
        case specification
        case vendor
    }

    package struct FullProductName: Sendable, Hashable, Decodable {
        package let productID: String
        package let name: String
        package let identification: Identification?

        package init(productID: String, name: String, identification: Identification? = nil) {
            self.productID = productID
            self.name = name
            self.identification = identification
        }

        private enum CodingKeys: String, CodingKey {
            case productID = "product_id"
            case name
            case identification = "product_identification_helper"
        }
    }

    package struct Identification: Sendable, Hashable, Decodable {
        package let cpe: String?
        package let purl: String?

        package init(cpe: String? = nil, purl: String? = nil) {
            self.cpe = cpe
            self.purl = purl
        }
    }

    package struct ProductGroup: Sendable, Hashable, Decodable {
        package let groupID: String
        package let productIDs: [String]

        package init(groupID: String, productIDs: [String]) {
            self.groupID = groupID
            self.productIDs = productIDs
        }

        private enum CodingKeys: String, CodingKey {
            case groupID = "group_id"
            case productIDs = "product_ids"
        }
    }

    package struct Relationship: Sendable, Hashable, Decodable {
        package let category: RelationshipCategory
        package let product: FullProductName
        package let productReference: String
        package let relatesTo: String

        package init(
            category: RelationshipCategory, product: FullProductName, productReference: String,
            relatesTo: String
        ) {
            self.category = category
            self.product = product
            self.productReference = productReference
            self.relatesTo = relatesTo
        }

        private enum CodingKeys: String, CodingKey {
            case category
            case product = "full_product_name"
            case productReference = "product_reference"
            case relatesTo = "relates_to_product_reference"
        }
    }

    package enum RelationshipCategory: String, Sendable, Hashable, Codable, CaseIterable {
        case defaultComponentOf = "default_component_of"
        case externalComponentOf = "external_component_of"
        case installedOn = "installed_on"
        case installedWith = "installed_with"
        case optionalComponentOf = "optional_component_of"
    }

    package init(
        branches: [Branch] = [], fullProductNames: [FullProductName] = [],
        productGroups: [ProductGroup] = [], relationships: [Relationship] = []
    ) {
        self.branches = branches
        self.fullProductNames = fullProductNames
        self.productGroups = productGroups
        self.relationships = relationships
    }

    private enum CodingKeys: String, CodingKey {
        case branches
        case fullProductNames = "full_product_names"
        case productGroups = "product_groups"
        case relationships
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        branches = try members.decodeIfPresent([Branch].self, forKey: .branches) ?? []
        fullProductNames =
            try members.decodeIfPresent([FullProductName].self, forKey: .fullProductNames) ?? []
        productGroups =
            try members.decodeIfPresent([ProductGroup].self, forKey: .productGroups) ?? []
        relationships =
            try members.decodeIfPresent([Relationship].self, forKey: .relationships) ?? []
    }
}
