/// From which project's releases a distribution makes its packages, for advisories that know the
/// project's versions only.
package struct UpstreamNames: Sendable, Hashable {
    private struct SourcePackage: Sendable, Hashable {
        /// Without a release.
        let distribution: String
        let name: String
    }

    private var projects: [SourcePackage: [PackageKey]] = [:]
    private var distributions: Set<String> = []

    package init() {}

    /// The kernel of each distribution, which every feed of the kernel's own advisories is about.
    package static let kernels: UpstreamNames = {
        var names = UpstreamNames()
        let kernel = PackageKey(Ecosystem("Linux"), .plain, "Kernel")
        for distribution in ["Debian", "Ubuntu"] {
            names.add(kernel, of: distribution, "linux")
        }
        for distribution in ["Red Hat", "AlmaLinux", "Rocky Linux", "Oracle Linux", "Fedora"] {
            names.add(kernel, of: distribution, "kernel")
        }
        return names
    }()

    /// - Parameters:
    ///   - distribution: `Debian`, without a release.
    ///   - source: The name of the source package.
    package mutating func add(_ project: PackageKey, of distribution: String, _ source: String) {
        let package = SourcePackage(distribution: distribution, name: source)
        if projects[package]?.contains(project) == true { return }
        distributions.insert(distribution)
        projects[package, default: []].append(project)
        projects[package]?.sort()
    }

    func hasProjects(of distribution: String) -> Bool { distributions.contains(distribution) }

    /// Sorted.
    func projects(of package: InstalledPackage) -> [PackageKey] {
        let family = package.ecosystem.family
        guard hasProjects(of: family) else { return [] }
        let name = package.source?.name ?? package.name
        return projects[SourcePackage(distribution: family, name: name)] ?? []
    }

    /// The project's part of the version of a distribution's package: without epoch and revision,
    /// and without what the distribution has added to it behind `+` or `~`.
    static func projectVersion(_ version: String) -> String {
        var rest = version[...]
        if let colon = rest.firstIndex(of: ":") { rest = rest[rest.index(after: colon)...] }
        if let hyphen = rest.lastIndex(of: "-") { rest = rest[..<hyphen] }
        // `1.2+really1.1` is the older version under a newer number.
        if let place = rest.utf8.firstRange(of: "+really".utf8) { rest = rest[place.upperBound...] }
        return String(rest.prefix { $0 != "+" && $0 != "~" })
    }
}
