internal import Advisories

/// Advisories and inventories that look like real ones: a few packages have most of the advisories
/// and are on most assets, assets of one release mostly have the same versions, most of these are
/// fixed.
struct IntakeFleet: Sendable {
    /// How large everything is; 1 is what W6 asks for.
    struct Size: Sendable {
        var assets = 10_000
        var packages = 500
        var advisories = 50_000
    }

    /// A distribution's release, or what programs are made with.
    private struct Line: Sendable {
        let ecosystem: String
        let names: Int
        let form: Form
    }

    private enum Form: Sendable { case debian, rpm, alpine, plain }

    private static let systems: [[Line]] = [
        [
            Line(ecosystem: "Debian:11", names: 3000, form: .debian),
            Line(ecosystem: "Debian:12", names: 3000, form: .debian),
        ],
        [
            Line(ecosystem: "Ubuntu:22.04:LTS", names: 3000, form: .debian),
            Line(ecosystem: "Ubuntu:24.04:LTS", names: 3000, form: .debian),
        ],
        [
            Line(ecosystem: "AlmaLinux:8", names: 2000, form: .rpm),
            Line(ecosystem: "AlmaLinux:9", names: 2000, form: .rpm),
        ],
        [Line(ecosystem: "Alpine:v3.19", names: 800, form: .alpine)],
    ]
    private static let languages = [
        Line(ecosystem: "PyPI", names: 2000, form: .plain),
        Line(ecosystem: "npm", names: 4000, form: .plain),
        Line(ecosystem: "Maven", names: 2000, form: .plain),
        Line(ecosystem: "Go", names: 1500, form: .plain),
    ]
    /// How many versions a package has had.
    private static let versions = 24

    let size: Size
    let seed: UInt64

    // MARK: Advisories

    /// - Throws: What is wrong with a range, which would be a fault of this generator.
    func advisory(_ number: Int) throws -> Advisory {
        var draw = IntakeDraw(seed: seed, 1, number)
        switch draw.below(20) {
        case 0..<8: return try tracked(number, &draw)
        case 8..<10: return try notice(number, &draw)
        case 10..<13: return try erratum(number, &draw)
        default: return try library(number, &draw)
        }
    }

    /// A CVE as Debian or Alpine follows it: one source package, in each release.
    private func tracked(_ number: Int, _ draw: inout IntakeDraw) throws -> Advisory {
        let isDebian = draw.below(5) > 0
        let lines = Self.systems[isDebian ? 0 : 3]
        let name = draw.popular(lines[0].names)
        let cve = cve(number, &draw)
        return record(
            "\(isDebian ? "DEBIAN" : "ALPINE")-\(cve)", upstream: [cve],
            affected: try lines.map { line in
                let fix = draw.below(50) == 0 ? nil : fixed(&draw)
                return try affected(line, [sourceName(name)], until: fix)[0]
            })
    }

    /// Ubuntu's: several CVEs of one source package.
    private func notice(_ number: Int, _ draw: inout IntakeDraw) throws -> Advisory {
        let lines = Self.systems[1]
        let name = draw.popular(lines[0].names)
        let cves = (0...draw.below(6)).map { _ in cve(number, &draw) }
        let fix = fixed(&draw)
        return record(
            "USN-\(number)-1", upstream: cves + cves.map { "UBUNTU-" + $0 },
            affected: try lines.map { try affected($0, [sourceName(name)], until: fix)[0] })
    }

    /// AlmaLinux's: one fix for many binary packages.
    private func erratum(_ number: Int, _ draw: inout IntakeDraw) throws -> Advisory {
        let line = Self.systems[2][draw.below(2)]
        let name = draw.popular(line.names)
        let cves = (0...draw.below(5)).map { _ in cve(number, &draw) }
        let names = [sourceName(name)] + (1...4 + draw.below(12)).map { binaryName(name, $0) }
        return record(
            "ALSA-2025:\(number)", related: cves,
            affected: try affected(line, names, until: fixed(&draw)))
    }

    /// GitHub's or an ecosystem's own: ranges, and in Python's a list of versions as well.
    private func library(_ number: Int, _ draw: inout IntakeDraw) throws -> Advisory {
        let line = draw.pick(Self.languages)
        let name = plainName(line, draw.popular(line.names))
        let fix = fixed(&draw)
        let start = draw.below(fix)
        let range = try OSVRange(
            kind: .ecosystem,
            events: [
                .introduced(start == 0 ? "0" : version(line, start)), .fixed(version(line, fix)),
            ], scheme: Ecosystem(line.ecosystem).scheme ?? .semver)
        let isPython = line.ecosystem == "PyPI"
        let versions = isPython ? (start..<fix).map { version(line, $0) } : []
        let affected = AffectedPackage(
            ecosystem: line.ecosystem, name: name, ranges: [range], versions: versions)
        let cve = draw.below(10) == 0 ? [] : [cve(number, &draw)]
        return record(
            isPython && draw.below(2) == 0 ? "PYSEC-2025-\(number)" : "GHSA-\(number)-aaaa-bbbb",
            aliases: cve, affected: [affected])
    }

