/// What a publisher says of one product and one vulnerability: a line of VEX.
/// Source: CSAF 2.0 §3.2.3.9 "Product Status", §4.5 "Profile 5: VEX".
package struct ProductStatement: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case fixed
        case knownAffected
        case knownNotAffected
        case underInvestigation
    }

    /// Why a product is not affected.
    package enum Justification: String, Sendable, Hashable, CaseIterable {
        case componentNotPresent = "component_not_present"
        case inlineMitigationsAlreadyExist = "inline_mitigations_already_exist"
        case vulnerableCodeCannotBeControlledByAdversary =
            "vulnerable_code_cannot_be_controlled_by_adversary"
        case vulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path"
        case vulnerableCodeNotPresent = "vulnerable_code_not_present"
    }

    package struct Remediation: Sendable, Hashable {
        package enum Category: String, Sendable, Hashable, CaseIterable {
            case mitigation
            case noFixPlanned = "no_fix_planned"
            case noneAvailable = "none_available"
            case vendorFix = "vendor_fix"
            case workaround
        }

        package let category: Category
        package let details: String
        package let url: String?
        /// What must be started anew for it: `none`, `machine`, `service`, ...; nil where it isn't
        /// said.
        package let restart: String?

        package init(category: Category, details: String, url: String?, restart: String?) {
            self.category = category
            self.details = details
            self.url = url
            self.restart = restart
        }
    }

    /// A CVE, or the id of another system where there is none.
    package let vulnerability: String
    package let product: StatedProduct
    package let status: Status
    package let justification: Justification?
    /// What the publisher writes of the impact on this product.
    package let impact: [String]
    package let remediations: [Remediation]
    /// How bad the vulnerability is in this product; empty where the publisher doesn't score it.
    package let severities: [SeverityStatement]

    package init(
        vulnerability: String, product: StatedProduct, status: Status,
        justification: Justification? = nil, impact: [String] = [],
        remediations: [Remediation] = [], severities: [SeverityStatement] = []
    ) {
        self.vulnerability = vulnerability
        self.product = product
        self.status = status
        self.justification = justification
        self.impact = impact
        self.remediations = remediations
        self.severities = severities
    }
}

/// A product as a CSAF document's tree describes it.
package struct StatedProduct: Sendable, Hashable {
    /// The id within its document only.
    package let id: String
    package let name: String
    package let vendor: String?
    package let productName: String?
    /// One version as it is written; nil where the tree has none or a range.
    package let version: String?
    /// A range, `vers:rpm/<1.2` as it is written.
    package let versionRange: String?
    package let purl: PackageURL?
    package let cpe: String?
    /// What a component is part of or installed on, nearest first: its ids and names; empty for
    /// what stands alone. `purl` and `cpe` above are then the component's.
    package let platforms: [Platform]

    package struct Platform: Sendable, Hashable {
        package let id: String
        package let name: String
        package let cpe: String?
        package let purl: PackageURL?

        package init(id: String, name: String, cpe: String?, purl: PackageURL?) {
            self.id = id
            self.name = name
            self.cpe = cpe
            self.purl = purl
        }
    }

    package init(
        id: String, name: String, vendor: String? = nil, productName: String? = nil,
        version: String? = nil, versionRange: String? = nil, purl: PackageURL? = nil,
        cpe: String? = nil, platforms: [Platform] = []
    ) {
        self.id = id
        self.name = name
        self.vendor = vendor
        self.productName = productName
        self.version = version
        self.versionRange = versionRange
        self.purl = purl
        self.cpe = cpe
        self.platforms = platforms
    }
}
