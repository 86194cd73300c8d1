private import Advisories
package import EventSourcing

/// The packages that one asset has.
package struct AssetPackages: Sendable, Hashable {
    package let asset: StreamID
    package let packages: [InstalledPackage]

    package init(asset: StreamID, packages: [InstalledPackage]) {
        self.asset = asset
        self.packages = packages
    }
}

/// How an asset differs from its baseline in one package.
package struct Drift: Codable, Hashable, Sendable {
    package enum Direction: String, Codable, Sendable, CaseIterable {
        case behind
        case ahead
        /// The package isn't there, and the baseline requires it.
        case missing
        /// The installed text is no version by the baseline's scheme.
        case unreadable
    }

    package let asset: StreamID
    package let package: String
    package let architecture: String?
    /// nil when it is missing.
    package let installed: String?
    package let standard: String
    package let direction: Direction
}

/// One package over many assets: which versions there are, and how many assets have each.
package struct PackageSpread: Codable, Hashable, Sendable, CustomStringConvertible {
    package struct Count: Codable, Hashable, Sendable {
        package let version: String
        package let assets: Int
    }

    package let package: String
    /// The newest first; texts that are no versions come last, in the order of their bytes.
    package let versions: [Count]
    /// Assets that have the package, in any version.
    package let assets: Int
    /// nil when the baseline doesn't name it.
    package let standard: String?
    /// Those of `assets` that have the standard, and no other version beside it.
    package let onStandard: Int?

    package var description: String {
        let count = versions.count == 1 ? "1 version" : "\(versions.count) versions"
        let rule = standard.map { "standard is \($0)" } ?? "no standard is set"
        return "\(count) of \(package); \(rule)"
    }
}

/// What the assets of one kind run, held against their baseline. Pure; the order of assets and of
/// their packages makes no difference.
package struct BaselineReport: Codable, Hashable, Sendable {
    /// By asset, then by package and architecture.
    package let drifts: [Drift]
    /// The packages with the most versions first, then by name.
    package let spreads: [PackageSpread]
    package let assets: Int
    package let assetsOnBaseline: Int

    private enum CodingKeys: String, CodingKey {
        case drifts, spreads, assets
        case assetsOnBaseline = "assets_on_baseline"
    }

    /// - Parameter inventories: Each asset once.
    package init(_ inventories: [AssetPackages], against baseline: Baseline) {
        var reader = VersionReader(scheme: baseline.scheme)
        let sorted = inventories.sorted { $0.asset < $1.asset }
        let drifts = sorted.flatMap { Self.drifts(of: $0, from: baseline, &reader) }
        self.drifts = drifts
        assets = sorted.count
        assetsOnBaseline = sorted.count - Set(drifts.map(\.asset)).count
        spreads = Self.spreads(sorted, baseline, &reader)
    }

    private static func drifts(
        of inventory: AssetPackages, from baseline: Baseline, _ reader: inout VersionReader
    ) -> [Drift] {
        var drifts: [Drift] = []
        var present: Set<String> = []
        let packages = inventory.packages.sorted {
            ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version)
        }
        for package in packages {
            guard let standard = baseline.standard(of: package.name) else { continue }
            present.insert(package.name)
            let direction: Drift.Direction
            if let order = reader.order(package.version, standard.version) {
                if order == 0 { continue }
                direction = order < 0 ? .behind : .ahead
            } else if package.version == standard.version {
                continue
            } else {
                direction = .unreadable
            }
            drifts.append(
                Drift(
                    asset: inventory.asset, package: package.name,
                    architecture: package.architecture.isEmpty ? nil : package.architecture,
                    installed: package.version,
                    standard: standard.version, direction: direction))
        }
        for standard in baseline.standards
        where standard.isRequired && !present.contains(standard.name) {
            drifts.append(
                Drift(
                    asset: inventory.asset, package: standard.name, architecture: nil,
                    installed: nil, standard: standard.version, direction: .missing))
        }
        return drifts.sorted {
            ($0.package, $0.architecture ?? "", $0.installed ?? "")
                < ($1.package, $1.architecture ?? "", $1.installed ?? "")
        }
    }

    private static func spreads(
        _ inventories: [AssetPackages], _ baseline: Baseline, _ reader: inout VersionReader
    ) -> [PackageSpread] {
        /// Numbers of assets by version, by package.
        var counts: [String: [String: Int]] = [:]
        var assets: [String: Int] = [:]
        var onStandard: [String: Int] = [:]
        for inventory in inventories {
            var versions: [String: Set<String>] = [:]
            for package in inventory.packages {
                versions[package.name, default: []].insert(package.version)
            }
            for (name, texts) in versions {
                assets[name, default: 0] += 1
                for text in texts { counts[name, default: [:]][text, default: 0] += 1 }
                guard let standard = baseline.standard(of: name)?.version else { continue }
                let isOn = texts.allSatisfy { text in
                    text == standard || reader.order(text, standard) == 0
                }
                if isOn { onStandard[name, default: 0] += 1 }
            }
        }
        var spreads: [PackageSpread] = []
        for name in counts.keys.sorted() {
            let standard = baseline.standard(of: name)?.version
            let versions = reader.newestFirst(Array((counts[name] ?? [:]).keys)).map { text in
                PackageSpread.Count(version: text, assets: counts[name]?[text] ?? 0)
            }
            spreads.append(
                PackageSpread(
                    package: name, versions: versions, assets: assets[name] ?? 0,
                    standard: standard,
                    onStandard: standard == nil ? nil : onStandard[name] ?? 0))
        }
        return spreads.sorted {
            (-$0.versions.count, $0.package) < (-$1.versions.count, $1.package)
        }
    }
}

/// Reads each text once: a fleet has few versions and many packages.
private struct VersionReader {
    let scheme: VersionScheme
    private var read: [String: PackageVersion?] = [:]

    init(scheme: VersionScheme) { self.scheme = scheme }

    /// nil when one of them is no version.
    mutating func order(_ left: String, _ right: String) -> Int? {
        guard let left = version(left), let right = version(right) else { return nil }
        return left.order(relativeTo: right)
    }

    mutating func newestFirst(_ texts: [String]) -> [String] {
        var readable: [PackageVersion] = []
        var others: [String] = []
        // Sorted before, so that equal versions don't come in the order of a dictionary.
        for text in texts.sorted() {
            if let version = version(text) { readable.append(version) } else { others.append(text) }
        }
        readable.sort { left, right in
            let order = left.order(relativeTo: right)
            return order == 0 ? left.text < right.text : order > 0
        }
        return readable.map(\.text) + others
    }

    private mutating func version(_ text: String) -> PackageVersion? {
        if let known = read[text] { return known }
        let version: PackageVersion?
        do {
            version = try PackageVersion(text, scheme)
        } catch {
            // Said by the report as unreadable.
            version = nil
        }
        read[text] = .some(version)
        return version
    }
}