    private func record(
        _ id: String, aliases: [String] = [], upstream: [String] = [], related: [String] = [],
        affected: [AffectedPackage]
    ) -> Advisory {
        Advisory(
            format: .osv, id: id, aliases: aliases, upstream: upstream, related: related,
            summary: "A flaw in \(affected[0].name), with as much text as a list shows of it",
            modified: UTCTime(microseconds: 1_760_000_000_000_000), affected: affected)
    }

    private func affected(
        _ line: Line, _ names: [String], until fix: Int?
    ) throws -> [AffectedPackage] {
        var events = [OSVRange.Event.introduced("0")]
        if let fix { events.append(.fixed(version(line, fix))) }
        let scheme = Ecosystem(line.ecosystem).scheme ?? .semver
        let range = try OSVRange(kind: .ecosystem, events: events, scheme: scheme)
        return names.map {
            AffectedPackage(ecosystem: line.ecosystem, name: $0, ranges: [range])
        }
    }

    /// Neighbours share some, as distributions' records do.
    private func cve(_ number: Int, _ draw: inout IntakeDraw) -> String {
        "CVE-2025-\(10_000 + (number + draw.below(50)) / 2)"
    }

    /// Mostly before what assets have.
    private func fixed(_ draw: inout IntakeDraw) -> Int {
        1 + draw.below(draw.below(50) == 0 ? Self.versions : Self.versions * 3 / 4)
    }

    // MARK: Inventories

    func asset(_ number: Int) -> String { "asset-\(number)" }

    /// - Parameter isUpdated: Whether the asset has got newer versions of a few packages since.
    func inventory(_ number: Int, isUpdated: Bool = false) -> [InstalledPackage] {
        var draw = IntakeDraw(seed: seed, 2, number)
        let lines = draw.pick(Self.systems)
        let line = draw.pick(lines)
        // How far behind the asset is.
        let level = draw.below(4)
        var packages: [InstalledPackage] = []
        packages.reserveCapacity(size.packages)
        let ofSystem = size.packages * 4 / 5
        for index in 0..<ofSystem {
            // Half is what every asset has.
            let name = index < ofSystem / 2 ? index : draw.below(line.names)
            let behind = draw.below(40) == 0 ? draw.below(6) : 0
            let newer = isUpdated && index % 20 == 0 ? level + behind : 0
            let version = version(line, Self.versions - 1 - level - behind + newer)
            packages.append(
                InstalledPackage(
                    ecosystem: Ecosystem(line.ecosystem), name: binaryName(name / 3, name % 3),
                    version: version,
                    source: .init(name: sourceName(name / 3), version: version)))
        }
        for _ in ofSystem..<size.packages {
            let line = draw.pick(Self.languages)
            packages.append(
                InstalledPackage(
                    ecosystem: Ecosystem(line.ecosystem),
                    name: plainName(line, draw.popular(line.names)),
                    version: version(line, Self.versions - 1 - draw.below(8))))
        }
        return packages
    }

    // MARK: Names and versions

    private func sourceName(_ number: Int) -> String { "source\(number)" }

    private func binaryName(_ number: Int, _ part: Int) -> String {
        part == 0 ? "source\(number)" : "lib\(number)-part\(part)"
    }

    private func plainName(_ line: Line, _ number: Int) -> String {
        switch line.ecosystem {
        case "Maven": "org.example.group\(number % 50):artifact\(number)"
        case "Go": "example.org/team\(number % 50)/module\(number)"
        default: "library-\(number)"
        }
    }

    private func version(_ line: Line, _ number: Int) -> String {
        let (minor, patch) = (number / 5, number % 5)
        switch line.form {
        case .debian: return "1.\(minor).\(patch)+dfsg-\(1 + patch)+deb12u\(number)"
        case .rpm: return "1.\(minor).\(patch)-\(number).el9_\(minor).\(patch)"
        case .alpine: return "1.\(minor).\(patch)-r\(number)"
        case .plain: return line.ecosystem == "Go" ? "1.\(minor).\(number)" : "2.\(minor).\(patch)"
        }
    }
}

/// Draws of one thing of the fleet: what it is follows from seed, kind and number alone.
struct IntakeDraw {
    private var state: UInt64

    init(seed: UInt64, _ kind: UInt64, _ number: Int) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ kind << 56 ^ UInt64(number) &* 0xD134_2543_DE82_EF95
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// A place in a list whose first ones are drawn most.
    mutating func popular(_ count: Int) -> Int {
        let share = below(1000)
        return share * share / 1000 * count / 1000
    }
}
