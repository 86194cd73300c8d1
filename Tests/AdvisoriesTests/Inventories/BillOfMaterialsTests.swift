import Advisories
import Testing

@Suite("Bills of materials, and the rows of osquery")
struct BillOfMaterialsTests {
    private func cycloneDX(_ rest: String) throws(InventoryError) -> PackageReport {
        try Report.read(
            #"{"bomFormat": "CycloneDX", "specVersion": "1.5", \#(rest)}"#, .cycloneDX)
    }

    @Test("Components are read however deep they lie; the metadata's component is the asset")
    func nested() throws {
        let report = try cycloneDX(
            """
            "metadata": {"component": {"type": "device", "name": "switch-3", "version": "9.1",
              "supplier": {"name": "Acme"}, "cpe": "cpe:2.3:h:acme:switch:9.1:*:*:*:*:*:*:*"}},
            "components": [
              {"type": "application", "name": "shop", "version": "3", "components": [
                {"type": "library", "name": "lodash", "purl": "pkg:npm/lodash@4.17.20",
                 "components": [{"type": "firmware", "name": "boot", "version": "1"}]}]}]
            """)
        #expect(report.asset == "switch-3")
        #expect(report.product?.kind == .device && report.product?.vendor == "Acme")
        #expect(report.inventory.packages.map(\.url) == ["pkg:npm/lodash@4.17.20"])
        #expect(report.inventory.packages[0].ecosystem == "npm")
        #expect(report.inventory.products.map(\.kind) == [.application, .firmware])
        #expect(report.inventory.skipped.isEmpty)
    }

    @Test("An operating system among the components is the release of packages that say none")
    func release() throws {
        let inventory = try cycloneDX(
            """
            "components": [
              {"type": "library", "name": "curl", "purl": "pkg:deb/debian/curl@7.88.1-10?arch=amd64",
               "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "curl"},
                 {"name": "aquasecurity:trivy:SrcVersion", "value": "7.88.1"},
                 {"name": "aquasecurity:trivy:SrcRelease", "value": "10"}]},
              {"type": "library", "name": "libssl3",
               "purl": "pkg:deb/ubuntu/libssl3@3.0.2-0ubuntu1?distro=ubuntu-22.04&upstream=openssl"},
              {"type": "operating-system", "name": "debian", "version": "12"}]
            """
        ).inventory
        #expect(inventory.release == Report.debian)
        #expect(inventory.packages.map(\.ecosystem) == ["Debian:12", "Ubuntu:22.04:LTS"])
        #expect(
            inventory.packages.map(\.source) == [
                .init(name: "curl", version: "7.88.1-10"), .init(name: "openssl", version: nil),
            ])
        #expect(inventory.packages[0].distribution == "debian-12")
        #expect(inventory.gaps.isEmpty)
    }

