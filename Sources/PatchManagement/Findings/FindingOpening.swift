package import EventSourcing
private import FoundationEssentials

/// What a match of inventory and advisories says of one vulnerability on one asset.
package struct FindingOpening: Codable, Hashable, Sendable {
    package let asset: StreamID
    package let vulnerability: VulnerabilityID
    /// The package in which it is, and the version that is installed.
    package let package: String
    package let installedVersion: String
    /// Digest of what was matched with what: a match that differs is a new one.
    package let match: Digest
    /// When what shows it was recorded: the inventory, or the feed's snapshot that it was matched with.
    package let observed: Timestamp
    /// Since when the asset has been there to be patched.
    package let inScope: Timestamp
    /// When the first fix came out; nil while there is none.
    package let fixReleased: Timestamp?

    package init(
        asset: StreamID, vulnerability: VulnerabilityID, package: String, installedVersion: String,
        match: Digest, observed: Timestamp, inScope: Timestamp, fixReleased: Timestamp?
    ) {
        self.asset = asset
        self.vulnerability = vulnerability
        self.package = package
        self.installedVersion = installedVersion
        self.match = match
        self.observed = observed
        self.inScope = inScope
        self.fixReleased = fixReleased
    }

    private enum CodingKeys: String, CodingKey {
        case asset, vulnerability, package
        case installedVersion = "installed_version"
        case match, observed
        case inScope = "in_scope"
        case fixReleased = "fix_released"
    }

    /// The finding's stream, which follows from asset and vulnerability: however often it is found,
    /// it is one finding.
    package var finding: StreamID { Finding.id(asset: asset, vulnerability: vulnerability) }

    /// Whether it says the same of the same package in the same version, whenever it was seen.
    package func isSameMatch(as other: FindingOpening) -> Bool {
        match == other.match && package == other.package
            && installedVersion == other.installedVersion
    }

    /// The same match in an episode that began with `first`, whose clock it leaves alone.
    func within(_ first: FindingOpening) -> FindingOpening {
        FindingOpening(
            asset: asset, vulnerability: vulnerability, package: package,
            installedVersion: installedVersion, match: match, observed: observed,
            inScope: first.inScope, fixReleased: first.fixReleased)
    }

    /// Everything in it that may not be, in the order of the fields.
    package func faults(at now: Timestamp) -> [FieldFault] {
        var faults: [FieldFault] = []
        if asset.prefix != AssetDecider.prefix[...] {
            faults.append(
                FieldFault(field: "asset", value: asset.text, rule: "it is not the id of an asset"))
        }
        for (field, value) in [("package", package), ("installed_version", installedVersion)] {
            if let fault = FieldFault.inText(field, value, longest: 300) { faults.append(fault) }
        }
        let moments: [(String, Timestamp?)] = [
            ("observed", observed), ("in_scope", inScope), ("fix_released", fixReleased),
        ]
        for (field, moment) in moments {
            guard let moment, moment > now + .seconds(Self.toleratedSeconds) else { continue }
            faults.append(
                FieldFault(
                    field: field, value: "\(moment)",
                    rule: "it is in the future: correct it, or the clock that gave it"))
        }
        return faults
    }

    /// A date without time counts to its end, which may be to come; clocks may differ.
    private static let toleratedSeconds = 86_400
}

extension Finding {
    package static func id(asset: StreamID, vulnerability: VulnerabilityID) -> StreamID {
        StreamID(
            prefix: FindingDecider.prefix,
            .version5(namespace: namespace, name: "\(asset.text) \(vulnerability.key)"))
    }

    private static let namespace = UUID(
        uuid: (
            0x2b, 0x8e, 0x51, 0x0d, 0x6c, 0x2f, 0x5f, 0x0a, 0x8d, 0x31, 0x74, 0x9e, 0x1b, 0xc6,
            0x40, 0x02
        ))
}
