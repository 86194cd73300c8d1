import Advisories
import Testing

/// Versions as the specifications put them, the oldest first; those of one row are equal.
struct VersionTable: Sendable, CustomTestStringConvertible {
    let scheme: VersionScheme
    let source: String
    let rows: [[String]]

    var testDescription: String { "\(scheme.rawValue): \(source)" }

    static let all: [VersionTable] = [
        VersionTable(
            scheme: .debian, source: "Debian Policy 5.6.12, deb-version(7)",
            rows: [
                ["1.0~~"], ["1.0~~a"], ["1.0~"], ["1.0~rc1"],
                ["1.0", "0:1.0", "1.0-0", "1.00", "01.0"], ["1.0-1"],
                ["1.0-1+deb12u1"], ["1.0-1.1"], ["1.0A"], ["1.0a"], ["1.0+"], ["1.2-3-1"],
                ["1.2-3-2"],
                ["1.2.3-4~bpo12+1"], ["1.2.3-4"], ["9"], ["10"],
                ["123456789012345678901234567890"], ["123456789012345678901234567891"], ["1:0"],
                ["2:0~"],
            ]),
        VersionTable(
            scheme: .redhat, source: "rpm-version(7); the tilde and caret of rpm",
            rows: [
                ["0.9"], ["1.0~rc1"], ["1.0~rc1^git1"], ["1.0~rc2"],
                ["1.0", "1_0", "0:1.0", "1.00"],
                ["1.0-1"], ["1.0-1.el8"], ["1.0-2.el8"], ["1.0^git1~pre"], ["1.0^git1"],
                ["1.0^git1.1"], ["1.0a"], ["1.0b"], ["1.0.1"], ["1.10"],
                ["2.0"], ["20101121"], ["1:0.1"],
            ]),
        VersionTable(
            scheme: .alpine, source: "apk-package(5), package version",
            rows: [
                ["0.9"], ["1.0_alpha"], ["1.0_alpha2"], ["1.0_beta"], ["1.0_pre1"], ["1.0_rc1"],
                ["1.0_rc1-r1"], ["1.0"], ["1.0-r0", "1.0-r00"], ["1.0-r1"], ["1.0~ab12"],
                ["1.0_cvs1"], ["1.0_svn1"], ["1.0_git20230717"], ["1.0_hg1"], ["1.0_p1"],
                ["1.0_p1-r2"], ["1.0a"], ["1.0b"], ["1.0.0"], ["1.0.01"], ["1.0.1"], ["1.0.10"],
                ["1.01"], ["1.1"], ["1.10"],
            ]),
        VersionTable(
            scheme: .semver, source: "Semantic Versioning 2.0.0 §11",
            rows: [
                ["0.9.9"], ["1.0.0-0"], ["1.0.0-9"], ["1.0.0-10"], ["1.0.0-alpha", "v1.0.0-alpha"],
                ["1.0.0-alpha.1"], ["1.0.0-alpha.beta"], ["1.0.0-beta"], ["1.0.0-beta.2"],
                ["1.0.0-beta.11"], ["1.0.0-rc.1"], ["1.0.0", "1.0.0+build.1", "v1.0.0"],
                ["2.0.0"], ["2.1.0"], ["2.1.1"], ["10.0.0"],
            ]),
        VersionTable(
            scheme: .npm, source: "the semver package of npm",
            rows: [
                ["1.2.3-alpha"], ["1.2.3-alpha.1"], ["1.2.3-r100"], ["1.2.3-r2"],
                ["1.2.3", "v1.2.3", "1.2.3+x"], ["1.2.4-0"],
            ]),
        VersionTable(
            scheme: .go, source: "golang.org/x/mod/semver; Go Modules Reference, pseudo-versions",
            rows: [
                ["v0.0.0-20180917221912-90fa682c2a6e"], ["v0.0.0-20191109021931-daa7c04131f5"],
                ["v0.0.0"], ["v1.0.0-rc.1"],
                ["v1", "v1.0", "v1.0.0", "1.0.0", "v1.0.0+incompatible"],
                ["v1.2.3-0.20191109021931-daa7c04131f5"], ["v1.2.3-pre"],
                ["v1.2.3-pre.0.20191109021931-daa7c04131f5"], ["v1.2.3"], ["v1.2.4"],
            ]),
        VersionTable(
            scheme: .pypi, source: "PEP 440, ordering and normalization",
            rows: [
                ["0.9"], ["1.0.dev456", "1.0dev456", "1.0-DEV_456"],
                ["1.0a1", "1.0.alpha1", "1.0-ALPHA.1", "1a1"], ["1.0a2.dev456"], ["1.0a12.dev456"],
                ["1.0a12"], ["1.0b1.dev456"], ["1.0b2", "1.0beta2"], ["1.0b2.post345.dev456"],
                ["1.0b2.post345"], ["1.0rc1.dev456"],
                ["1.0rc1", "1.0c1", "1.0pre1", "1.0-preview_1"],
                ["1.0", "1", "v1.0", "1.0.0", "0!1.0"], ["1.0+abc.5"], ["1.0+abc.7", "1.0+ABC-7"],
                ["1.0+5"], ["1.0.post456.dev34"],
                ["1.0.post456", "1.0-456", "1.0rev456", "1.0.r456"], ["1.0.1"], ["1.1.dev1"],
                ["2012.10"], ["1!0.1"],
            ]),
        VersionTable(
            scheme: .maven, source: "Maven's POM reference, version order specification",
            rows: [
                ["1-alpha-1", "1-alpha1", "1alpha1", "1a1"], ["1-beta"], ["1-milestone-2", "1m2"],
                ["1-rc", "1-cr"], ["1-rc1"], ["1-snapshot", "1-SNAPSHOT"],
                ["1", "1.0", "1.0.0", "1-0", "1-ga", "1-final", "1.0.0-release", "1.Final"],
                ["1-sp"], ["1-xyz"], ["1-1"], ["1-2"], ["1.1", "1.1.0"], ["1.2"], ["1.10"],
                ["2.0-rc1"],
                ["2.0"], ["20190126.230843"], ["1234567890.12345"],
            ]),
        VersionTable(
            scheme: .rubygems, source: "Gem::Version of RubyGems",
            rows: [
                ["0.9"], ["1.0.a1"], ["1.0.a2"], ["1.0.a10"], ["1.0.b1"],
                ["1.0.pre.x86", "1.0-x86"],
                ["1.0.rc1", "1.rc1"], ["1", "1.0", "1.0.0"], ["1.0.0.1.a"], ["1.0.0.1"],
                ["1.0.1.a"],
                ["1.0.1"], ["1.2"], ["1.10"], ["2.a"], ["2"],
            ]),
        VersionTable(
            scheme: .nuget, source: "NuGet package version reference",
            rows: [
                ["1.0.0-alpha"], ["1.0.0-alpha.1", "1.0.0-ALPHA.1"], ["1.0.0-alpha.beta"],
                ["1.0.0-beta", "1.0.0-Beta"], ["1.0.0-beta.2"], ["1.0.0-beta.11"], ["1.0.0-rc.1"],
                ["1.0.0", "1", "1.0", "1.0.0.0", "1.0.0+meta", "01.0"], ["1.0.0.1-a"], ["1.0.0.1"],
                ["1.0.1"], ["2.0"],
            ]),
    ]
}
