import Advisories
import Fuzzing

/// Random advisories and packages that meet often: few names, few versions, few ids.
struct RandomFleet {
    private static let ids =
        (1...6).map { "CVE-2024-100\($0)" } + (1...4).map { "GHSA-aaaa-bbbb-ccc\($0)" }
        + (1...4).map { "PYSEC-2024-\($0)" } + (1...4).map { "DSA-\($0)-1" }
        + (1...3).map { "ALSA-2024:\($0)" }
    private static let ecosystems = ["Debian:11", "Debian:12", "Debian", "AlmaLinux:9", "PyPI"]
    private static let names = ["curl", "libcurl4", "openssl", "zlib"]

    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    mutating func id() -> String { random.pick(Self.ids) }

    private mutating func few(_ values: [String], _ most: Int) -> [String] {
        (0..<random.below(most + 1)).map { _ in random.pick(values) }
    }

    private mutating func version(_ ecosystem: String) -> String {
        let number = "\(1 + random.below(3)).\(random.below(3))"
        switch ecosystem.prefix(6) {
        case "Debian": return number + random.pick(["-1", "-1+deb12u1", "-2", "~rc1-1"])
        case "AlmaLi": return number + random.pick(["-1.el9", "-2.el9", "-1.module_el9.1+1"])
        default: return number + random.pick(["", "rc1", ".post1"])
        }
    }

    mutating func advisory() throws -> Advisory {
        let id = id()
        let affected = try (0..<random.below(4)).map { _ in try self.affected() }
        let statements = try (0..<max(0, random.below(6) - 2)).map { _ in try statement() }
        return Advisory(
            format: .osv, id: id, aliases: few(Self.ids, 2), upstream: few(Self.ids, 2),
            related: few(Self.ids, 2), modified: MatchingSamples.day(1 + random.below(3)),
            withdrawn: random.below(8) == 0 ? MatchingSamples.day(1) : nil,
            isDisputed: random.below(6) == 0, affected: affected, statements: statements)
    }

    private mutating func affected() throws -> AffectedPackage {
        let ecosystem = random.pick(Self.ecosystems)
        var ranges: [OSVRange] = []
        let scheme = VersionScheme(ecosystem: ecosystem) ?? .semver
        // Modules have a test of their own; here they only are versions.
        for _ in 0..<random.below(3) {
            var events = [OSVRange.Event.introduced(random.pick(["0", version(ecosystem)]))]
            let end = version(ecosystem)
            if scheme == .redhat || random.below(3) > 0 {
                events.append(scheme == .redhat ? .lastAffected(end) : .fixed(end))
            }
            ranges.append(try OSVRange(kind: .ecosystem, events: events, scheme: scheme))
        }
        let versions = (0..<random.below(3)).map { _ in version(ecosystem) }
        return AffectedPackage(
            ecosystem: ecosystem, name: random.pick(Self.names),
            nameKind: ecosystem == "PyPI"
                ? .plain : random.pick([.source, .binary, .sourceOrBinary]),
            ranges: ranges, versions: ranges.isEmpty ? [] : versions,
            isComplete: random.below(6) > 0)
    }

    private mutating func statement() throws -> ProductStatement {
        let release = random.pick(["11", "12"])
        let version = random.pick(["", "@\(self.version("Debian"))"])
            .replacing("+", with: "%2B").replacing("~", with: "%7E")
        return try MatchingSamples.vex(
            random.pick(Self.ids),
            "pkg:deb/debian/\(random.pick(Self.names))\(version)?arch=amd64&distro=debian-\(release)",
            random.pick(ProductStatement.Status.allCases), .vulnerableCodeNotPresent)
    }

    mutating func package() -> InstalledPackage {
        let ecosystem = random.pick(["Debian:11", "Debian:12", "AlmaLinux:9", "PyPI"])
        let version = random.below(12) == 0 ? "not a version" : version(ecosystem)
        let hasSource = ecosystem != "PyPI" && random.below(3) > 0
        return InstalledPackage(
            ecosystem: Ecosystem(ecosystem), name: random.pick(Self.names), version: version,
            source: hasSource
                ? .init(name: random.pick(Self.names), version: self.version(ecosystem)) : nil)
    }
}
