import Advisories
import Testing

@Suite("Ecosystems: one release has one name")
struct EcosystemTests {
    @Test(
        "However it is written",
        arguments: [
            ("Debian:12", "Debian:12"), ("Debian:12.5", "Debian:12"), ("Debian", "Debian"),
            ("Debian:sid", "Debian:sid"), ("Debian:", "Debian"),
            ("Ubuntu:22.04:LTS", "Ubuntu:22.04"), ("Ubuntu:23.10", "Ubuntu:23.10"),
            ("Ubuntu:Pro:18.04:LTS", "Ubuntu:Pro:18.04"), ("Alpine:v3.19", "Alpine:v3.19"),
            ("Alpine:3.19.1", "Alpine:v3.19"), ("Alpine:edge", "Alpine:edge"),
            ("AlmaLinux:9.4", "AlmaLinux:9"), ("Rocky Linux:8", "Rocky Linux:8"),
            ("Red Hat:enterprise_linux:9::baseos", "Red Hat:9"), ("Red Hat:9.4", "Red Hat:9"),
            ("Red Hat:enterprise_linux:9.2::appstream", "Red Hat:9"),
            ("Red Hat:rhel_eus:9.2::appstream", "Red Hat:rhel_eus:9.2"),
            ("Maven:https://maven.google.com", "Maven"), ("npm", "npm"), ("", ""),
            ("openSUSE:Leap 15.6", "openSUSE:Leap 15.6"),
        ])
    func canonical(_ text: String, _ expected: String) {
        #expect(Ecosystem(text).text == expected)
        #expect(Ecosystem(expected).text == expected)
    }

    @Test("Statements may stand for the release, for it without Ubuntu Pro, and for the whole")
    func wider() {
        func wider(_ text: String) -> [String] { Ecosystem(text).withWider.map(\.text) }
        #expect(wider("Debian:12") == ["Debian:12", "Debian"])
        #expect(
            wider("Ubuntu:Pro:22.04:LTS") == ["Ubuntu:Pro:22.04", "Ubuntu:22.04", "Ubuntu"])
        #expect(wider("PyPI") == ["PyPI"])
    }

    @Test(
        "Names that an ecosystem doesn't tell apart are written in one way",
        arguments: [
            ("PyPI", "Zope._-.Interface", "zope-interface"), ("npm", "@Scope/Name", "@scope/name"),
            ("NuGet", "Newtonsoft.Json", "newtonsoft.json"),
            ("crates.io", "Serde_JSON", "serde-json"),
            ("SwiftURL", "https://GitHub.com/apple/swift-nio.git", "github.com/apple/swift-nio"),
            ("Debian:12", "libFoo", "libFoo"), ("Maven", "org.A:b", "org.A:b"),
            ("RubyGems", "RedCloth", "RedCloth"),
        ])
    func names(_ ecosystem: String, _ name: String, _ expected: String) {
        #expect(PackageKey(Ecosystem(ecosystem), .plain, name).name == expected)
    }

    @Test("A reported package is asked for by its ecosystem's name")
    func reported() throws {
        func installed(_ purl: String) throws -> InstalledPackage? {
            InstalledPackage(try ReportedPackage(PackageURL(purl)))
        }
        let maven = try installed("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1")
        #expect(maven?.name == "org.apache.logging.log4j:log4j-core")
        let debian = try installed(
            "pkg:deb/debian/libcurl4@7.88.1-10?distro=debian-12&upstream=curl%407.88.1-10")
        #expect(debian?.ecosystem.text == "Debian:12")
        #expect(debian?.source?.name == "curl")
        #expect(try installed("pkg:generic/curl@7.88.1") == nil)
    }
}