    @Test("What VEX says becomes a status, for the component that it refers to")
    func vex() throws {
        let report = try cycloneDX(
            """
            "vulnerabilities": [
              {"id": "CVE-2024-1", "affects": [{"ref": "r"}], "analysis": {"state": "resolved"}},
              {"id": "cve-2024-2", "affects": [{"ref": "r"}]},
              {"id": "CVE-2024-3", "affects": [{"ref": "elsewhere"}],
               "analysis": {"state": "false_positive"}},
              {"id": "CVE-2024-4", "analysis": {"state": "in_triage"}, "affects": [{"ref": "r",
               "versions": [{"version": "1"}, {"version": "2", "status": "unaffected"}]}]},
              {"id": "CVE-2024-5", "analysis": {"state": "shrug"}}, {"id": "rm -rf"}, {}],
            "components": [
              {"type": "library", "name": "x", "bom-ref": "r", "purl": "pkg:pypi/x@1"}]
            """)
        #expect(
            report.vulnerabilities.map { "\($0.id) \($0.status.rawValue) \($0.packageName ?? "")" }
                == [
                    "CVE-2024-1 fixed x", "CVE-2024-2 open x", "CVE-2024-3 not-affected elsewhere",
                    "CVE-2024-4 under-investigation x", "CVE-2024-4 not-affected x",
                ])
        #expect(report.vulnerabilities[0].packageURL == "pkg:pypi/x@1")
        #expect(
            report.inventory.skipped.map(\.position)
                == [4, 5, 6].map {
                    .path("vulnerabilities[\($0)]")
                })
    }

    @Test(
        "A component that can't be told is skipped, with its place in the document",
        arguments: [
            (#"{"type": "library", "name": "a"}"#, "components[1]", "no package URL"),
            (#"{"name": "a", "purl": "npm/a@1"}"#, "components[1].purl", "'pkg:'"),
            (#"{"name": "a", "purl": "pkg:npm/a"}"#, "components[1].purl", "no version"),
            (#"{"name": "a", "purl": 7}"#, "components[1].purl", "not a text"),
            (#"{"name": "a", "purl": "pkg:deb/a@x y"}"#, "components[1].purl", "version"),
            (#"{"name": "a", "purl": "pkg:npm/a%00@1"}"#, "components[1].purl", "control"),
            (#"{"name": 7}"#, "components[1]", "no component"),
            ("[]", "components[1]", "no component"),
            ("null", "components[1]", "no component"),
            (#"{"name": "a", "components": {}}"#, "components[1].components", "no array"),
            (
                #"{"type": "device", "name": "d", "components": [{"type": "library", "name": "x"}]}"#,
                "components[1].components[0]", "no package URL"
            ),
        ])
    func skipped(_ component: String, _ path: String, _ words: String) throws {
        let inventory = try cycloneDX(
            #""components": [{"name": "ok", "purl": "pkg:npm/ok@1"}, \#(component)]"#
        ).inventory
        #expect(inventory.packages.map(\.name) == ["ok"])
        #expect(inventory.skipped.map(\.position) == [.path(path)])
        #expect(inventory.skipped[0].kind == .unreadable)
        #expect(inventory.skipped[0].reason.contains(words), "\(inventory.skipped[0])")
    }

    @Test(
        "Another document, or one that is broken, is refused",
        arguments: [
            (InventoryFormat.cycloneDX, "{}", "bomFormat"),
            (.cycloneDX, #"{"bomFormat": "CycloneDX", "specVersion": "9"}"#, "specVersion"),
            (.cycloneDX, #"{"bomFormat": "CycloneDX", "components": {}}"#, "not an array"),
            (.cycloneDX, "<bom/>", "byte 0"), (.cycloneDX, "[]", "not an object"),
            (.cycloneDX, #"{"components": [{"purl": "a", "purl": "b"}]}"#, "byte"),
            (.cycloneDX, #"{"components": [], "components": []}"#, "twice"),
            (.spdx, #"{"spdxVersion": "SPDX-3.0"}"#, "spdxVersion"),
            (.trivy, #"{"SchemaVersion": "2"}"#, "SchemaVersion"),
            (.grype, #"{"matches": []}"#, "descriptor"), (.osquery, " \n", "empty"),
            (.osquery, "7", "byte 0"), (.osquery, "[{}, {}", "cut off"),
            (.osquery, #" [{"name": "x"}]"#, "no table"),
        ])
    func refused(_ format: InventoryFormat, _ text: String, _ words: String) {
        #expect {
            try Report.read(text, format)
        } throws: { error in
            (error as? InventoryError)?.description.contains(words) == true
        }
    }

    @Test("A system that can't be one, or makes a name too long, takes nothing down with it")
    func hostileRelease() throws {
        func inventory(_ version: String, _ name: String) throws -> PackageInventory {
            try cycloneDX(
                """
                "components": [
                  {"type": "library", "name": "a", "purl": "pkg:deb/a@1"},
                  {"type": "library", "name": "b", "purl": "pkg:deb/\(name)@1"},
                  {"type": "operating-system", "name": "debian", "version": "\(version)"}]
                """
            ).inventory
        }
        let odd = try inventory("12\\n\\u0000", "b")
        #expect(odd.release == nil && odd.packages.count == 2 && odd.gaps == [.release])
        #expect(odd.skipped.map(\.position) == [.path("components[2]")])
        let long = try inventory("12", String(repeating: "é", count: 2_700))
        #expect(long.packages.map(\.name) == ["a"])
        #expect(long.skipped.map(\.kind) == [.unreadable])
        let nearly = try inventory("12", String(repeating: "b", count: 8_180))
        #expect(nearly.packages.map(\.name) == ["a"])
        #expect(nearly.skipped.map(\.position) == [.document])
    }

    @Test("Deep nesting is refused, not followed")
    func deep() {
        let deep = String(repeating: #"{"name": "a", "components": ["#, count: 100_000)
        #expect(throws: InventoryError.self) { try cycloneDX(#""components": [\#(deep)"#) }
        let closed = deep + String(repeating: "]}", count: 100_000)
        #expect(throws: InventoryError.self) { try cycloneDX(#""components": [\#(closed)]"#) }
    }

    @Test("SPDX: the package URL among the references, and what a package is for")
    func spdx() throws {
        let report = try Report.read(
            """
            {"spdxVersion": "SPDX-2.3", "name": "router-image", "packages": [
              {"name": "openssl", "versionInfo": "3.1.4-r5", "externalRefs": [
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:o:o:3:*:*:*:*:*:*:*"},
                {"referenceType": "purl",
                 "referenceLocator": "pkg:apk/alpine/openssl@3.1.4-r5?distro=alpine-3.19.1"}]},
              {"name": "alpine", "versionInfo": "3.19.1",
               "primaryPackagePurpose": "OPERATING-SYSTEM"},
              {"name": "uboot", "versionInfo": "1", "primaryPackagePurpose": "FIRMWARE",
               "supplier": "Organization: Acme"},
              {"name": "src.tar", "primaryPackagePurpose": "ARCHIVE"}, {"name": "what"}]}
            """, .spdx)
        #expect(report.asset == "router-image")
        #expect(report.inventory.packages.map(\.ecosystem) == ["Alpine:v3.19"])
        #expect(report.inventory.products.map(\.vendor) == ["Acme", nil])
        #expect(report.inventory.skipped.map(\.kind) == [.notInstalled, .unreadable])
        #expect(report.inventory.skipped[1].position == .path("packages[4]"))
    }

    @Test("osquery: tables in an object, or the rows of one table")
    func osquery() throws {
        let report = try Report.read(
            """
            {"rpm_packages": [{"name": "bind", "version": "9.16.23", "release": "14.el9",
                "arch": "x86_64", "epoch": "32", "source": "bind-9.16.23-14.el9.src.rpm"}],
             "python_packages": [{"name": "Flask", "version": "2.0"}],
             "npm_packages": [{"name": "@babel/core", "version": "7.0.0"}],
             "programs": [{"name": "Tool", "version": "1.0", "publisher": "Acme"}],
             "system_info": [{"hostname": "web-1", "hardware_model": "KVM"}],
             "os_version": [{"name": "Rocky", "platform": "rocky", "major": "9", "minor": "3"}]}
            """, .osquery)
        #expect(report.asset == "web-1")
        #expect(
            report.inventory.packages.map { "\($0.ecosystem ?? "") \($0.ecosystemName)" } == [
                "npm @babel/core", "PyPI flask", "Rocky Linux:9 bind",
            ])
        #expect(report.inventory.packages[2].version == "32:9.16.23-14.el9")
        #expect(report.inventory.products.map(\.name) == ["Tool"])
        let rows = try Report.read(
            """
            [{"name": "curl", "version": "7.88.1-10", "source": "", "arch": "amd64",
              "revision": "10", "status": "install ok installed"},
             {"name": "gone", "version": "1", "source": "", "arch": "amd64", "revision": "",
              "status": "deinstall ok config-files"},
             {"name": "libssl3", "version": "3.0.11-1", "source": "openssl", "arch": "amd64",
              "revision": "1", "status": "install ok installed"}, 7, {"pid": "1"}]
            """, .osquery, release: Report.debian
        ).inventory
        #expect(rows.packages.map { $0.source?.name } == ["curl", "openssl"])
        #expect(rows.skipped.map(\.position) == [.path("[1]"), .path("[3]"), .path("[4]")])
        let ubuntu = try Report.read(
            #"{"os_version": [{"name": "U", "platform": "ubuntu", "major": "22", "minor": "4"}]}"#,
            .osquery)
        #expect(ubuntu.inventory.release?.ecosystem == "Ubuntu:22.04:LTS")
    }
}
