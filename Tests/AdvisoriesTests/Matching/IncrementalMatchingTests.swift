import Advisories
import Fuzzing
import Testing

@Suite("Matching: after any history of changes everything is as if it had been new")
struct IncrementalMatchingTests {
    /// Everything that is there, kept in the plainest way.
    private struct Ledger {
        var advisories: [String: Advisory] = [:]
        var assets: [String: [InstalledPackage]] = [:]
        var rules: [Suppression] = []

        func fromScratch() -> FleetMatches {
            var index = AdvisoryIndex()
            for (_, advisory) in advisories.sorted(by: { $0.key > $1.key }) {
                _ = index.apply(.put(advisory))
            }
            var fleet = FleetMatches(index)
            _ = fleet.suppress(rules)
            for (asset, packages) in assets { _ = fleet.put(asset, packages) }
            return fleet
        }
    }

    @Test("Matches of all assets", arguments: 1...25 as ClosedRange<UInt64>)
    func history(seed: UInt64) throws {
        var random = RandomFleet(seed: seed)
        var ledger = Ledger()
        var fleet = FleetMatches()
        for _ in 0..<40 {
            let before = fleet
            let told = try change(&fleet, &ledger, &random)
            let fresh = ledger.fromScratch()
            #expect(fleet.inventories.allAssets == ledger.assets.keys.sorted())
            #expect(fleet.inventories.allPackages == fresh.inventories.allPackages)
            for asset in ledger.assets.keys.sorted() {
                let matches = fleet.matches(of: asset)
                #expect(matches == fresh.matches(of: asset))
                let packages = Set(ledger.assets[asset] ?? []).sorted()
                #expect(
                    matches == fresh.advisories.match(packages, suppressing: ledger.rules))
                // Nothing has changed behind the back of whoever was told.
                if !told.contains(asset) { #expect(matches == before.matches(of: asset)) }
            }
        }
    }

    /// - Returns: The assets whose matches may be others now, as they were told.
    private func change(
        _ fleet: inout FleetMatches, _ ledger: inout Ledger, _ random: inout RandomFleet
    ) throws -> Set<String> {
        let asset = "asset-\(random.random.below(6))"
        switch random.random.below(10) {
        case 0..<4:
            let advisory = try random.advisory()
            ledger.advisories[advisory.id] = advisory
            return concerned(fleet.apply(.put(advisory)), fleet)
        case 4:
            let id = random.id()
            ledger.advisories[id] = nil
            return concerned(fleet.apply(.remove(AdvisoryKey(.osv, id))), fleet)
        case 5:
            ledger.assets[asset] = nil
            _ = fleet.remove(asset)
            return [asset]
        case 6:
            ledger.rules = [
                Suppression(id: "R1", vulnerability: random.id(), reason: "for a test"),
                Suppression(
                    id: "R2", vulnerability: random.id(), package: "curl", reason: "for a test"),
            ]
            return concerned(fleet.suppress(ledger.rules), fleet)
        default:
            let packages = (0..<random.random.below(8)).map { _ in random.package() }
            ledger.assets[asset] = packages
            _ = fleet.put(asset, packages)
            return [asset]
        }
    }

    private func concerned(_ changes: [FleetMatches.Change], _ fleet: FleetMatches) -> Set<String> {
        Set(changes.flatMap { fleet.inventories.assets(having: $0.package) })
    }

    @Test(
        "Of many statements on one name any may be taken out",
        arguments: 1...20 as ClosedRange<UInt64>)
    func oneName(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        func number() -> String { "\(random.below(3)).\(random.below(12))-1" }
        var advisories: [String: Advisory] = [:]
        var index = AdvisoryIndex()
        for _ in 0..<60 {
            let id = "DSA-\(random.below(12))-1"
            if let old = advisories[id], random.below(2) == 0 {
                advisories[id] = nil
                _ = index.apply(.remove(old.documentKey))
            } else {
                let affected = try MatchingSamples.affected(
                    "Debian:12", "curl", introduced: random.pick(["0", number()]), fixed: number())
                let advisory = MatchingSamples.advisory(id, [affected])
                advisories[id] = advisory
                _ = index.apply(.put(advisory))
            }
            let fresh = AdvisoryIndex(advisories.values)
            for _ in 0..<5 {
                let package = MatchingSamples.installed("Debian:12", "curl \(number())")
                #expect(index.match(package) == fresh.match(package))
            }
        }
    }

    @Test("A changed advisory touches only assets that have its package")
    func onlyWhoHasIt() throws {
        var fleet = FleetMatches()
        _ = fleet.put("a", [MatchingSamples.installed("Debian:12", "libcurl4 1 < curl 1")])
        _ = fleet.put("b", [MatchingSamples.installed("Debian:12", "zlib1g 1 < zlib 1")])
        _ = fleet.put("c", [MatchingSamples.installed("Debian:11", "curl 1")])
        _ = fleet.put("d", [MatchingSamples.installed("Debian", "curl 1")])
        let keys = [PackageKey(Ecosystem("Debian:12"), .source, "curl")]
        #expect(fleet.inventories.affectedInventories(by: keys) == ["a", "d"])
        let changes = fleet.apply(
            .put(
                MatchingSamples.advisory(
                    "CVE-2024-0001", [try MatchingSamples.affected("Debian:12", "curl")])))
        #expect(changes.map(\.package.name) == ["curl", "libcurl4"])
        #expect(changes.map(\.before.count) == [0, 0])
        #expect(changes.map(\.after.count) == [1, 1])
    }

    @Test("A changed inventory says what is new in it and what is gone")
    func difference() {
        let first = MatchingSamples.installed("PyPI", "requests 1.0")
        let second = MatchingSamples.installed("PyPI", "requests 2.0")
        let third = MatchingSamples.installed("PyPI", "flask 1.0")
        var index = InventoryIndex()
        #expect(index.put("a", [third, first, first]).added == [third, first])
        #expect(index.put("b", [first]).removed == [])
        let difference = index.put("a", [second, third])
        #expect(difference.added == [second])
        #expect(difference.removed == [first])
        #expect(index.assets(having: first) == ["b"])
        #expect(index.put("a", [third, second]).isEmpty)
        #expect(index.remove("a").removed == [third, second])
        #expect(index.remove("a").isEmpty)
        #expect(index.packageCount == 1)
        #expect(index.assetCount == 1)
    }
}
