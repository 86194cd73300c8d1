import Advisories
import Fuzzing
import Support
import Testing

@Suite("Inventories: one content, one form")
struct PackageInventoryTests {
    @Test("Order and repetition of the report don't show in the canonical form")
    func order() throws {
        var random = SeededRandom.fresh("inventory order")
        var lines = (0..<200).map { "installed p\($0 % 180) amd64 1.\($0 % 180) s\($0 % 9) 1" }
        let first = try Report.read(lines.joined(separator: "\n") + "\n", .dpkgQuery)
        lines.shuffle(using: &random)
        let second = try Report.read(lines.joined(separator: "\r\n") + "\n", .dpkgQuery)
        #expect(first.canonicalBytes == second.canonicalBytes)
        #expect(first.inventory.packages.count == 180)
        #expect(zip(first.inventory.packages, first.inventory.packages.dropFirst()).allSatisfy(<))
    }

    @Test("White space, order and what isn't read don't show either where the report is JSON")
    func whiteSpace() throws {
        let one = try Report.read(
            """
            {"bomFormat":"CycloneDX","specVersion":"1.4","components":[
              {"type":"library","name":"a","purl":"pkg:npm/a@1"},
              {"type":"library","name":"b","purl":"pkg:npm/b@1"}]}
            """, .cycloneDX)
        let other = try Report.read(
            """
            {"components": [ {"purl": "pkg:NPM/b@1", "name": "b", "type": "library"} ,
              {"purl": "pkg:npm/a@1", "name": "a", "type": "library", "scope": "required"} ],
              "version": 7, "specVersion": "1.6", "bomFormat": "CycloneDX" }
            """, .cycloneDX)
        #expect(one.canonicalBytes == other.canonicalBytes)
    }

    @Test(
        "Any difference of content shows",
        arguments: [
            "installed a amd64 1 b 1\n", "installed a amd64 2 a 1\n", "installed a arm64 1 a 1\n",
            "installed a amd64 1 a 2\n", "installed a amd64 1 a\n",
            "installed a amd64 1 a 1\ninstalled b amd64 1 a 1\n",
        ])
    func difference(_ text: String) throws {
        let base = try Report.read("installed a amd64 1 a 1\n", .dpkgQuery)
        #expect(try Report.read(text, .dpkgQuery).canonicalBytes != base.canonicalBytes)
        let placed = try Report.read(
            "installed a amd64 1 a 1\n", .dpkgQuery, release: Report.debian)
        #expect(placed.canonicalBytes != base.canonicalBytes)
    }

