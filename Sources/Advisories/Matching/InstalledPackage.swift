/// A package of an inventory, as matching needs it.
package struct InstalledPackage: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// What the package was built from.
    package struct Source: Sendable, Hashable {
        package let name: String
        /// Empty when it isn't known.
        package let version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    package let ecosystem: Ecosystem
    package let name: String
    /// Empty when it isn't known.
    package let version: String
    /// nil when the report doesn't say it; it is then taken for the source package of its own name.
    package let source: Source?
    /// False of an RPM from a report that tells no epochs: its version may be a later one than it
    /// looks.
    package let isEpochKnown: Bool

    /// - Parameter source: An RPM's source package has the epoch of the package, where it has none
    ///   of its own: its file's name, which is all that a package says of it, never has one.
    package init(
        ecosystem: Ecosystem, name: String, version: String, source: Source? = nil,
        isEpochKnown: Bool = true
    ) {
        self.isEpochKnown = isEpochKnown
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
        if let source, let colon = version.utf8.firstIndex(of: ASCII.colon),
            !source.version.isEmpty, !source.version.utf8.contains(ASCII.colon),
            ecosystem.scheme == .redhat
        {
            self.source = Source(
                name: source.name, version: version[...colon] + source.version)
        } else {
            self.source = source
        }
    }

    /// - Parameter gaps: What the report leaves open.
    /// - Returns: nil for a package of a type that no ecosystem of advisories has.
    package init?(_ reported: ReportedPackage, gaps: [InventoryGap] = []) {
        guard let ecosystem = reported.ecosystem else { return nil }
        self.init(
            ecosystem: Ecosystem(ecosystem), name: reported.ecosystemName,
            version: reported.version,
            source: reported.source.map { Source(name: $0.name, version: $0.version ?? "") },
            isEpochKnown: !(reported.type == "rpm" && gaps.contains(.epochs)))
    }

    package var description: String {
        "\(ecosystem) package '\(shortened(name))' \(version.isEmpty ? "without a version" : version)"
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.ecosystem != right.ecosystem { return left.ecosystem < right.ecosystem }
        if left.name != right.name { return left.name < right.name }
        if left.version != right.version { return left.version < right.version }
        let (leftSource, rightSource) = (left.source, right.source)
        if leftSource?.name != rightSource?.name {
            return leftSource?.name ?? "" < rightSource?.name ?? ""
        }
        if leftSource?.version != rightSource?.version {
            return leftSource?.version ?? "" < rightSource?.version ?? ""
        }
        return !left.isEpochKnown && right.isEpochKnown
    }

    /// Every key under which a statement about it may stand, the most precise ecosystem first.
    package var keys: [PackageKey] {
        ecosystem.withWider.flatMap { ecosystem in
            PackageKey.Kind.allCases.map {
                PackageKey(ecosystem, $0, normalized: name(of: $0))
            }
        }
    }

    /// The name that statements on packages of `kind` mean, as its ecosystem writes it.
    func name(of kind: PackageKey.Kind) -> String {
        switch kind {
        case .plain, .binary: PackageKey.normalized(name, in: ecosystem)
        case .source: PackageKey.normalized(source?.name ?? name, in: ecosystem)
        }
    }

    /// The version that statements on packages of `kind` mean.
    func version(of kind: PackageKey.Kind) -> String {
        switch kind {
        case .plain, .binary: version
        case .source:
            if let source, !source.version.isEmpty { source.version } else { version }
        }
    }
}

extension PackageInventory {
    /// Those that advisories can be about, in their order.
    package var installedPackages: [InstalledPackage] {
        packages.compactMap { InstalledPackage($0, gaps: gaps) }
    }
}
