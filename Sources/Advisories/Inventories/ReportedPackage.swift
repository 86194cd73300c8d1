/// One package as an asset has it installed.
package struct ReportedPackage: Sendable, Hashable {
    /// What a package was built from: advisories of distributions name that.
    package struct Source: Sendable, Hashable {
        package let name: String
        /// nil where the report doesn't say it.
        package let version: String?

        package init(name: String, version: String?) {
            self.name = name
            self.version = version
        }
    }

    /// The package URL in canonical form. Of a distribution's package it has the qualifiers arch,
    /// distro and epoch, and no other.
    package let url: String
    /// Of the package URL: `deb`, `npm`.
    package let type: String
    package let namespace: String?
    package let name: String
    /// As its ecosystem writes versions. An RPM package's epoch stands in front, unless it is 0.
    package let version: String
    package let architecture: String?
    /// As in the qualifier `distro`, `debian-12`; nil where no release is known.
    package let distribution: String?
    package let source: Source?
    /// As OSV names it, `Debian:12`, `PyPI`; nil for what OSV has no advisories for.
    package let ecosystem: String?

    /// - Parameters:
    ///   - release: Of the asset, for a distribution's package whose URL doesn't say it.
    /// - Throws: Why the URL is no installed package: no version, or one that the package manager
    ///   of its type could not have installed.
    package init(
        _ url: PackageURL, source: Source? = nil, release: OperatingSystemRelease? = nil
    ) throws(ReportedPackageError) {
        guard let version = url.version else { throw .versionMissing }
        guard let manager = DistributionManager(rawValue: url.type) else {
            guard url.text.utf8.count <= PackageURL.longest else { throw .url(.tooLong) }
            self.init(
                url: url.text, of: url, version: version, architecture: nil, distribution: nil,
                source: source,
                ecosystem: Self.ecosystem(ofType: url.type, namespace: url.namespace))
            return
        }
        func qualifier(_ key: String) -> String? {
            url.qualifiers.first { $0.key == key }?.value
        }
        let distribution = qualifier("distro") ?? release?.distribution
        func system(_ vendor: String?) -> OperatingSystemRelease? {
            distribution.map { OperatingSystemRelease(distribution: $0, vendor: vendor) }
        }
        let architecture = qualifier("arch")
        let epoch = manager == .rpm ? qualifier("epoch").flatMap { $0 == "0" ? nil : $0 } : nil
        let fullVersion = epoch.map { "\($0):\(version)" } ?? version
        do {
            _ = try PackageVersion(fullVersion, manager.scheme)
        } catch {
            throw .version(error)
        }
        let namespace =
            url.namespace
            ?? (release?.distribution == distribution ? release : system(nil))?.vendor
        let qualifiers = [("arch", architecture), ("distro", distribution), ("epoch", epoch)]
            .compactMap { key, value in value.map { (key: key, value: $0) } }
        let isCanonical =
            namespace == url.namespace
            && url.qualifiers.elementsEqual(qualifiers) { $0.key == $1.key && $0.value == $1.value }
        let canonical: PackageURL
        do {
            canonical =
                isCanonical
                ? url
                : try PackageURL(
                    type: url.type, namespace: namespace, name: url.name, version: version,
                    qualifiers: qualifiers, subpath: url.subpath)
        } catch {
            throw .url(error)
        }
        guard canonical.text.utf8.count <= PackageURL.longest else { throw .url(.tooLong) }
        // As the URL will be read again, so that one URL always means one thing.
        let ecosystem =
            system(namespace)?.ecosystem
            ?? canonical.namespace.flatMap { OperatingSystemRelease(id: $0).ecosystem }
        self.init(
            url: canonical.text, of: canonical, version: fullVersion, architecture: architecture,
            distribution: distribution,
            source: source ?? Self.source(inUpstream: qualifier("upstream")), ecosystem: ecosystem)
    }

    private init(
        url: String, of package: PackageURL, version: String, architecture: String?,
        distribution: String?, source: Source?, ecosystem: String?
    ) {
        self.url = url
        type = package.type
        namespace = package.namespace
        name = package.name
        self.version = version
        self.architecture = architecture
        self.distribution = distribution
        self.source = source
        self.ecosystem = ecosystem
    }

    /// The name by which the advisories of its ecosystem call it.
    package var ecosystemName: String {
        Self.ecosystemName(type: type, namespace: namespace, name: name)
    }

    /// Source: OSV schema, "affected[].package field"; the package URL type definitions.
    static func ecosystemName(type: String, namespace: String?, name: String) -> String {
        guard let namespace else { return name }
        switch type {
        case "maven": return "\(namespace):\(name)"
        case "npm", "golang", "composer", "swift", "githubactions", "hex", "cpan", "generic":
            return "\(namespace)/\(name)"
        default: return name
        }
    }

    /// What a scanner that knows no other place wrote: `upstream=curl`, `upstream=curl@7.88.1-10`.
    private static func source(inUpstream text: String?) -> Source? {
        guard let text, !text.isEmpty else { return nil }
        // A source RPM's file name.
        if text.hasSuffix(".src.rpm") { return RPMName(sourceFile: text)?.source }
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
            return Source(name: text, version: nil)
        }
        return Source(name: String(text[..<at]), version: String(text[text.index(after: at)...]))
    }

    /// - Parameter namespace: Of a generic package its vendor: without one its name may be anybody's.
    static func ecosystem(ofType type: String, namespace: String?) -> String? {
        switch type {
        case "generic": namespace.map { _ in Ecosystem.products.text }
        case "npm": "npm"
        case "pypi": "PyPI"
        case "maven": "Maven"
        case "golang": "Go"
        case "cargo": "crates.io"
        case "gem": "RubyGems"
        case "nuget": "NuGet"
        case "composer": "Packagist"
        case "hex": "Hex"
        case "pub": "Pub"
        case "swift": "SwiftURL"
        case "cran": "CRAN"
        case "hackage": "Hackage"
        case "conan": "ConanCenter"
        case "bitnami": "Bitnami"
        case "githubactions": "GitHub Actions"
        default: nil
        }
    }
}

extension ReportedPackage: Comparable {
    /// By their URLs, byte by byte; what the URL doesn't say comes after.
    package static func < (left: Self, right: Self) -> Bool {
        if left.url != right.url { return left.url.utf8.lexicographicallyPrecedes(right.url.utf8) }
        let sides = (
            [left.source?.name ?? "", left.source?.version ?? ""],
            [right.source?.name ?? "", right.source?.version ?? ""]
        )
        return sides.0.lexicographicallyPrecedes(sides.1)
    }
}

/// The package managers that install a distribution's packages, by the types of package URLs.
enum DistributionManager: String {
    case deb, rpm, apk
    /// OpenWrt's, whose versions have the order of dpkg.
    case opkg

    var scheme: VersionScheme {
        switch self {
        case .deb, .opkg: .debian
        case .rpm: .redhat
        case .apk: .alpine
        }
    }
}

/// Why something that a report names is no installed package.
package enum ReportedPackageError: Error, Sendable, Equatable, CustomStringConvertible {
    case versionMissing
    case version(VersionError)
    case url(PackageURLError)

    package var description: String {
        switch self {
        case .versionMissing: "it has no version"
        case .version(let error): error.description
        case .url(let error): error.description
        }
    }
}
