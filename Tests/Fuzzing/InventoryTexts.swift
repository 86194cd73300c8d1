package import Advisories

/// One small report of each format, with a bit of everything that the format can say: mutations
/// begin with them, and tests cut them into pieces.
package enum InventoryTexts {
    package static let all: [(format: InventoryFormat, text: String)] = [
        (
            .dpkgQuery,
            """
            installed curl amd64 7.88.1-10+deb12u5 curl 7.88.1-10+deb12u5
            config-files gone amd64 1.0-1 gone 1.0-1
            unpacked libssl3 amd64 3.0.11-1 openssl
            installed bad_ver amd64 no_version bad 1

            """
        ),
        (
            .dpkgStatus,
            """
            Package: curl
            Status: install ok installed
            Architecture: amd64
            Version: 7.88.1-10
            Description: transfers a URL
             Package: this is not a field

            Package: libssl3
            Status: install ok installed
            Source: openssl (3.0.11-1~deb12u2)
            Version: 3.0.11-1~deb12u2+b1

            Package: gone
            Status: deinstall ok config-files
            Version: 1

            """
        ),
        (.dpkgStatusFiles, "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n"),
        (
            .rpm,
            """
            bind-libs 32 9.16.23 14.el9 x86_64 bind-9.16.23-14.el9.src.rpm
            gpg-pubkey 0 fd431d51 4ae0493b (none) (none)
            bash-5.1.8-6.el9.x86_64
            broken

            """
        ),
        (.apkInstalled, "C:Q1x=\nP:libcurl\nV:8.5.0-r0\nA:x86_64\no:curl\n\nP:musl\nV:bad\n\n"),
        (.apkList, "libcurl-8.5.0-r0 x86_64 {curl} (curl) [installed]\nmusl-1.2.4-r2\n"),
        (
            .cycloneDX,
            #"""
            {"bomFormat": "CycloneDX", "specVersion": "1.5",
             "metadata": {"component": {"type": "device", "name": "plc-7", "version": "2"}},
             "vulnerabilities": [{"id": "cve-2024-1", "affects": [{"ref": "r1"}]}],
             "components": [
               {"type": "library", "name": "é", "bom-ref": "r1", "purl": "pkg:npm/%C3%A9@1",
                "components": [{"type": "firmware", "name": "boot \ud83d\ude00"}]},
               {"type": "library", "name": "unknown"}, {"type": "file", "name": "/bin/sh"}],
             "dependencies": [{"ref": "r1", "dependsOn": [1.5e-3, null, true, "\u00e9"]}]}
            """#
        ),
        (
            .spdx,
            """
            {"spdxVersion": "SPDX-2.3", "name": "image", "packages": [
               {"name": "flask", "versionInfo": "2.0", "externalRefs": [
                 {"referenceType": "purl", "referenceLocator": "pkg:pypi/Flask@2.0"}]},
               {"name": "router", "versionInfo": "4", "primaryPackagePurpose": "FIRMWARE"}]}
            """
        ),
        (
            .osquery,
            """
            {"deb_packages": [{"name": "curl", "version": "7.88.1-10", "arch": "amd64",
               "source": "", "revision": "10", "status": "install ok installed"}],
             "os_version": [{"name": "Debian", "platform": "debian", "major": "12"}],
             "uptime": [{"days": "3"}],
             "programs": [{"name": "Tool", "version": "1", "publisher": "Acme"}]}
            """
        ),
        (
            .trivy,
            """
            {"SchemaVersion": 2, "ArtifactName": "web:1",
             "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
             "Results": [{"Target": "web", "Vulnerabilities": [
               {"VulnerabilityID": "CVE-2023-38545", "PkgName": "curl", "Status": "fixed",
                "PkgIdentifier": {"PURL": "pkg:deb/debian/curl@7.88.1-10?distro=debian-12.5"},
                "InstalledVersion": "7.88.1-10", "FixedVersion": "7.88.1-10+deb12u4"}]}]}
            """
        ),
        (
            .grype,
            """
            {"matches": [{"vulnerability": {"id": "GHSA-xxxx-1", "fix": {"versions": ["2.1"]}},
               "artifact": {"name": "flask", "version": "2.0", "purl": "pkg:pypi/flask@2.0"}}],
             "source": {"type": "image", "target": {"userInput": "web:1"}},
             "descriptor": {"name": "grype"}}
            """
        ),
        (
            .openVAS,
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <report><results max="-1"><result id="1"><host>192.0.2.7<asset/></host>
            <nvt oid="1.3"><name>curl &lt; 8 &#x26; more</name><refs>
            <ref type="cve" id="CVE-2023-38545"/><ref type="url" id="https://example.org"/></refs>
            </nvt><severity>9.8</severity><description><![CDATA[Installed version: 7.88]]>
            </description></result></results></report>
            """
        ),
        (
            .csv,
            #"""
            Asset,CVE,Package,Installed Version,Status
            web-1,CVE-2023-38545,curl,7.88.1,open
            web-1,"CVE-2024-1, CVE-2024-2","a ""b""",1,closed
            web-1,none at all?,x,1,open

            """#
        ),
        (
            .device,
            """
            [{"vendor": "Cisco", "product": "IOS XE", "version": "17.9.1", "kind": "firmware"},
             {"cpe": "cpe:2.3:o:juniper:junos:21.4:*:*:*:*:*:*:*", "name": "edge-1"}]
            """
        ),
        (.osRelease, "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian GNU/Linux 12'\n"),
    ]

    static func of(_ format: InventoryFormat) -> [String] {
        all.filter { $0.format == format }.map(\.text)
    }
}
