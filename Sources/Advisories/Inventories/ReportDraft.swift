/// A report while it is read.
struct ReportDraft {
    let format: InventoryFormat
    let limits: InventoryLimits
    /// Given by the caller, or found in the report.
    private(set) var release: OperatingSystemRelease?
    var asset: String?
    var product: ReportedProduct?
    private(set) var made: UTCTime?
    var gaps: [InventoryGap] = []
    private(set) var packages: [ReportedPackage] = []
    private(set) var products: [ReportedProduct] = []
    private(set) var vulnerabilities: [ReportedVulnerability] = []
    private var skipped: [SkippedEntry] = []
    private var skippedCount = 0
    private var firstUnreadable: SkippedEntry?
    /// Packages that were read before the release was known.
    private var unplaced = false

    init(
        _ format: InventoryFormat, release: OperatingSystemRelease? = nil, limits: InventoryLimits
    ) {
        self.format = format
        self.release = release
        self.limits = limits
    }

    mutating func add(
        _ url: PackageURL, source: ReportedPackage.Source? = nil, named entry: String? = nil,
        at position: @autoclosure () -> InventoryPosition
    ) throws(InventoryError) -> ReportedPackage? {
        let package: ReportedPackage
        do {
            package = try ReportedPackage(url, source: source, release: release)
        } catch {
            try skip(entry ?? url.text, .unreadable, error.description, at: position())
            return nil
        }
        try add(package)
        return package
    }

    /// Adds a distribution's package as its package manager lists it.
    mutating func add(
        _ manager: DistributionManager, name: String, version: String, epoch: String? = nil,
        architecture: String?, source: ReportedPackage.Source?,
        at position: @autoclosure () -> InventoryPosition
    ) throws(InventoryError) -> ReportedPackage? {
        let url: PackageURL
        do {
            url = try PackageURL(
                type: manager.rawValue, namespace: release?.vendor, name: name, version: version,
                qualifiers: [
                    ("arch", architecture ?? ""), ("epoch", epoch ?? ""),
                    ("distro", release?.distribution ?? ""),
                ])
        } catch {
            try skip(name, .unreadable, error.description, at: position())
            return nil
        }
        return try add(url, source: source, named: name, at: position())
    }

    mutating func add(_ package: ReportedPackage) throws(InventoryError) {
        try makeRoom()
        if release == nil, package.distribution == nil,
            DistributionManager(rawValue: package.type) != nil
        {
            unplaced = true
        }
        packages.append(package)
    }

    mutating func add(_ product: ReportedProduct) throws(InventoryError) {
        try makeRoom()
        products.append(product)
    }

    mutating func add(_ vulnerability: ReportedVulnerability) throws(InventoryError) {
        try makeRoom()
        vulnerabilities.append(vulnerability)
    }

    mutating func skip(
        _ entry: String, _ kind: SkippedEntry.Kind, _ reason: String,
        at position: @autoclosure () -> InventoryPosition
    ) throws(InventoryError) {
        skippedCount += 1
        let isFirst = kind == .unreadable && firstUnreadable == nil
        guard skipped.count < limits.skipped || isFirst else { return }
        let skip = SkippedEntry(position: position(), entry: entry, kind: kind, reason: reason)
        if isFirst { firstUnreadable = skip }
        if skipped.count < limits.skipped { skipped.append(skip) }
    }

    /// What the report says about its system; what the caller gave stays.
    mutating func found(
        _ release: OperatingSystemRelease, at position: @autoclosure () -> InventoryPosition
    ) throws(InventoryError) {
        guard release.isPlain else {
            return try skip(
                release.distribution, .unreadable,
                "ids and versions of systems have letters, digits and . _ - + ~", at: position())
        }
        if self.release == nil { self.release = release }
    }

    /// When it says that it was made; what is no time is said, and counts as if it were not there.
    mutating func wasMade(
        _ text: String?, at position: @autoclosure () -> InventoryPosition
    ) throws(InventoryError) {
        guard let text else { return }
        made = UTCTime(text)
        if made == nil {
            try skip(
                text, .unreadable, "it is no time such as 2026-03-01T09:30:00Z", at: position())
        }
    }

    func error(_ position: InventoryPosition, _ reason: String) -> InventoryError {
        InventoryError(format, position, reason)
    }

    private func makeRoom() throws(InventoryError) {
        guard packages.count + products.count + vulnerabilities.count < limits.entries else {
            throw error(.document, "it has more than \(limits.entries) entries")
        }
    }

    /// - Throws: When nothing in it could be read, or a list of packages that can't be empty is.
    consuming func report() throws(InventoryError) -> PackageReport {
        if packages.isEmpty, products.isEmpty, vulnerabilities.isEmpty {
            if let firstUnreadable {
                throw error(
                    firstUnreadable.position,
                    "nothing in it can be read, beginning with '\(firstUnreadable.entry)': "
                        + firstUnreadable.reason)
            }
            switch format {
            case .dpkgQuery, .dpkgStatus, .dpkgStatusFiles, .rpm, .apkInstalled, .apkList:
                throw error(.document, "it names no package that is installed")
            case .cycloneDX, .spdx, .osquery, .trivy, .grype, .openVAS, .csv, .device, .osRelease:
                break
            }
        }
        if unplaced, release != nil { try placePackages() }
        if release == nil,
            packages.contains(where: {
                $0.distribution == nil && DistributionManager(rawValue: $0.type) != nil
            })
        {
            gaps.append(.release)
        }
        if vulnerabilities.contains(where: { $0.packageURL != nil }) { try placeVulnerabilities() }
        return PackageReport(
            inventory: PackageInventory(
                format: format, release: release, packages: packages, products: products,
                skipped: skipped, skippedCount: skippedCount, gaps: gaps),
            asset: asset, product: product, vulnerabilities: Self.unique(vulnerabilities),
            made: made)
    }

    /// Gives the release to the packages that came before it.
    private mutating func placePackages() throws(InventoryError) {
        var placed: [ReportedPackage] = []
        placed.reserveCapacity(packages.count)
        for package in packages {
            guard package.distribution == nil, DistributionManager(rawValue: package.type) != nil
            else {
                placed.append(package)
                continue
            }
            do {
                placed.append(
                    try ReportedPackage(
                        PackageURL(package.url), source: package.source, release: release))
            } catch {
                // With the release its name can become too long.
                try skip(package.name, .unreadable, "\(error)", at: .document)
            }
        }
        packages = placed
    }

    /// Names packages as the inventory names them, whether or not they are in it.
    private mutating func placeVulnerabilities() throws(InventoryError) {
        for (index, vulnerability) in vulnerabilities.enumerated() {
            guard let text = vulnerability.packageURL else { continue }
            do {
                let package = try ReportedPackage(PackageURL(text), release: release)
                vulnerabilities[index].packageURL = package.url
            } catch {
                try skip(text, .unreadable, "\(error)", at: .path(vulnerability.id))
                vulnerabilities[index].packageURL = nil
            }
        }
    }

    private static func unique(
        _ vulnerabilities: [ReportedVulnerability]
    ) -> [ReportedVulnerability] {
        var unique: [ReportedVulnerability] = []
        for vulnerability in vulnerabilities.sorted() where unique.last != vulnerability {
            unique.append(vulnerability)
        }
        return unique
    }
}
