/// A package of which some versions are affected.
package struct AffectedPackage: Sendable, Hashable {
    /// What `name` is the name of.
    package enum NameKind: String, Sendable, Hashable, CaseIterable {
        /// The source package, from which binary packages of other names are built.
        case source
        case binary
        /// The publisher names the one and the other.
        case sourceOrBinary
        /// Packages of this ecosystem have one name only.
        case plain
    }

    /// As OSV writes it, with its release: `Debian:12`, `AlmaLinux:9`, `Alpine:v3.19`, `PyPI`.
    package let ecosystem: String
    /// As the record has it, which needn't be how the ecosystem normalises it.
    package let name: String
    package let nameKind: NameKind
    package let purl: PackageURL?
    /// Those that can be evaluated.
    package let ranges: [OSVRange]
    /// Affected versions one by one, as they are listed.
    package let versions: [String]
    /// The binary packages that the record names for a source package; often empty.
    package let binaryNames: [String]
    /// What the publisher says of this package alone; empty where the advisory's severities count.
    package let severities: [SeverityStatement]
    /// A distribution's own word on it, `unimportant`, `end-of-life`, `low`; nil mostly.
    package let urgency: String?
    /// False when a range was skipped: that a version isn't found affected says nothing then.
    package let isComplete: Bool

    package init(
        ecosystem: String, name: String, nameKind: NameKind? = nil, purl: PackageURL? = nil,
        ranges: [OSVRange] = [], versions: [String] = [], binaryNames: [String] = [],
        severities: [SeverityStatement] = [], urgency: String? = nil, isComplete: Bool = true
    ) {
        self.ecosystem = ecosystem
        self.name = name
        self.nameKind = nameKind ?? NameKind(ecosystem: ecosystem)
        self.purl = purl
        self.ranges = ranges
        self.versions = versions
        self.binaryNames = binaryNames
        self.severities = severities
        self.urgency = urgency
        self.isComplete = isComplete
    }

    /// How its versions are ordered; nil when that is not known here, and only `versions` counts.
    package var scheme: VersionScheme? { VersionScheme(ecosystem: ecosystem) }

    /// The versions that its ranges name as fixes, in the order of the record.
    package var fixedVersions: [String] {
        ranges.flatMap { range in
            range.events.compactMap { event in
                guard case .fixed(let version) = event else { return nil }
                return version
            }
        }
    }
}

extension AffectedPackage.NameKind {
    /// What the names of an ecosystem are, by what its publisher does.
    /// Source: OSV schema, "Defined ecosystems"; AlmaLinux's records name binary packages as well,
    /// whatever stands there.
    package init(ecosystem: String) {
        switch ecosystem.prefix(while: { $0 != ":" }) {
        case "Debian", "Ubuntu", "Echo", "Alpine", "Alpaquita", "BellSoft Hardened Containers",
            "Chainguard", "Wolfi", "MinimOS", "SUSE", "openSUSE", "openEuler", "Mageia",
            "Azure Linux":
            self = .source
        case "AlmaLinux", "Red Hat", "Rocky Linux", "Oracle Linux", "Amazon Linux", "Fedora":
            self = .sourceOrBinary
        case "Photon OS": self = .binary
        default: self = .plain
        }
    }
}
