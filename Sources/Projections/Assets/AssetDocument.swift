internal import Application
internal import PatchManagement

/// An asset in lists and details.
struct AssetDocument: ViewDocument {
    static let kind = ViewKind.asset

    var id: String
    var name: String
    var address: String
    var port: Int
    var user: String
    var environment: String
    var group: String?
    var site: String?
    var owner: String?
    var criticality: String
    /// What is known besides; nil until somebody has said it.
    var attributes: Attributes?
    var exposure: String
    var state: String
    var osName: String?
    var osVersion: String?
    var architecture: String?
    var kernel: String?
    var packageCount: Int?
    var reportDigest: String?
    var reportedAt: String?
    var offers: Int
    var securityOffers: Int
    var openScans: Int
    var lastFailure: Failure?
    /// `never`, `current` or `overdue`.
    var reporting: String
    var registeredAt: String
    /// When it, or others about it, reported last; nil before.
    var heardAt: String?
    /// What others than the host say of it, the last of each; nil before anybody did.
    var reports: [Report]?
    /// Findings for which it is to be examined before it is changed; nil for none.
    var heldFor: [String]?
    /// Which instance of a cloud it is; nil for none.
    var cloud: Cloud?
    /// The image whose reports it takes for its own: of an asset that is replaced, not patched.
    var runsImage: String?
    /// The image that it is.
    var providesImage: String?
    /// The asset in whose place it stands, and the one that stands in its own.
    var replaces: String?
    var replacedBy: String?
    /// By fields that rules may set: `given`, or `rule` and its name; nil of one that
    /// knows no rules yet.
    var origins: [String: String]?
    var version: Int

    /// Empty texts and lists are what nobody has said.
    struct Attributes: Codable, Equatable {
        var kind: String
        var location: String
        var os: String
        var osVersion: String
        var architecture: String
        var hardwareModel: String
        var addresses: [String]
        var failureDomain: String
        var complianceScopes: [String]
        var image: String?
        var isEphemeral: Bool?
        var firmwareVersion: String?

        init(_ attributes: AssetAttributes) {
            kind = attributes.kind.rawValue
            location = attributes.location
            os = attributes.os
            osVersion = attributes.osVersion
            architecture = attributes.architecture
            hardwareModel = attributes.hardwareModel
            addresses = attributes.addresses
            failureDomain = attributes.failureDomain
            complianceScopes = attributes.complianceScopes
            image = attributes.image
            isEphemeral = attributes.isEphemeral
            firmwareVersion = attributes.firmwareVersion
        }
    }

    /// An instance as its account's list showed it last.
    struct Cloud: Codable, Equatable {
        var provider: String
        var account: String
        var region: String?
        var instance: String
        /// `running`, `stopped` or `unknown`; `gone` when the list has it no longer.
        var state: String
        var name: String?
        var zone: String?
        var group: String?
        var image: String?
        var addresses: [String]
        var hostNames: [String]
        /// By what it was found: `instance`, `address` or `hostName`.
        var match: String
    }

    struct Report: Codable, Equatable {
        var source: String
        var format: String
        /// SHA-256 of the report's document.
        var digest: String
        var gatheredAt: String
        var packages: Int
        var matchable: Int
        var products: Int
        var openVulnerabilities: Int
        var skipped: Int
        /// The asset that is the image which it was made of; nil for a report of its own.
        var image: String?
    }

    struct Failure: Codable, Equatable {
        var cause: String
        var detail: String
        var at: String
    }

    var sortKey: String { name }

    /// What was said of it counts before what its cloud shows.
    mutating func noteImage() {
        let image = attributes?.image ?? cloud?.image
        providesImage = attributes?.kind == AssetKind.image.rawValue ? image : nil
        runsImage = attributes?.isEphemeral == true && providesImage == nil ? image : nil
    }
}

/// What an asset's signed lists offer: which list, that is, since hosts that are alike share one.
struct OfferDocument: ViewDocument {
    static let kind = ViewKind.offer

    /// The asset's.
    var id: String
    var name: String
    var environment: String
    var state: String
    /// Digest of the document that holds the whole list.
    var list: String

    var sortKey: String { name }
}
