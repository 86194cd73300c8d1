import Advisories
import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Baselines, and what differs from them", .timeLimit(.minutes(2)))
struct BaselineUseCaseTests {
    private func baseline(_ version: String, _ more: PackageStandard...) -> Baseline {
        Baseline(
            kind: "machine", scheme: .debian,
            standards: [PackageStandard(name: "curl", version: version)] + more)
    }

    @Test("The report counts versions and names what is behind, by the last inventories")
    func drift() async throws {
        try await withHouse { house in
            house.hosts.touch("web-1")
            try await house.discover()
            #expect(
                try await house.code(house.order(alice)) { _ in
                    try await house.useCases.drift(from: "machine", gustav, DriftWish())
                } == "no baseline")
            let set = try await house.useCases.setBaseline(
                baseline(TestHosts.new), house.order(rita))
            let drift = try await house.useCases.drift(from: "machine", gustav, DriftWish())
            #expect(drift.report.assets == 5)
            #expect(drift.report.assetsOnBaseline == 1)
            #expect(
                drift.report.spreads.map(\.description)
                    == ["2 versions of curl; standard is \(TestHosts.new)"])
            #expect(drift.report.spreads.first?.onStandard == 1)
            #expect(Set(drift.report.drifts.map(\.direction)) == [.behind])
            #expect(
                drift.names.values.sorted() == ["lab-1", "web-2", "web-3", "web-4"])

            var wish = DriftWish()
            wish.asset = House.asset("web-2").text
            let one = try await house.useCases.drift(from: set.id.text, gustav, wish)
            #expect(one.report.assets == 1 && one.report.drifts.count == 1)

            // As it was when another one was set, though it was replaced since.
            _ = try await house.useCases.setBaseline(
                baseline(
                    TestHosts.old, PackageStandard(name: "nginx", version: "1", isRequired: true)),
                house.order(alice))
            var then = DriftWish()
            then.moment = Moment(asOf: "\(set.position)")
            #expect(
                try await house.useCases.drift(from: "machine", gustav, then).report.drifts
                    == drift.report.drifts)
            let now = try await house.useCases.drift(from: "machine", gustav, DriftWish())
            #expect(now.report.assetsOnBaseline == 0)
            #expect(now.report.drifts.count(where: { $0.direction == .missing }) == 5)
            #expect(now.report.drifts.count(where: { $0.direction == .ahead }) == 1)
        }
    }

    @Test("What others report of an asset counts as well, and its described system is its system")
    func reported() async throws {
        try await withHouse { house in
            _ = try await house.useCases.importAssets(
                format: "csv",
                text: "name,address,group,os,os_version\nbox-1,192.0.2.77,boxes,debian,12\n",
                house.order(alice))
            let status =
                "Package: curl\nStatus: install ok installed\nArchitecture: amd64\n"
                + "Version: \(TestHosts.old)\n\n\n"
            let taken = try await house.useCases.reportAssets(
                SentReport(
                    format: "dpkg-status", source: "cmdb", asset: "box-1",
                    bytes: Array(status.utf8)), house.order(alice))
            #expect(taken.assets.map(\.counts.matchable) == [1])
            let standards = Baseline(
                kind: "boxes", scheme: .debian,
                standards: [PackageStandard(name: "curl", version: TestHosts.new)])
            let set = try await house.useCases.setBaseline(standards, house.order(rita))
            var wish = DriftWish()
            wish.moment = Moment(minPosition: set.position)
            let drift = try await house.useCases.drift(from: "boxes", gustav, wish)
            #expect(drift.unreported == 0)
            #expect(drift.report.drifts.map(\.installed) == [TestHosts.old])
            #expect(drift.report.drifts.map(\.direction) == [.behind])
        }
    }

    @Test("A text that is no version, and a viewer, set no baseline")
    func refusals() async throws {
        try await withHouse { house in
            let unreadable = try await house.code(house.order(alice)) {
                try await house.useCases.setBaseline(baseline("no version"), $0)
            }
            #expect(unreadable == "bad-standards-version")
            let viewer = try await house.code(house.order(gustav)) {
                try await house.useCases.setBaseline(baseline("1"), $0)
            }
            #expect(viewer == "not-allowed")
        }
    }
}
