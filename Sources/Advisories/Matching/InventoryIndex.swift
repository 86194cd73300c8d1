/// Which assets have which packages. Assets mostly have the same ones, so each package is kept
/// once.
package struct InventoryIndex: Sendable {
    /// A package, or an asset, by its place; free places are taken again.
    typealias Number = Int32

    /// What has changed in an asset's inventory; sorted.
    package struct Difference: Sendable, Hashable {
        package let added: [InstalledPackage]
        package let removed: [InstalledPackage]
        /// Those that are new and that no other asset has.
        package let unseen: [InstalledPackage]

        package var isEmpty: Bool { added.isEmpty && removed.isEmpty }
    }

    /// A name in all releases of a distribution: few assets are asked for, so those of another
    /// release are told apart when they are.
    private struct Name: Hashable {
        let family: String
        let name: String
    }

    package let upstream: UpstreamNames
    private var packages: [InstalledPackage?] = []
    private var packageNumbers: [InstalledPackage: Number] = [:]
    private var freePackages: [Number] = []
    /// The assets that have it, by the package's number; sorted.
    private var owners: [[Number]] = []
    /// The packages of a name, or from a source package of the name; sorted.
    private var named: [Name: [Number]] = [:]
    private var assets: [String?] = []
    private var assetNumbers: [String: Number] = [:]
    private var freeAssets: [Number] = []
    /// What an asset has, by the asset's number; sorted by the packages' numbers.
    private var owned: [[Number]] = []

    /// - Parameter upstream: The same as that of the advisories' index.
    package init(upstream: UpstreamNames = .kernels) { self.upstream = upstream }

    package var assetCount: Int { assetNumbers.count }

    /// How many different packages all assets have together.
    package var packageCount: Int { packageNumbers.count }

    /// Sorted.
    package var allAssets: [String] { assetNumbers.keys.sorted() }

    /// Sorted.
    package var allPackages: [InstalledPackage] { packageNumbers.keys.sorted() }

    /// Puts an asset's inventory in the place of its last one.
    ///
    /// - Parameter packages: In any order; one that comes twice counts once.
    package mutating func put(
        _ asset: String, _ packages: some Sequence<InstalledPackage>
    ) -> Difference {
        let number = number(ofAsset: asset)
        let new = Set(packages.map { self.number(of: $0) }).sorted()
        return replace(owned[Int(number)], by: new, of: number)
    }

    /// - Returns: What the asset had.
    package mutating func remove(_ asset: String) -> Difference {
        guard let number = assetNumbers[asset] else {
            return Difference(added: [], removed: [], unseen: [])
        }
        let difference = replace(owned[Int(number)], by: [], of: number)
        assetNumbers[asset] = nil
        assets[Int(number)] = nil
        freeAssets.append(number)
        return difference
    }

    /// Sorted; empty for an asset that isn't there.
    package func packages(of asset: String) -> [InstalledPackage] {
        guard let number = assetNumbers[asset] else { return [] }
        return owned[Int(number)].map { self[$0] }.sorted()
    }

    /// Whether any asset has it.
    package func has(_ package: InstalledPackage) -> Bool { packageNumbers[package] != nil }

    /// The assets that have exactly this package, sorted.
    package func assets(having package: InstalledPackage) -> [String] {
        guard let number = packageNumbers[package] else { return [] }
        return owners[Int(number)].compactMap { assets[Int($0)] }.sorted()
    }

    /// The assets that have one of these packages at least, sorted.
    package func assets(havingAny packages: some Sequence<InstalledPackage>) -> [String] {
        var found: Set<Number> = []
        for package in packages {
            if let number = packageNumbers[package] { found.formUnion(owners[Int(number)]) }
        }
        return found.compactMap { assets[Int($0)] }.sorted()
    }

    /// The packages that statements under these keys may be about, sorted.
    package func packages(under keys: some Sequence<PackageKey>) -> [InstalledPackage] {
        var found: Set<Number> = []
        for key in keys {
            let family = Ecosystem(key.ecosystem.family)
            for number in named[Name(family: family.text, name: key.name)] ?? []
            where isAbout(key, family, self[number]) {
                found.insert(number)
            }
        }
        return found.map { self[$0] }.sorted()
    }

    private func isAbout(
        _ key: PackageKey, _ family: Ecosystem, _ package: InstalledPackage
    ) -> Bool {
        // A package whose release isn't known may be from any.
        let isInReach =
            package.ecosystem == key.ecosystem || package.ecosystem == family
            || package.ecosystem.withWider.contains(key.ecosystem)
        return isInReach && package.name(of: key.kind) == key.name
            || upstream.projects(of: package).contains(key)
    }

    /// The assets whose matches may be others when an advisory has changed; sorted.
    ///
    /// - Parameter keys: As `AdvisoryIndex.apply` returns them.
    package func affectedInventories(by keys: some Sequence<PackageKey>) -> [String] {
        assets(havingAny: packages(under: keys))
    }

    private subscript(number: Number) -> InstalledPackage {
        guard let package = packages[Int(number)] else {
            preconditionFailure("a package that an asset has is there")
        }
        return package
    }

    private mutating func number(ofAsset asset: String) -> Number {
        if let number = assetNumbers[asset] { return number }
        let number = freeAssets.popLast() ?? Number(assets.count)
        if Int(number) == assets.count {
            assets.append(asset)
            owned.append([])
        } else {
            assets[Int(number)] = asset
        }
        assetNumbers[asset] = number
        return number
    }

    private mutating func number(of package: InstalledPackage) -> Number {
        if let number = packageNumbers[package] { return number }
        let number = freePackages.popLast() ?? Number(packages.count)
        if Int(number) == packages.count {
            packages.append(package)
            owners.append([])
        } else {
            packages[Int(number)] = package
        }
        packageNumbers[package] = number
        for name in names(of: package) { named[name, default: []].insert(sorted: number) }
        return number
    }

    private func names(of package: InstalledPackage) -> Set<Name> {
        let family = package.ecosystem.family
        var names: Set = [
            Name(family: family, name: package.name(of: .binary)),
            Name(family: family, name: package.name(of: .source)),
        ]
        for project in upstream.projects(of: package) {
            names.insert(Name(family: project.ecosystem.family, name: project.name))
        }
        return names
    }

    private mutating func replace(
        _ old: [Number], by new: [Number], of asset: Number
    ) -> Difference {
        let (oldSet, newSet) = (Set(old), Set(new))
        let added = new.filter { !oldSet.contains($0) }
        let removed = old.filter { !newSet.contains($0) }
        let unseen = added.filter { owners[Int($0)].isEmpty }
        let difference = Difference(
            added: added.map { self[$0] }.sorted(), removed: removed.map { self[$0] }.sorted(),
            unseen: unseen.map { self[$0] }.sorted())
        for package in added { owners[Int(package)].insert(sorted: asset) }
        for package in removed {
            owners[Int(package)].remove(sorted: asset)
            if owners[Int(package)].isEmpty { forget(package) }
        }
        owned[Int(asset)] = new
        return difference
    }

    private mutating func forget(_ number: Number) {
        let package = self[number]
        for name in names(of: package) {
            named[name]?.remove(sorted: number)
            if named[name]?.isEmpty == true { named[name] = nil }
        }
        packageNumbers[package] = nil
        packages[Int(number)] = nil
        freePackages.append(number)
    }
}

extension [InventoryIndex.Number] {
    /// Into an array that is sorted; a number that is there already isn't put in again.
    fileprivate mutating func insert(sorted number: Element) {
        let place = place(of: number)
        if place == count || self[place] != number { insert(number, at: place) }
    }

    fileprivate mutating func remove(sorted number: Element) {
        let place = place(of: number)
        precondition(place < count && self[place] == number, "what is taken out was put in")
        remove(at: place)
    }

    private func place(of number: Element) -> Int {
        if let last, last < number { return count }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
