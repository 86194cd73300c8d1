/// Whose rules say what a version is and which of two is newer.
package enum VersionScheme: String, Sendable, Hashable, CaseIterable {
    /// dpkg.
    case debian
    /// rpm: `[epoch:]version[-release]`.
    case redhat
    /// apk.
    case alpine
    /// Semantic Versioning 2.0.0.
    case semver
    /// PEP 440.
    case pypi
    case maven
    case npm
    /// Modules of Go.
    case go
    case rubygems
    case nuget

    /// The scheme of an ecosystem as OSV names it, `Debian:12` with its release or without; nil
    /// when its versions have no order here.
    /// Source: OSV schema, "Defined ecosystems".
    package init?(ecosystem: String) {
        let name = ecosystem.prefix { $0 != ":" }
        switch name {
        case "Debian", "Ubuntu", "Echo": self = .debian
        case "Red Hat", "AlmaLinux", "Rocky Linux", "SUSE", "openSUSE", "openEuler", "Photon OS",
            "Mageia", "Azure Linux", "Oracle Linux", "Amazon Linux", "Fedora":
            self = .redhat
        case "Alpine", "Alpaquita", "BellSoft Hardened Containers", "Chainguard", "Wolfi",
            "MinimOS":
            self = .alpine
        case "PyPI": self = .pypi
        case "Maven": self = .maven
        case "npm": self = .npm
        case "Go": self = .go
        case "RubyGems": self = .rubygems
        case "NuGet": self = .nuget
        case "crates.io", "Hex", "SwiftURL", "Bitnami", "Pub", "GitHub Actions": self = .semver
        default: return nil
        }
    }
}