    @Test("The canonical form, as it is and must stay")
    func golden() throws {
        let report = try Report.read(
            InventoryTexts.all.first { $0.format == .cycloneDX }?.text ?? "", .cycloneDX)
        #expect(
            String(decoding: report.canonicalBytes, as: UTF8.self) == """
                inventory\t1
                package\tpkg:npm%2F%25C3%25A9%401\t\t\tnpm
                product\tfirmware\t\tboot%20%F0%9F%98%80\t\t
                vulnerability\tplc-7\tCVE-2024-1\t%C3%A9\tpkg:npm%2F%25C3%25A9%401\t1\t\topen

                """)
    }

    @Test("Every format reads the same in whatever pieces it comes", arguments: InventoryTexts.all)
    func pieces(_ format: InventoryFormat, _ text: String) throws {
        var random = SeededRandom.fresh("pieces of \(format.rawValue)")
        let bytes = Array(text.utf8)
        let whole = try PackageReportReader.report(bytes, format)
        #expect(!whole.canonicalBytes.isEmpty)
        for _ in 0..<50 { #expect(try Report.read(bytes, format, &random) == whole) }
        var single = PackageReportReader(format)
        for byte in bytes { try single.read([byte]) }
        #expect(try single.finish() == whole)
    }

    @Test("Every format refuses to be cut off anywhere", arguments: InventoryTexts.all)
    func cutOff(_ format: InventoryFormat, _ text: String) throws {
        // The last line of a table may do without a line feed.
        if format == .csv { return }
        let bytes = Array(text.utf8)
        for end in bytes.indices {
            let part = Array(bytes[..<end])
            // White space after the end is no loss, and a list that ends with a line is whole.
            if bytes[end...].allSatisfy({ $0 == 0x20 || $0 == 0x0A }) { continue }
            if end > 0, bytes[end - 1] == 0x0A, !Self.hasEnd.contains(format) { continue }
            #expect(throws: InventoryError.self, "cut off at \(end) of \(format.rawValue)") {
                _ = try PackageReportReader.report(part, format)
            }
        }
    }

    /// Those whose form says where it ends.
    private static let hasEnd: Set<InventoryFormat> = [
        .cycloneDX, .spdx, .osquery, .trivy, .grype, .openVAS, .device,
    ]

    @Test(
        "The release says which ecosystem, as OSV names it",
        arguments: [
            ("debian", "12", "Debian:12"), ("debian", "12.5", "Debian:12"),
            ("debian", "", "Debian"),
            ("ubuntu", "22.04", "Ubuntu:22.04:LTS"), ("ubuntu", "23.10", "Ubuntu:23.10"),
            ("ubuntu", "23.04", "Ubuntu:23.04"), ("alpine", "3.19.1", "Alpine:v3.19"),
            ("alpine", "3.21.0_alpha20240923", "Alpine"), ("almalinux", "9.3", "AlmaLinux:9"),
            ("rocky", "8.9", "Rocky Linux:8"), ("rhel", "9.3", "Red Hat:enterprise_linux:9"),
            ("opensuse-leap", "15.5", "openSUSE:Leap 15.5"), ("wolfi", "20230201", "Wolfi"),
            ("sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
            ("sles", "15", "SUSE:Linux Enterprise Server 15"), ("arch", "", nil),
        ])
    func ecosystems(_ id: String, _ version: String, _ ecosystem: String?) {
        #expect(OperatingSystemRelease(id: id, version: version).ecosystem == ecosystem)
    }

    @Test("A release is read from what its packages' URLs say, with hyphens in id and version")
    func distribution() throws {
        for (id, version) in [
            ("debian", "12"), ("debian", "7.88.1-10"), ("opensuse-leap", "15.5"),
            ("fedora", "40-rc1"),
        ] {
            let release = OperatingSystemRelease(id: id, version: version)
            let again = OperatingSystemRelease(
                distribution: release.distribution, vendor: release.vendor)
            #expect(again == release)
        }
        // Found by the fuzz target inventory-osquery: the same URL was of Debian here, and of nothing there.
        let release = OperatingSystemRelease(id: "debian", version: "7.88.1-10")
        let package = try ReportedPackage(
            try PackageURL("pkg:deb/debian/curl@7.88.1-10"), release: release)
        let again = try ReportedPackage(try PackageURL(package.url))
        #expect(again.ecosystem == package.ecosystem)
    }

    @Test("os-release is read with its quotes and comments")
    func osRelease() throws {
        let release = try OperatingSystemRelease(
            osRelease: "# what it is\n\nPRETTY_NAME=\"Alma \\\"9\\\"\"\nID=\"almalinux\"\n"
                + "VERSION_ID='9.3'\nANSI_COLOR=\"0;34\"\n")
        #expect(release == OperatingSystemRelease(id: "almalinux", version: "9.3"))
        #expect(release.distribution == "almalinux-9.3")
    }
}

@Suite("Packages by their URLs")
struct ReportedPackageTests {
    @Test(
        "One package has one URL, whatever a report adds to it",
        arguments: [
            (
                "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12&package-id=1",
                "pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12", "Debian:12"
            ),
            ("pkg:deb/debian/curl@1?distro=bookworm", nil, "Debian"),
            ("pkg:deb/ubuntu/curl@1?distro=ubuntu-22.04", nil, "Ubuntu:22.04:LTS"),
            (
                "pkg:rpm/redhat/bind@9.16-1.el9?distro=rhel-9.3&epoch=0",
                "pkg:rpm/redhat/bind@9.16-1.el9?distro=rhel-9.3", "Red Hat:enterprise_linux:9"
            ),
            (
                "pkg:rpm/opensuse/curl@8-1?distro=opensuse-tumbleweed", nil,
                "openSUSE:Tumbleweed"
            ),
            ("pkg:rpm/opensuse/curl@8-1?distro=opensuse-leap-15.5", nil, "openSUSE:Leap 15.5"),
            ("pkg:npm/%40babel/core@7.0.0", nil, "npm"),
            ("pkg:maven/org.x/y@1?type=jar", nil, "Maven"), ("pkg:generic/x@1", nil, nil),
        ])
    func canonical(_ given: String, _ url: String?, _ ecosystem: String?) throws {
        let package = try ReportedPackage(PackageURL(given))
        #expect(package.url == url ?? given)
        #expect(package.ecosystem == ecosystem)
        #expect(try ReportedPackage(PackageURL(package.url), source: package.source) == package)
    }

    @Test("What the URL says of the release counts more than what the asset is said to run")
    func release() throws {
        let package = try ReportedPackage(
            PackageURL("pkg:deb/debian/curl@1?distro=debian-11"), release: Report.debian)
        #expect(package.ecosystem == "Debian:11")
        let plain = try ReportedPackage(PackageURL("pkg:deb/curl@1"), release: Report.debian)
        #expect(plain.url == "pkg:deb/debian/curl@1?distro=debian-12")
    }

    @Test("What no package manager could have installed is no package")
    func refused() throws {
        for text in ["pkg:npm/a", "pkg:deb/debian/a@x y", "pkg:rpm/a@1%20b", "pkg:apk/a@one"] {
            let url = try PackageURL(text)
            #expect(throws: ReportedPackageError.self, "\(text)") { try ReportedPackage(url) }
        }
    }
}
