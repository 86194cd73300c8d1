import Advisories
import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// Instances that are replaced rather than patched have what their image has.
@Suite("Images and what runs them", .timeLimit(.minutes(3)))
struct ImageTests {
    private static func status(_ version: String) -> [UInt8] {
        Array(
            """
            Package: curl
            Status: install ok installed
            Architecture: amd64
            Version: \(version)


            """.utf8)
    }

    private static func report(_ version: String, on asset: String) -> SentReport {
        SentReport(
            format: "dpkg-status", source: "build", asset: asset, osName: "debian",
            osVersion: "12", bytes: status(version))
    }

    private func importing(_ lines: String, _ house: House) async throws {
        _ = try await house.useCases.importAssets(
            format: "csv", text: "name,address,kind,image,ephemeral\n" + lines,
            house.order(rita))
    }

    private func asset(_ name: String, _ house: House) async throws -> Asset {
        try await house.bus.state(of: House.asset(name), as: AssetDecider.self).state
    }

    @Test("A finding opens and closes on an instance by the report of the image that it runs")
    func findings() async throws {
        try await withHouse { house in
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-1", fixed: "2")])
            try await importing("img-1,img-1,image,sha256:aa,\n", house)
            _ = try await house.useCases.reportAssets(
                Self.report("1", on: "img-1"), house.order(alice))
            // Imported after the report, it takes it; before, the report is spread.
            try await importing(
                "pod-1,192.0.2.1,cloud-instance,sha256:aa,true\n"
                    + "pod-2,192.0.2.2,cloud-instance,sha256:aa,false\n", house)
            let pod = try await asset("pod-1", house)
            #expect(pod.reports.map(\.source) == ["image.build"])
            #expect(try await asset("pod-2", house).reports.isEmpty, "it is patched, not replaced")
            try await house.wait("a finding on the instance") {
                try await house.finding("CVE-2026-1", on: "pod-1").phase == .open
            }
            house.clock.pass(.seconds(60))
            let spread = try await house.useCases.reportAssets(
                Self.report("2", on: "img-1"), house.order(alice))
            #expect(spread.refused.isEmpty)
            try await house.wait("its end") {
                try await house.finding("CVE-2026-1", on: "pod-1").phase == .resolved
            }
            let finding = try await house.finding("CVE-2026-1", on: "pod-1")
            #expect(finding.resolution?.source == "image.build")
        }
    }

