import Advisories
import Testing

@Suite("Lists of package managers")
struct PackageListTests {
    @Test("dpkg-query: what is unpacked counts, with the package that it was built from")
    func dpkgQuery() throws {
        let report = try Report.read(
            """
            installed curl amd64 7.88.1-10+deb12u5 curl 7.88.1-10+deb12u5
            half-configured libssl3 amd64 3.0.11-1+b1 openssl 3.0.11-1
            unpacked tzdata all 2024a-0 tzdata
            config-files gone amd64 1.0-1 gone 1.0-1
            not-installed never   never

            """, .dpkgQuery, release: Report.debian)
        let inventory = report.inventory
        #expect(
            inventory.packages.map(\.url) == [
                "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12",
                "pkg:deb/debian/libssl3@3.0.11-1%2Bb1?arch=amd64&distro=debian-12",
                "pkg:deb/debian/tzdata@2024a-0?arch=all&distro=debian-12",
            ])
        #expect(
            inventory.packages.map(\.source) == [
                .init(name: "curl", version: "7.88.1-10+deb12u5"),
                .init(name: "openssl", version: "3.0.11-1"), .init(name: "tzdata", version: nil),
            ])
        #expect(Set(inventory.packages.map(\.ecosystem)) == ["Debian:12"])
        #expect(inventory.skipped.map(\.kind) == [.notInstalled, .notInstalled])
        #expect(inventory.gaps.isEmpty)
    }

    @Test("dpkg-query: what can't be read is skipped with its line and reason, the rest counts")
    func dpkgQuerySkips() throws {
        let inventory = try Report.read(
            """
            installed curl amd64 7.88.1-10 curl
            curl\t7.88.1
            installed -oProxy=x amd64 1 x
            installed a;b amd64 1 x
            installed nano amd64 1_2:3 nano
            installed vim amd64 1 ../vim
            sideways vim amd64 1 vim

            """, .dpkgQuery
        ).inventory
        #expect(inventory.packages.map(\.name) == ["curl"])
        #expect(
            inventory.skipped.map(\.position) == [2, 3, 4, 5, 6, 7].map { .line($0) })
        #expect(inventory.skipped.allSatisfy { $0.kind == .unreadable && !$0.reason.isEmpty })
        #expect(inventory.skipped[0].reason.contains("ask with dpkg-query -W -f"))
        #expect(inventory.gaps == [.release])
    }

    @Test("The status file and dpkg-query say the same, byte for byte of the canonical form")
    func dpkgStatus() throws {
        let status = try Report.read(
            """
            Package: libssl3
            Status: install ok installed
            Priority: optional
            Architecture: amd64
            Source: openssl (3.0.11-1)
            Version: 3.0.11-1+b1
            Description: Secure Sockets Layer toolkit - shared libraries
             Version: 9, in a text

            Package: curl
            Status: deinstall ok installed
            Version: 7.88.1-10
            Architecture: amd64

            Package: gone
            Status: deinstall ok config-files
            Version: 1


            """, .dpkgStatus, release: Report.debian)
        let query = try Report.read(
            """
            installed curl amd64 7.88.1-10 curl 7.88.1-10
            installed libssl3 amd64 3.0.11-1+b1 openssl 3.0.11-1

            """, .dpkgQuery, release: Report.debian)
        #expect(status.canonicalBytes == query.canonicalBytes)
        #expect(status.inventory.skipped.map(\.reason) == ["it is config-files"])
    }

    @Test(
        "A paragraph that is broken is skipped at its line",
        arguments: [
            ("Package: a\nStatus: install ok installed", 1, "Version is missing"),
            ("Status: install ok installed\nVersion: 1", 1, "Package is missing"),
            ("Package: a\nVersion: 1", 1, "Status is missing"),
            ("Package: a\nPackage: b\nStatus: install ok installed\nVersion: 1", 2, "twice"),
            ("Package: a\nnonsense\nVersion: 1", 2, "no field"),
            ("Package: a\nStatus: fine\nVersion: 1", 1, "no status"),
            ("Package: a\nStatus: install ok installed\nVersion: a b", 1, "debian version"),
            ("Package: a\nStatus: install ok installed\nVersion: 1\nSource: b (1", 1, "no source"),
        ])
    func brokenParagraph(_ paragraph: String, _ line: Int, _ words: String) throws {
        let good = "\n\nPackage: ok\nStatus: install ok installed\nVersion: 1\n"
        let inventory = try Report.read(paragraph + good, .dpkgStatus).inventory
        #expect(inventory.packages.map(\.name) == ["ok"])
        #expect(inventory.skipped.map(\.position) == [.line(line)])
        #expect(inventory.skipped[0].reason.contains(words))
    }

    @Test("Images without dpkg have files that say no status; OpenWrt's packages are no Debian's")
    func relatives() throws {
        let text = "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n"
        #expect(
            try Report.read(text, .dpkgStatusFiles, release: Report.debian).inventory.packages
                .map(\.ecosystem) == ["Debian:12"])
        let router = try Report.read(
            "Package: ubus\nVersion: 2024.10.20~252a9b0c-r1\nStatus: install ok installed\n",
            .dpkgStatus, release: OperatingSystemRelease(id: "openwrt", version: "23.05.2")
        ).inventory.packages
        #expect(router.map(\.type) == ["opkg"])
        #expect(router.map(\.ecosystem) == [nil])
    }

    @Test("rpm: the epoch stands in front of the version, and the source is the file's name")
    func rpm() throws {
        let inventory = try Report.read(
            """
            bind-libs 32 9.16.23 14.el9 x86_64 bind-9.16.23-14.el9.src.rpm
            bash 0 5.1.8 6.el9 x86_64 bash-5.1.8-6.el9.src.rpm
            gpg-pubkey 0 fd431d51 4ae0493b (none) (none)

            """, .rpm, release: OperatingSystemRelease(id: "almalinux", version: "9.3")
        ).inventory
        #expect(
            inventory.packages.map(\.url) == [
                "pkg:rpm/almalinux/bash@5.1.8-6.el9?arch=x86_64&distro=almalinux-9.3",
                "pkg:rpm/almalinux/bind-libs@9.16.23-14.el9"
                    + "?arch=x86_64&distro=almalinux-9.3&epoch=32",
            ])
        #expect(inventory.packages.map(\.version) == ["5.1.8-6.el9", "32:9.16.23-14.el9"])
        #expect(inventory.packages[1].source == .init(name: "bind", version: "9.16.23-14.el9"))
        #expect(inventory.packages[1].ecosystem == "AlmaLinux:9")
        #expect(inventory.skipped.map(\.reason) == ["it is a key"])
        #expect(inventory.gaps.isEmpty)
    }

    @Test("Bare rpm -qa is read too, and says what it leaves open")
    func bareRPM() throws {
        let inventory = try Report.read(
            "python3-dnf-plugins-core-4.3.0-13.el9.noarch\nbind-32:9.16.23-14.el9.x86_64\nx\na-b\n",
            .rpm, release: OperatingSystemRelease(id: "rhel", version: "9.3")
        ).inventory
        #expect(
            inventory.packages.map { "\($0.name) \($0.version) \($0.architecture ?? "")" } == [
                "bind 32:9.16.23-14.el9 x86_64",
                "python3-dnf-plugins-core 4.3.0-13.el9 noarch",
            ])
        #expect(inventory.gaps == [.epochs, .sources])
        #expect(inventory.skipped.map(\.position) == [.line(3), .line(4)])
        #expect(inventory.packages[0].namespace == "redhat")
    }

    @Test("apk: the database and the list say the same; info -v says less")
    func apk() throws {
        let alpine = OperatingSystemRelease(id: "alpine", version: "3.19.1")
        let database = try Report.read(
            "C:Q1x=\nP:libcurl\nV:8.5.0-r0\nA:x86_64\nS:1\no:curl\nF:usr/lib\nR:x\n\n"
                + "P:musl\nV:1.2.4_git20230717-r4\nA:x86_64\no:musl\n\n",
            .apkInstalled, release: alpine)
        let list = try Report.read(
            "musl-1.2.4_git20230717-r4 x86_64 {musl} (MIT) [installed]\n"
                + "libcurl-8.5.0-r0 x86_64 {curl} (curl) [installed]\n"
                + "nano-7.2-r1 x86_64 {nano} (GPL-3.0-or-later)\n",
            .apkList, release: alpine)
        #expect(
            database.inventory.packages.map(\.source)
                == list.inventory.packages.map(\.source).map {
                    ReportedPackage.Source(name: $0?.name ?? "", version: $0?.version)
                })
        #expect(database.canonicalBytes == list.canonicalBytes)
        #expect(database.inventory.packages.map(\.ecosystem) == ["Alpine:v3.19", "Alpine:v3.19"])
        #expect(list.inventory.skipped.map(\.reason) == ["it is only offered"])
        let bare = try Report.read("libcurl-8.5.0-r0\n", .apkList, release: alpine).inventory
        #expect(bare.packages.map(\.version) == ["8.5.0-r0"])
        #expect(bare.gaps == [.sources, .architectures])
    }

    @Test(
        "A report that was cut off, or says nothing, is refused: its packages would seem gone",
        arguments: [
            (InventoryFormat.dpkgQuery, "installed curl amd64 7.8", "line 1"), (.dpkgQuery, "", ""),
            (.dpkgStatus, "Package: a\nStatus: install ok installed\nVersion: 1", "line 3"),
            (.dpkgStatus, "\n\n", "no package"), (.rpm, "bash-5.1.8-6.el9.x86", "line 1"),
            (.apkInstalled, "P:a\nV:1", "line 2"), (.apkList, "nonsense\n", "nonsense"),
            (.dpkgQuery, "\u{1}\n", "nothing in it can be read"),
            (.csv, "asset,cve\na,\"CVE-1", "line 2"), (.csv, "", "empty"),
            (.csv, "a,b\n1,2\n", "line 1"), (.csv, "cve,CVE\n", "line 1"),
            (.osRelease, "ID=debian", "line 1"), (.osRelease, "NAME=x\n", "ID is missing"),
            (.osRelease, "ID=\"deb\n", "line 1"), (.osRelease, "ID='a b'\n", "letters"),
            (.osRelease, "ID=\n", "not empty"),
        ])
    func refused(_ format: InventoryFormat, _ text: String, _ words: String) {
        #expect {
            try Report.read(text, format)
        } throws: { error in
            guard let error = error as? InventoryError else { return false }
            return error.format == format
                && (words.isEmpty || error.description.contains(words))
        }
    }

    @Test("Lines that are no UTF-8 or too long, and reports with too many entries, are refused")
    func limits() {
        #expect(throws: InventoryError(.rpm, .line(2), "it is not UTF-8")) {
            try PackageReportReader.report(Array("a-1-1.x\n".utf8) + [0xFF, 0x0A], .rpm)
        }
        let long = String(repeating: "x", count: 101)
        #expect(throws: InventoryError(.rpm, .line(1), "the line is longer than 100 bytes")) {
            try Report.read(long, .rpm, limits: InventoryLimits(line: 100))
        }
        #expect(throws: InventoryError(.rpm, .document, "it has more than 2 entries")) {
            try Report.read(
                "a-1-1.x\nb-1-1.x\nc-1-1.x\n", .rpm, limits: InventoryLimits(entries: 2))
        }
    }

    @Test("A report that was refused stays so, whatever follows")
    func refusedForGood() {
        var reader = PackageReportReader(.cycloneDX)
        for _ in 0..<3 {
            #expect(throws: InventoryError(.cycloneDX, .byte(1), "the name of a member is missing"))
            {
                try reader.read(Array("{]}".utf8))
            }
        }
        #expect(throws: InventoryError.self) { try reader.finish() }
    }

    @Test("Of many refusals all are counted and some are kept")
    func manySkipped() throws {
        let text = "a-1-1.x\n" + String(repeating: "x\n", count: 50)
        let inventory = try Report.read(text, .rpm, limits: InventoryLimits(skipped: 3)).inventory
        #expect(inventory.skipped.count == 3 && inventory.skippedCount == 50)
    }
}
