import Advisories
import Testing

@Suite("Versions: the order of each scheme, as its specification gives it")
struct VersionOrderTests {
    @Test(
        "Every version of a row is older than every version of a later row",
        arguments: VersionTable.all)
    func tables(_ table: VersionTable) throws {
        for (place, row) in table.rows.enumerated() {
            for left in row {
                let version = try PackageVersion(left, table.scheme)
                #expect(version.text == left)
                for (other, rights) in table.rows.enumerated() {
                    for right in rights {
                        let order = version.order(
                            relativeTo: try PackageVersion(right, table.scheme))
                        #expect(order == (place - other).signum(), "\(left) against \(right)")
                    }
                }
            }
        }
    }

    @Test("Every scheme has a table")
    func complete() {
        #expect(Set(VersionTable.all.map(\.scheme)) == Set(VersionScheme.allCases))
    }

    @Test("Equal versions are one in a set, whatever their text", arguments: VersionTable.all)
    func canonicalForm(_ table: VersionTable) throws {
        for row in table.rows {
            let keys = try row.map { try PackageVersion($0, table.scheme).key }
            #expect(Set(keys).count == 1, "\(row)")
            #expect((keys.first == .some(nil)) == (table.scheme == .maven))
        }
    }

    @Test("Without an epoch, with a colon elsewhere: all of it is an RPM package's version")
    func rpmColon() throws {
        #expect(try RPMVersion("a:1") < RPMVersion("a:2"))
        #expect(try RPMVersion(":1") == RPMVersion("0:1"))
    }

    @Test("Packages of modules are told by their release")
    func modules() throws {
        #expect(try RPMVersion("1:18.2-1.module+el8.9.0+1+ab").isModular)
        #expect(try !RPMVersion("18.2-1.el8").isModular)
        #expect(try !RPMVersion("18.2.module+el8").isModular)
        let stream = try #require(RPMModule("nodejs:18:8090020231019152822:a75119d5:x86_64"))
        #expect(stream.isSameStream(as: try #require(RPMModule("nodejs:18"))))
        #expect(!stream.isSameStream(as: try #require(RPMModule("nodejs:20"))))
        #expect(RPMModule("nodejs") == nil)
        #expect(RPMModule("nodejs:") == nil)
    }

    @Test("What dpkg compares with a warning is compared, but may not be installed")
    func comparableOnly() throws {
        for text in ["a1", "III-alpha9.8", "1_0", "2.2.4-47978_Debian_lenny"] {
            #expect(throws: VersionError.self) { try DebianVersion(text) }
            #expect(try DebianVersion(text, .comparable).text == text)
        }
    }

    @Test(
        "Ecosystems by their names in OSV",
        arguments: [
            ("Debian:12", VersionScheme.debian), ("Ubuntu:22.04:LTS", .debian),
            ("Red Hat:enterprise_linux:9::baseos", .redhat), ("AlmaLinux:9", .redhat),
            ("Alpine:v3.19", .alpine), ("PyPI", .pypi), ("npm", .npm), ("Go", .go),
            ("crates.io", .semver), ("Maven:https://repo1.maven.org/maven2", .maven),
        ])
    func ecosystems(_ name: String, _ scheme: VersionScheme) {
        #expect(VersionScheme(ecosystem: name) == scheme)
        #expect(VersionScheme(ecosystem: "x" + name) == nil)
    }
}