    @Test("Another image takes the place of the one before, and an unknown one is said to be so")
    func verified() async throws {
        try await withHouse { house in
            try await importing(
                "img-1,img-1,image,sha256:aa,\nimg-2,img-2,image,sha256:bb,\n"
                    + "pod-1,192.0.2.1,,sha256:aa,true\npod-2,192.0.2.2,,sha256:cc,true\n", house)
            _ = try await house.useCases.reportAssets(
                Self.report("1", on: "img-1"), house.order(alice))
            var other = Self.report("1", on: "img-2")
            other = SentReport(
                format: other.format, source: "scan", asset: "img-2", osName: "debian",
                osVersion: "12", bytes: Self.status("2"))
            _ = try await house.useCases.reportAssets(other, house.order(alice))
            #expect(try await asset("pod-1", house).reports.map(\.source) == ["image.build"])
            let all = try await house.useCases.verifyImages(nil, house.order(alice))
            #expect(all.map(\.name) == ["pod-1", "pod-2"])
            #expect(all.map(\.outcome) == [.confirmed, .refused])
            #expect(all[1].reason?.contains("sha256:cc") == true)
            // It runs the other one now: what the first said is forgotten.
            try await importing("pod-1,192.0.2.1,,sha256:bb,\n", house)
            let again = try await house.useCases.verifyImages(
                [House.asset("pod-1").text], house.order(alice))
            #expect(again.map(\.outcome) == [.taken])
            #expect(try await asset("pod-1", house).reports.map(\.source) == ["image.scan"])
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.verifyImages([House.asset("img-1").text], $0)
                } == "invalid assets")
            #expect(
                try await house.code(house.order(gustav)) {
                    try await house.useCases.verifyImages(nil, $0)
                } == "not-allowed")
        }
    }

    @Test(
        "What a list shows is of when it was taken, and an instance that is gone shows nothing (I13)"
    )
    func gone() async throws {
        try await withHouse { house in
            try await importing(
                "img-1,img-1,image,sha256:aa,\npod-1,192.0.2.1,,,true\npod-2,192.0.2.2,,,true\n",
                house)
            _ = try await house.useCases.reportAssets(
                Self.report("1", on: "img-1"), house.order(alice))
            let taken = house.clock.now + .seconds(-600)
            func reconcile(_ lines: String, taken: Timestamp?) async throws -> CloudOutcome {
                try await house.useCases.reconcileCloud(
                    SentCloudList(
                        provider: "generic", account: "rack", taken: taken,
                        bytes: Array(("id,address,image\n" + lines).utf8)), house.order(alice))
            }
            let pod2 = "v2,192.0.2.2,sha256:aa\n"
            let first = try await reconcile("v1,192.0.2.1,sha256:aa\n" + pod2, taken: taken)
            #expect(first.refused.isEmpty && first.reconciliation.managed.count == 2)
            let seen = try await asset("pod-1", house).reports
            #expect(seen.map(\.source) == ["image.build"])
            #expect(seen.map(\.gathered) == [taken], "nobody has looked since")

            _ = try await reconcile(pod2, taken: nil)
            let verified = try await house.useCases.verifyImages(nil, house.order(alice))
            #expect(verified.map(\.name) == ["pod-1", "pod-2"])
            #expect(verified.map(\.outcome) == [.refused, .confirmed])
            #expect(verified[0].reason?.contains("no longer in its account's list") == true)
            #expect(try await asset("pod-1", house).reports == seen)
        }
    }

    @Test("Of two lists at once, the one that is recorded last is what every asset shows")
    func listsAtOnce() async throws {
        try await withHouse { house in
            let count = 40
            try await importing(
                (1...count).map { "pod-\($0),192.0.2.\($0),,,\n" }.joined(), house)
            func list(_ zone: String) -> [UInt8] {
                Array(
                    ("id,address,name\n"
                        + (1...count).map { "v\($0),192.0.2.\($0),\(zone)\n" }.joined()).utf8)
            }
            func reconcile(_ zone: String, taken: Timestamp) async throws {
                _ = try await house.useCases.reconcileCloud(
                    SentCloudList(
                        provider: "generic", account: "rack", taken: taken, bytes: list(zone)),
                    house.order(alice))
            }
            let scope = CloudScope(provider: .generic, account: "rack", region: nil)
            let first = house.clock.now + .seconds(-9_000)
            try await reconcile("z", taken: first)
            for round in 1...4 {
                let old = first + .seconds(Int64(round) * 100)
                let (older, newer) = ("old\(round)", "new\(round)")
                let outcomes = await withTaskGroup(of: Bool.self) { group in
                    for (name, taken) in [(older, old), (newer, old + .seconds(50))] {
                        group.addTask {
                            do {
                                try await reconcile(name, taken: taken)
                                return true
                            } catch {
                                return false
                            }
                        }
                    }
                    return await group.reduce(into: [Bool]()) { $0.append($1) }
                }
                #expect(outcomes.contains(true))
                let account = try await house.bus.state(
                    of: scope.stream, as: CloudAccountDecider.self
                ).state
                let isNewer = account.last?.list == Digest(of: list(newer))
                for number in 1...count {
                    let shown = try await asset("pod-\(number)", house).cloud?.instance.name
                    #expect(
                        shown == (isNewer ? newer : older), "pod-\(number), round \(round)")
                }
            }
        }
    }

    @Test("A source is forgotten by who may, and nobody reports under an image's name")
    func sources() async throws {
        try await withHouse { house in
            _ = try await house.useCases.watchFeed(House.feed, house.order(alice))
            _ = try await house.take([House.advisory("CVE-2026-1", fixed: "2")])
            try await importing("app-1,app-1,application,,\n", house)
            let id = House.asset("app-1").text
            for source in ["host", "image.build"] {
                let sent = SentReport(
                    format: "dpkg-status", source: source, asset: "app-1", osName: "debian",
                    osVersion: "12", bytes: Self.status("1"))
                #expect(
                    try await house.code(house.order(alice)) {
                        try await house.useCases.reportAssets(sent, $0)
                    } == "invalid source")
            }
            _ = try await house.useCases.reportAssets(
                Self.report("1", on: "app-1"), house.order(alice))
            try await house.wait("a finding") {
                try await house.finding("CVE-2026-1", on: "app-1").phase == .open
            }
            #expect(
                try await house.code(house.order(rita)) {
                    try await house.useCases.forgetSource(id, source: "build", reason: "r", $0)
                } == "not-allowed")
            #expect(
                try await house.code(house.order(alice)) {
                    try await house.useCases.forgetSource(id, source: "trivy", reason: "r", $0)
                } == "unknown-source")
            _ = try await house.useCases.forgetSource(
                id, source: "build", reason: "the build is gone", house.order(alice))
            try await house.wait("its end") {
                try await house.finding("CVE-2026-1", on: "app-1").dismissed?.dismissal
                    == .sourceForgotten
            }
        }
    }

    @Test("What nobody can log in to is not scanned when all are")
    func scans() async throws {
        try await withHouse { house in
            try await importing(
                "img-1,img-1,image,sha256:aa,\nsw-1,192.0.2.9,network-device,,\nweb-1,192.0.2.1,,,\n",
                house)
            let scans = try await house.useCases.scanAssets(
                nil, what: ["inventory"], house.order(alice))
            #expect(scans.requested == 1)
        }
    }
}
