/// What a line of VEX says of the versions of a package.
struct StatedProductVersions: Sendable, Hashable {
    private enum Selection: Sendable, Hashable {
        case all
        case one(String)
        case range(VersRange)
        /// Nobody can tell which.
        case unreadable
    }

    let status: ProductStatement.Status
    let justification: Justification
    private let selection: Selection
    private let scheme: VersionScheme?
    /// True where the versions of one package lie on one line: in a release of a distribution.
    private let isOneLine: Bool

    init(_ statement: ProductStatement, in ecosystem: Ecosystem) {
        status = statement.status
        justification = Justification(kind: statement.justification, impact: statement.impact)
        scheme = ecosystem.scheme
        isOneLine = ecosystem.hasRelease
        selection = Self.selection(statement.product)
    }

    private static func selection(_ product: StatedProduct) -> Selection {
        if let text = product.versionRange {
            do {
                return .range(try VersRange(text))
            } catch {
                // Its own reader has reported it; here it only must not be taken for all versions.
                return .unreadable
            }
        }
        guard let purl = product.purl, let version = purl.version else {
            return product.version.map { .one($0) } ?? .all
        }
        let epoch = purl.qualifiers.first { $0.key == "epoch" && $0.value != "0" }
        return .one(epoch.map { "\($0.value):\(version)" } ?? version)
    }

    var words: String {
        let versions =
            switch selection {
            case .all: "all versions"
            case .one(let version): version
            case .range(let range): range.text
            case .unreadable: "versions that can't be read"
            }
        return "\(versions), which the publisher calls \(status.rawValue)"
    }

    func verdict(on version: ReadVersion) -> StatementVerdict {
        switch selection {
        case .all: return stated(fix: nil)
        case .unreadable:
            return status == .knownAffected ? .undetermined(.incompleteStatement) : .otherVersion
        case .range(let range):
            do throws(VersionError) {
                return try range.contains(version.read(as: range.scheme))
                    ? stated(fix: nil) : .otherVersion
            } catch {
                return unreadable(version, error)
            }
        case .one(let text):
            if text == version.text { return stated(fix: nil) }
            guard let scheme else { return .otherVersion }
            return verdict(on: version, comparedWith: ReadVersion(text, scheme), scheme)
        }
    }

    private func verdict(
        on version: ReadVersion, comparedWith other: ReadVersion, _ scheme: VersionScheme
    ) -> StatementVerdict {
        if version.isModular != other.isModular { return .otherModularity }
        do throws(VersionError) {
            let order = try version.read(as: scheme).order(relativeTo: other.read(as: scheme))
            if order == 0 { return stated(fix: nil) }
            // What a release of a distribution has fixed in one version was not in those before.
            guard status == .fixed, isOneLine else { return .otherVersion }
            return order > 0 ? .notAffected : .affected(.stated(.fixed), fix: other.text)
        } catch {
            return unreadable(version, error)
        }
    }

    /// Whoever says that a version isn't affected says nothing of one that can't be read.
    private func unreadable(_ version: ReadVersion, _ error: VersionError) -> StatementVerdict {
        switch status {
        case .fixed where !isOneLine, .knownNotAffected, .underInvestigation: .otherVersion
        case .fixed, .knownAffected:
            .undetermined(version.text.isEmpty ? .noVersion : .badVersion(error))
        }
    }

    private func stated(fix: String?) -> StatementVerdict {
        switch status {
        case .fixed: .notAffected
        case .knownAffected: .affected(.stated(.knownAffected), fix: fix)
        case .knownNotAffected: .excused(justification)
        case .underInvestigation: .undetermined(.underInvestigation)
        }
    }
}

extension VersRange: Hashable {
    /// The same text; ranges of one meaning may be written in several ways.
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension PackageKey {
    /// Those of a product that has a package URL; without one those of a device by its vendor's name
    /// and its own. None for what nothing in an inventory can be compared with.
    static func all(of product: StatedProduct) -> [PackageKey] {
        guard let purl = product.purl else { return devices(product) }
        guard let ecosystem = Ecosystem(product) else { return [] }
        let name = ReportedPackage.ecosystemName(
            type: purl.type, namespace: purl.namespace, name: purl.name)
        guard DistributionManager(rawValue: purl.type) != nil else {
            return [PackageKey(ecosystem, .plain, name)]
        }
        let architecture = purl.qualifiers.first { $0.key == "arch" }?.value
        let kinds: [Kind] =
            switch architecture {
            case "src"?, "source"?, "nosrc"?: [.source]
            case nil: [.source, .binary]
            case .some: [.binary]
            }
        return kinds.map { PackageKey(ecosystem, $0, name) }
    }
}

extension PackageKey {
    /// A product that stands alone in its tree, below its vendor's branch and with its versions: what a
    /// device reports. By the names of the branches, and by those of its CPE.
    private static func devices(_ product: StatedProduct) -> [PackageKey] {
        guard product.platforms.isEmpty, product.version != nil || product.versionRange != nil
        else { return [] }
        var names: [String] = []
        if let vendor = product.vendor, let name = product.productName {
            names.append("\(vendor)/\(name)")
        }
        if let cpe = product.cpe.flatMap({ ProductName(cpe: $0) }) {
            names.append("\(cpe.vendor)/\(cpe.product)")
        }
        var keys: [PackageKey] = []
        for name in names {
            let key = PackageKey(.products, .plain, name)
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }
}

extension Ecosystem {
    /// That of a product with a package URL; with a release when the URL, or what the product is
    /// installed on, says it. nil for a type that has no ecosystem.
    fileprivate init?(_ product: StatedProduct) {
        guard let purl = product.purl else { return nil }
        guard DistributionManager(rawValue: purl.type) != nil else {
            guard
                let name = ReportedPackage.ecosystem(
                    ofType: purl.type, namespace: purl.namespace)
            else { return nil }
            self.init(name)
            return
        }
        if let distribution = purl.qualifiers.first(where: { $0.key == "distro" })?.value,
            let name = OperatingSystemRelease(distribution: distribution, vendor: purl.namespace)
                .ecosystem
        {
            self.init(name)
            return
        }
        for platform in product.platforms {
            if let name = platform.cpe.flatMap(Self.name(ofCPE:)) {
                self.init(name)
                return
            }
        }
        guard let name = purl.namespace.flatMap({ OperatingSystemRelease(id: $0).ecosystem })
        else { return nil }
        self.init(name)
    }

    /// Of a platform's CPE, `cpe:/o:redhat:enterprise_linux:9::baseos` or `cpe:2.3:o:...`; nil for
    /// any that isn't a release of a distribution.
    private static func name(ofCPE cpe: String) -> String? {
        let parts = cpe.split(separator: ":", omittingEmptySubsequences: false)
        let fields = Array(parts.dropFirst(parts.starts(with: ["cpe", "2.3"]) ? 2 : 1))
        guard fields.count >= 4, !fields[3].isEmpty else { return nil }
        let (product, version) = (fields[2], fields[3])
        switch (fields[1], product) {
        // Streams of longer support, such as `rhel_e4s`, have versions of their own.
        case ("redhat", _): return "Red Hat:\(product):\(version)"
        case ("debian", "debian_linux"): return "Debian:\(version)"
        case ("canonical", "ubuntu_linux"): return "Ubuntu:\(version)"
        case ("almalinux", "almalinux"): return "AlmaLinux:\(version)"
        case ("rocky", "rocky"): return "Rocky Linux:\(version)"
        default: return nil
        }
    }
}
