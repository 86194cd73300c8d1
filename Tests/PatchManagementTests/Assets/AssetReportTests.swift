import Advisories
import EventSourcing
import FoundationEssentials
import Testing

@testable import PatchManagement

@Suite("Reports about assets: scanners, bills of materials, package lists")
struct AssetReportTests {
    private let registration = AssetRegistration(name: "web-1", address: "192.0.2.1")

    private func context(_ day: Int = 0) -> CommandContext {
        CommandContext(
            actor: Actor(id: "pe_1", role: "analyst"), at: Moments.days(day), commandID: UUID())
    }

    private func registered() throws -> Asset {
        var asset = Asset()
        for event in try AssetDecider.decide(.register(registration), context(), asset) {
            AssetDecider.evolve(&asset, event)
        }
        return asset
    }

    private func report(_ csv: String) throws -> AssetReport {
        AssetReport(try PackageReportReader.report(Array(csv.utf8), .csv))
    }

    private func taking(
        _ csv: String = "purl\npkg:npm/lodash@4.17.20\n", source: String = "sbom", gathered: Int = 0
    ) throws -> ReportTaking {
        ReportTaking(
            source: source, format: .csv, gathered: Moments.days(gathered), try report(csv),
            skipped: 0)
    }

    @Test("The same content in another order is the same report, and costs nothing")
    func order() throws {
        let one = try report("purl\npkg:npm/lodash@4.17.20\npkg:pypi/jinja2@3.1.2\n")
        let other = try report("purl\npkg:pypi/jinja2@3.1.2\npkg:npm/lodash@4.17.20\n")
        #expect(one == other)
        #expect(one.document.digest == other.document.digest)
        #expect(one.matchable.map(\.ecosystem.text) == ["npm", "PyPI"])
    }

    @Test("A later report of one source takes the place of the one before, and of no other's")
    func sources() throws {
        var asset = try registered()
        func take(_ taking: ReportTaking, _ day: Int) throws -> [AssetEvent] {
            let events = try AssetDecider.decide(.report(taking), context(day), asset)
            for event in events { AssetDecider.evolve(&asset, event) }
            return events
        }
        let first = try taking()
        #expect(try take(first, 0).count == 1)
        #expect(try take(first, 0).isEmpty, "word for word the same says nothing")
        guard case .reportConfirmed = try take(taking(gathered: 1), 1).first else {
            Issue.record("the same content, looked at again, confirms")
            return
        }
        _ = try take(taking("purl\npkg:npm/react@18.0.0\n", source: "trivy", gathered: 1), 1)
        let events = try take(taking("purl\npkg:npm/react@18.0.0\n", gathered: 2), 2)
        guard case .reportTaken(let taken) = events.first else {
            Issue.record("\(events)")
            return
        }
        #expect(taken.before == first.report)
        #expect(asset.reports.map(\.source) == ["sbom", "trivy"])
    }

    @Test("What is older than what is known, of the future, of no source or of too many is refused")
    func refusals() throws {
        var asset = try registered()
        func refusal(_ taking: ReportTaking, _ day: Int = 0) -> AssetRejection? {
            do throws(AssetRejection) {
                for event in try AssetDecider.decide(.report(taking), context(day), asset) {
                    AssetDecider.evolve(&asset, event)
                }
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(try taking(gathered: 1))?.code == "bad-gathered")
        for source in ["", "a b", "trivy\n", String(repeating: "x", count: 65)] {
            #expect(refusal(try taking(source: source))?.code == "bad-source")
        }
        #expect(refusal(try taking()) == nil)
        let older = try taking("purl\npkg:npm/react@18.0.0\n", gathered: -1)
        #expect(refusal(older)?.code == "older-report")
        for number in 1..<AssetDecider.mostSources {
            #expect(refusal(try taking(source: "scanner-\(number)")) == nil)
        }
        #expect(refusal(try taking(source: "one-more"))?.code == "too-many-sources")
        for event in try AssetDecider.decide(.decommission(reason: "sold"), context(), asset) {
            AssetDecider.evolve(&asset, event)
        }
        #expect(refusal(try taking(gathered: 0))?.code == "asset-decommissioned")
    }

    @Test("A report about several assets is taken apart by their names")
    func parts() throws {
        let report = try PackageReportReader.report(
            Array(
                """
                asset,cve,package,status
                web-1,CVE-2026-0001,curl,open
                web-2,CVE-2026-0002,curl,open
                web-1,CVE-2026-0003,curl,fixed

                """.utf8), .csv)
        #expect(AssetReport.assets(in: report) == ["web-1", "web-2"])
        #expect(AssetReport(report, of: "web-1").open.map(\.text) == ["CVE-2026-0001"])
        #expect(AssetReport(report, of: "web-2").open.map(\.text) == ["CVE-2026-0002"])
    }

    @Test("A source is forgotten with a reason, once; what it says later counts again")
    func forgetting() throws {
        var asset = try registered()
        func tell(_ command: AssetCommand) throws -> [AssetEvent] {
            let events = try AssetDecider.decide(command, context(2), asset)
            for event in events { AssetDecider.evolve(&asset, event) }
            return events
        }
        let sent = try taking()
        _ = try tell(.report(sent))
        #expect(throws: AssetRejection.unknownSource("trivy", known: ["sbom"])) {
            try tell(.forgetSource("trivy", reason: "given up"))
        }
        #expect(throws: AssetRejection.self) { try tell(.forgetSource("sbom", reason: " ")) }
        guard
            case .sourceForgotten(let forgotten) = try tell(
                .forgetSource("sbom", reason: "given up")
            ).first
        else {
            Issue.record("it was not forgotten")
            return
        }
        #expect(forgotten.report == sent.report && asset.reports.isEmpty)
        #expect(throws: AssetRejection.unknownSource("sbom", known: [])) {
            try tell(.forgetSource("sbom", reason: "again"))
        }
        guard case .reportTaken(let taken) = try tell(.report(sent)).first else {
            Issue.record("it was not taken again")
            return
        }
        #expect(taken.before == nil)
    }

    @Test(
        "An instance's report that is its image's names the image, and when it was seen to run it")
    func images() throws {
        var image = try registered()
        for event in try AssetDecider.decide(.report(try taking()), context(1), image) {
            AssetDecider.evolve(&image, event)
        }
        let known = try #require(image.reports.first)
        let origin = ImageOrigin(asset: registration.asset, image: "sha256:ab")
        let taking = ReportTaking(of: origin, known, gathered: Moments.days(9))
        #expect(taking.source == "image.sbom" && ImageOrigin.isSource(taking.source))
        #expect(taking.report == known.report && taking.counts == known.counts)
        #expect(taking.faults.isEmpty)
        let long = ImageOrigin.source(String(repeating: "s", count: ReportTaking.longestSource))
        #expect(long.utf8.count == ReportTaking.longestSource)
        // A second look at the same source keeps what is known of its form.
        for event in try AssetDecider.decide(
            .report(try self.taking(gathered: 1)), context(1), image)
        { AssetDecider.evolve(&image, event) }
        #expect(image.reports.first?.format == known.format)
    }
}
