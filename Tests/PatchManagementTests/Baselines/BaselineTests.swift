import Advisories
import EventSourcing
import Support
import Testing

@testable import PatchManagement

@Suite("Baselines")
struct BaselineTests {
    private let baseline = Baseline(
        kind: "web-server", scheme: .debian,
        standards: [
            PackageStandard(name: "openssl", version: "3.0.15-1~deb12u1", isRequired: true),
            PackageStandard(name: "curl", version: "7.88.1-10+deb12u8"),
        ])

    private func asset(_ number: Int, _ packages: [(String, String)]) -> AssetPackages {
        AssetPackages(
            asset: production(number),
            packages: packages.map {
                InstalledPackage(name: $0.0, architecture: "amd64", version: $0.1, source: $0.0)
            })
    }

    // MARK: Setting

    @Test("A kind has one baseline; setting the same again says nothing")
    func set() throws {
        var story = StreamStory<BaselineDecider>()
        try story.tell(.set(baseline), by: anna)
        #expect(story.state == baseline)
        #expect(try story.tell(.set(baseline), by: anna).isEmpty)
        #expect(Baseline.id(kind: "web-server") == baseline.id)
        let other = Baseline(kind: "database", scheme: .debian, standards: baseline.standards)
        #expect(
            story.refusal(of: .set(other), by: anna)
                == .otherKind("database", actual: "web-server"))
        #expect(other.id != baseline.id)
    }

    @Test("A kind, a package or a version that can't be is refused by its field")
    func refused() {
        func code(
            kind: String = "web-server", _ standards: [PackageStandard]
        ) -> String? {
            StreamStory<BaselineDecider>().refusal(
                of: .set(Baseline(kind: kind, scheme: .debian, standards: standards)), by: anna)?
                .code
        }
        #expect(code(kind: "-x", baseline.standards) == "bad-kind")
        #expect(code([]) == "bad-standards")
        #expect(
            code([PackageStandard(name: "curl", version: "not a version")])
                == "bad-standards-version")
        #expect(
            code(baseline.standards + [PackageStandard(name: "curl", version: "1")])
                == "bad-standards-name")
        let many = (0..<2001).map { PackageStandard(name: "p\($0)", version: "1") }
        #expect(code(many) == "bad-standards")
        #expect(code(Array(many.prefix(800))) == nil, "all that a host has fits into an event")
        let long = (0..<300).map {
            PackageStandard(name: "p\($0)" + String(repeating: "x", count: 190), version: "1")
        }
        #expect(code(long) == "bad-standards")
    }

    // MARK: Drift

    @Test("Older is behind, newer is ahead; equal ones, also written otherwise, are no drift")
    func drift() {
        let report = BaselineReport(
            [
                asset(1, [("openssl", "3.0.15-1~deb12u1"), ("curl", "7.88.1-10+deb12u8")]),
                asset(2, [("openssl", "3.0.14-1~deb12u2"), ("bash", "5.2")]),
                asset(3, [("openssl", "3.0.15-1"), ("curl", "0:7.88.1-10+deb12u8")]),
                asset(4, [("curl", "7.88.1-10+deb12u8")]),
                asset(5, [("openssl", "not a version")]),
            ], against: baseline)
        let expected: [(Int, String, String?, Drift.Direction)] = [
            (2, "openssl", "3.0.14-1~deb12u2", .behind),
            (3, "openssl", "3.0.15-1", .ahead), (4, "openssl", nil, .missing),
            (5, "openssl", "not a version", .unreadable),
        ].sorted { production($0.0) < production($1.0) }
        #expect(report.drifts.map(\.asset) == expected.map { production($0.0) })
        #expect(report.drifts.map(\.installed) == expected.map { $0.2 })
        #expect(report.drifts.map(\.direction) == expected.map { $0.3 })
        #expect(report.assets == 5)
        #expect(report.assetsOnBaseline == 1)
    }

    @Test("Two versions of a package on one asset are two answers")
    func two() {
        let report = BaselineReport(
            [asset(1, [("openssl", "3.0.15-1~deb12u1"), ("openssl", "1.1.1w-0+deb11u1")])],
            against: baseline)
        #expect(report.drifts.map(\.installed) == ["1.1.1w-0+deb11u1"])
        #expect(report.spreads.first?.onStandard == 0)
        #expect(report.spreads.first?.assets == 1)
    }

    // MARK: Consolidation

    @Test("14 versions of openssl; standard is ...: with how many assets have each")
    func consolidation() {
        var assets = (1...14).map { asset($0, [("openssl", "3.0.\($0)-1"), ("bash", "5.2-1")]) }
        assets.append(asset(15, [("openssl", "3.0.14-1")]))
        let standard = Baseline(
            kind: "web-server", scheme: .debian,
            standards: [PackageStandard(name: "openssl", version: "3.0.14-1")])
        let report = BaselineReport(assets, against: standard)
        #expect(report.spreads.map(\.package) == ["openssl", "bash"])
        let openssl = report.spreads[0]
        #expect("\(openssl)" == "14 versions of openssl; standard is 3.0.14-1")
        #expect(openssl.versions.map(\.version) == (1...14).reversed().map { "3.0.\($0)-1" })
        #expect(openssl.versions.map(\.assets) == [2] + Array(repeating: 1, count: 13))
        #expect(openssl.assets == 15)
        #expect(openssl.onStandard == 2)
        #expect("\(report.spreads[1])" == "1 version of bash; no standard is set")
        #expect(report.spreads[1].onStandard == nil)
    }

    @Test("The order of assets and packages makes no difference, down to the byte")
    func order() throws {
        var random = SeededRandom.fresh("inventories in any order")
        let assets = (1...20).map { number in
            asset(
                number,
                (0..<10).map { package in
                    (
                        package == 0 ? "openssl" : "p\(package)",
                        random.chance(10) ? "?" : "\(random.below(4)).\(random.below(3))"
                    )
                })
        }
        let bytes = try CanonicalJSON.encode(BaselineReport(assets, against: baseline))
        for _ in 0..<10 {
            let shuffled = assets.shuffled(using: &random).map {
                AssetPackages(asset: $0.asset, packages: $0.packages.shuffled(using: &random))
            }
            let again = try CanonicalJSON.encode(BaselineReport(shuffled, against: baseline))
            #expect(again == bytes, "seed: \(random.seed)")
        }
    }

    @Test("No assets make an empty report")
    func empty() {
        let report = BaselineReport([], against: baseline)
        #expect(report.drifts.isEmpty && report.spreads.isEmpty)
        #expect(report.assets == 0 && report.assetsOnBaseline == 0)
    }
}
