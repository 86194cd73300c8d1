import Advisories
import Testing

@Suite("Reports of scanners")
struct ScannerReportTests {
    @Test("Trivy: a fix that exists isn't installed, so the vulnerability is open")
    func trivy() throws {
        let report = try Report.read(
            """
            {"SchemaVersion": 2, "ArtifactName": "shop:1.4", "ArtifactType": "container_image",
             "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
             "Results": [
               {"Target": "shop:1.4 (debian 12.5)", "Class": "os-pkgs", "Type": "debian",
                "Packages": [{"Name": "libcurl4", "Version": "7.88.1", "Release": "10",
                  "SrcName": "curl", "SrcVersion": "7.88.1", "SrcRelease": "10", "SrcEpoch": 0,
                  "Identifier": {"PURL": "pkg:deb/debian/libcurl4@7.88.1-10?arch=amd64"}},
                  {"Name": "odd"}],
                "Vulnerabilities": [
                  {"VulnerabilityID": "CVE-2023-38545", "PkgName": "libcurl4", "Status": "fixed",
                   "PkgIdentifier": {"PURL": "pkg:deb/debian/libcurl4@7.88.1-10?arch=amd64"},
                   "InstalledVersion": "7.88.1-10", "FixedVersion": "7.88.1-10+deb12u4"},
                  {"VulnerabilityID": "CVE-2024-9", "PkgName": "x", "Status": "not_affected"},
                  {"VulnerabilityID": "CVE-2024-8", "PkgName": "y", "Status": "will_not_fix",
                   "PkgIdentifier": {"PURL": "nonsense"}}, {"PkgName": "z"}]},
               {"Target": "package-lock.json", "Vulnerabilities": null}]}
            """, .trivy)
        #expect(report.asset == "shop:1.4")
        #expect(report.inventory.packages.map(\.ecosystem) == ["Debian:12"])
        #expect(report.inventory.packages[0].source == .init(name: "curl", version: "7.88.1-10"))
        #expect(
            report.vulnerabilities.map { "\($0.id) \($0.status.rawValue)" } == [
                "CVE-2023-38545 open", "CVE-2024-8 open", "CVE-2024-9 not-affected",
            ])
        #expect(report.vulnerabilities[0].packageURL == report.inventory.packages[0].url)
        #expect(report.vulnerabilities[0].fixedVersion == "7.88.1-10+deb12u4")
        #expect(report.inventory.skipped.map(\.entry) == ["odd", "", "nonsense"])
    }

    @Test(
        "A report is from when it says; what is no time is named and doesn't count",
        arguments: [
            (
                InventoryFormat.trivy,
                #"{"SchemaVersion":2,"CreatedAt":"2026-03-01T10:00:00.123456789+01:00","Results":[]}"#,
                "2026-03-01T09:00:00.123456Z"
            ),
            (
                .grype,
                #"{"descriptor":{"name":"grype","timestamp":"2026-03-01T09:00:00Z"},"matches":[]}"#,
                "2026-03-01T09:00:00Z"
            ),
            (
                .cycloneDX,
                #"{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"timestamp":"2026-03-01T09:00:00Z"}}"#,
                "2026-03-01T09:00:00Z"
            ),
            (
                .spdx,
                #"{"spdxVersion":"SPDX-2.3","creationInfo":{"created":"2026-03-01T09:00:00Z"}}"#,
                "2026-03-01T09:00:00Z"
            ),
            (.trivy, #"{"SchemaVersion":2,"Results":[]}"#, nil),
            (
                .grype, #"{"descriptor":{"name":"grype","timestamp":"yesterday"},"matches":[{}]}"#,
                nil
            ),
        ] as [(InventoryFormat, String, String?)])
    func made(_ format: InventoryFormat, _ text: String, _ time: String?) throws {
        var reader = PackageReportReader(format)
        try reader.read(Array(text.utf8))
        do {
            #expect(try reader.finish().made?.description == time)
        } catch {
            // A report in which nothing can be read is refused, by the first that can't.
            #expect(error.description.contains("it is no time such as"))
        }
    }

    @Test("Grype: what matches is open; what it was told to ignore is only counted")
    func grype() throws {
        let report = try Report.read(
            """
            {"matches": [
               {"vulnerability": {"id": "CVE-2023-38545", "fix": {"versions": ["8.4.0-r0"],
                  "state": "fixed"}},
                "artifact": {"name": "libcurl", "version": "8.3.0-r0", "type": "apk",
                  "purl": "pkg:apk/alpine/libcurl@8.3.0-r0?arch=x86_64&distro=alpine-3.19.1",
                  "upstreams": [{"name": "curl"}]}},
               {"vulnerability": {"id": "GHSA-x"}, "artifact": {}}, {}],
             "ignoredMatches": [{"vulnerability": {"id": "CVE-2020-1"}}],
             "distro": {"name": "alpine", "version": "3.19.1"},
             "source": {"type": "image", "target": {"userInput": "shop:1.4"}},
             "descriptor": {"name": "grype", "version": "0.74"}}
            """, .grype)
        #expect(report.asset == "shop:1.4")
        #expect(report.vulnerabilities.map(\.id) == ["CVE-2023-38545"])
        #expect(report.vulnerabilities[0].asset == "shop:1.4")
        #expect(report.vulnerabilities[0].fixedVersion == "8.4.0-r0")
        #expect(report.inventory.packages.map(\.source) == [.init(name: "curl", version: nil)])
        #expect(
            report.inventory.skipped.map(\.position) == [
                .path("matches[1]"), .path("matches[2]"), .path("ignoredMatches[0]"),
            ])
    }

    @Test("OpenVAS: each CVE on each host, whatever the result holds besides")
    func openVAS() throws {
        let report = try Report.read(
            """
            <?xml version="1.0"?><!-- by hand -->
            <get_reports_response><report id="a"><report id="b"><results start="1">
            <result id="1"><name>curl</name><host>192.0.2.7<asset asset_id="x"/>
              <hostname>web-1.example</hostname></host>
              <nvt oid="1.3.6"><name>curl &lt; 8.4</name><refs>
                <ref type="cve" id="CVE-2023-38545"/><ref type="cve" id="cve-2023-38546"/>
                <ref type="url" id="CVE-0000-1"/></refs></nvt>
              <detection><result id="2"><details><detail><name>x</name></detail></details></result>
              </detection><severity>9.8</severity>
              <description>Installed version: 7.88.1\r\nFixed version:     8.4.0
              </description></result>
            <result id="3"><host>192.0.2.8</host><nvt oid="2"><name>banner</name><cve>NOCVE</cve>
              </nvt><severity>0.0</severity></result>
            <result id="4"><host>192.0.2.8</host><nvt oid="2"><name>weak cipher</name></nvt>
              <severity>5.0</severity></result>
            <result id="5"><host>192.0.2.9</host><nvt oid="2"><cve>CVE-2020-1, CVE-2020-2</cve></nvt>
              <threat>False Positive</threat></result>
            <result id="6"><nvt oid="2"><cve>CVE-2020-1</cve></nvt></result>
            </results></report></report></get_reports_response>

            """, .openVAS)
        #expect(
            report.vulnerabilities.map { "\($0.asset ?? "") \($0.id) \($0.status.rawValue)" } == [
                "192.0.2.9 CVE-2020-1 not-affected", "192.0.2.9 CVE-2020-2 not-affected",
                "web-1.example CVE-2023-38545 open", "web-1.example CVE-2023-38546 open",
            ])
        #expect(report.vulnerabilities[2].installedVersion == "7.88.1")
        #expect(report.vulnerabilities[2].fixedVersion == "8.4.0")
        #expect(
            report.inventory.skipped.map(\.description) == [
                "result[1]: 'banner': it is information, no vulnerability",
                "result[2]: 'weak cipher': it names no CVE", "result[4]: '': its host is missing",
            ])
    }

    /// Expansion is what makes other readers of XML use up all memory, or read files.
    @Test(
        "XML that could expand, or isn't well formed, is refused",
        arguments: [
            ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "DOCTYPE"),
            ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", "DOCTYPE"),
            ("<!ELEMENT a ANY><a/>", "DOCTYPE"), ("<a>&x;</a>", "entity '&x;'"),
            ("<a b=\"&x;\"/>", "entity"), ("<a>&#0;</a>", "entity"), ("<a>&#xD800;</a>", "entity"),
            ("<a>&#x110000;</a>", "entity"), ("<a>&#+65;</a>", "entity"), ("<a>& b</a>", "&amp;"),
            ("<a>", "cut off"), ("<a></b>", "closes nothing"), ("<a><b></a></b>", "closes nothing"),
            ("</a>", "closes nothing"), ("<a/><b/>", "second root"), ("x<a/>", "outside"),
            ("<a/>x<", "outside"), ("<a b/>", "without a value"), ("<a b=c/>", "quotes"),
            ("<a b=\"1\" b=\"2\"/>", "twice"), ("<a b=\"1\"c=\"2\"/>", "no white space"),
            ("<a b=\"<\"/>", "'<'"), ("<a <b/>", "'<'"), ("< a/>", "malformed"),
            ("<>", "malformed"),
            ("<a>\u{1}</a>", "control"), ("<?xml encoding='utf-16'?><a/>", "UTF-8"),
            ("<a/>", "results"), ("", "cut off"), ("<![CDATA[x]]><a/>", "outside"),
            ("<!-- open <a/>", "cut off"), (String(repeating: "<a>", count: 100), "deeper"),
        ])
    func refusedXML(_ text: String, _ words: String) {
        #expect {
            try Report.read(text, .openVAS)
        } throws: {
            ($0 as? InventoryError)?.description.contains(words) == true
        }
    }

    @Test("A tag, a text or a result without end is refused before it is held")
    func endless() {
        for start in ["<a b=\"", "<a>", "<!--", "<a><![CDATA["] {
            let text = start + String(repeating: "x", count: 5_000)
            #expect(throws: InventoryError.self, "\(start)") {
                var reader = PackageReportReader(.openVAS, limits: InventoryLimits(element: 1_000))
                // Refused although the end hasn't been told.
                for byte in text.utf8 { try reader.read([byte]) }
            }
        }
        let runs = String(repeating: "<b/>xxxxxxxxxx", count: 200)
        #expect(throws: InventoryError.self) {
            try Report.read(
                "<results><result><description>\(runs)</description></result></results>",
                .openVAS, limits: InventoryLimits(element: 1_000))
        }
    }

    @Test("CSV: columns under the names that are in use, in any order")
    func csv() throws {
        let report = try Report.read(
            "Severity,Host,CVE,Package Name,Installed-Version,Fixed In,State\r\n"
                + "high,web-1,CVE-2024-1,\"curl, the tool\",7.88,8.4,Closed\r\n"
                + "low,web-2,\"CVE-2024-2;CVE-2024-3\",bash,5,,\r\n"
                + "low,web-2,,bash,5,,\r\nlow,web-2,CVE-2024-4,bash,5,,mauve\r\nlow,web-2\r\n",
            .csv)
        #expect(
            report.vulnerabilities.map { "\($0.asset ?? "") \($0.id) \($0.status.rawValue)" } == [
                "web-1 CVE-2024-1 fixed", "web-2 CVE-2024-2 open", "web-2 CVE-2024-3 open",
            ])
        #expect(report.vulnerabilities[0].packageName == "curl, the tool")
        #expect(report.inventory.skipped.map(\.position) == [.line(4), .line(5), .line(6)])
    }

    @Test("CSV: a column purl alone lists what is installed, on one asset")
    func packages() throws {
        let report = try Report.read(
            "asset,purl\nweb-1,pkg:pypi/flask@2.0\nweb-1,pkg:pypi/\nweb-1,\n", .csv)
        #expect(report.asset == "web-1")
        #expect(report.inventory.packages.map(\.url) == ["pkg:pypi/flask@2.0"])
        #expect(report.inventory.skipped.map(\.position) == [.line(3), .line(4)])
        #expect(throws: InventoryError.self) {
            try Report.read("asset,purl\nweb-1,pkg:pypi/a@2\nweb-2,pkg:pypi/a@2\n", .csv)
        }
    }
}
