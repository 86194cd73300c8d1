import Advisories
import Testing

@Suite("Reports of devices that nobody can log in to")
struct DeviceReportTests {
    /// As publishers of devices write it: branches for vendor, product and version, no package URL.
    private static func vex(
        _ id: String, version: String? = "17.9.1", range: String? = nil, cpe: String? = nil,
        vendor: String? = "Cisco", product: String? = "IOS XE",
        _ status: ProductStatement.Status = .knownAffected
    ) -> Advisory {
        MatchingSamples.advisory(
            id, [],
            statements: [
                ProductStatement(
                    vulnerability: "CVE-2026-0007",
                    product: StatedProduct(
                        id: "P", name: "device", vendor: vendor, productName: product,
                        version: version, versionRange: range, cpe: cpe), status: status)
            ], format: .csaf)
    }

    private func installed(_ text: String) throws -> [InstalledPackage] {
        try Report.read(text, .device).inventory.installedPackages
    }

    private func matches(_ text: String, _ advisory: Advisory) throws -> [String] {
        let index = AdvisoryIndex([advisory])
        return try installed(text).flatMap { index.match($0) }.map(\.vulnerability)
    }

    private let router = #"{"vendor": "Cisco", "product": "IOS  XE", "version": "17.9.1"}"#

    @Test("A device is a product, and a generic package of its vendor")
    func read() throws {
        let report = try Report.read(
            #"{"name": "edge-1", "cpe": "cpe:2.3:o:cisco:ios_xe:17.9.1:*:*:*:*:*:*:*"}"#, .device)
        #expect(report.asset == "edge-1")
        #expect(report.inventory.products.map(\.name) == ["ios_xe"])
        #expect(report.inventory.products.map(\.kind) == [.operatingSystem])
        #expect(report.inventory.packages.map(\.url) == ["pkg:generic/cisco/ios_xe@17.9.1"])
        #expect(try installed(router).map(\.name) == ["cisco/ios_xe"])
    }

    @Test("It matches the product trees of CSAF by vendor, product and version")
    func csaf() throws {
        #expect(try matches(router, Self.vex("A")) == ["CVE-2026-0007"])
        #expect(try matches(router, Self.vex("B", version: "17.9.2")).isEmpty)
        #expect(try matches(router, Self.vex("C", product: "NX-OS")).isEmpty)
        #expect(try matches(router, Self.vex("D", .fixed)).isEmpty)
        #expect(
            try matches(
                router,
                Self.vex(
                    "E", cpe: "cpe:/o:cisco:ios_xe:17.9.1", vendor: nil, product: nil))
                == ["CVE-2026-0007"], "by its CPE alone")
    }

    @Test("A tree that says no version says nothing of any, and one in a range can't be told")
    func versions() throws {
        let whole = Self.vex("A", version: nil)
        #expect(try matches(router, whole).isEmpty)
        #expect(AdvisoryIndex([whole]).unplacedStatements(of: whole.documentKey) == 1)
        let range = AdvisoryIndex([Self.vex("B", version: nil, range: "vers:generic/<17.9.3")])
        let found = try installed(router).flatMap { range.match($0) }
        #expect(found.count == 1)
        guard case .undetermined = found.first?.verdict else {
            Issue.record("nobody can tell: \(found)")
            return
        }
    }

    @Test("What has no vendor is nobody's: a generic package alone is matched with nothing")
    func generic() throws {
        #expect(try installed(router).count == 1)
        let plain = try ReportedPackage(PackageURL("pkg:generic/ios_xe@17.9.1"))
        #expect(InstalledPackage(plain) == nil)
    }

    @Test(
        "What can't be read is refused or left out with its place",
        arguments: [
            ("{", "byte"), ("7", "neither"), ("[]", "no device"), ("[1]", "not an object"),
            (#"{"vendor": "A", "product": "B"}"#, "version"),
            (#"{"vendor": "A", "product": "B", "version": "1", "firmware": "2"}"#, "no such field"),
            (#"{"cpe": "cpe:/o:a"}"#, "CPE"),
            (#"{"vendor": "A", "product": "B", "version": "1", "kind": "phone"}"#, "kind"),
        ])
    func refusals(text: String, word: String) {
        do throws(InventoryError) {
            _ = try Report.read(text, .device)
            Issue.record("it was read: \(text)")
        } catch {
            #expect(error.description.contains(word), "\(error)")
        }
    }

    @Test(
        "A CPE names part, vendor, product and version",
        arguments: [
            ("cpe:2.3:h:tp-link:archer_c7:v5:*:*:*:*:*:*:*", "tp-link", "archer_c7", "v5"),
            ("cpe:/o:juniper:junos:21.4", "juniper", "junos", "21.4"),
            (#"cpe:2.3:a:a\:b:c\.d:*:*:*:*:*:*:*:*"#, "a:b", "c.d", nil),
        ] as [(String, String, String, String?)])
    func cpe(text: String, vendor: String, product: String, version: String?) throws {
        let name = try #require(ProductName(cpe: text))
        #expect(name.vendor == vendor && name.product == product && name.version == version)
        for bad in ["", "cpe:/x:a:b", "cpe:2.3:o:*:b:1", "purl:o:a:b", "cpe:/o::b"] {
            #expect(ProductName(cpe: bad) == nil, "\(bad)")
        }
    }
}
