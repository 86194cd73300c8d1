import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Testing

@Suite("What patches are to each other, on a real database", .timeLimit(.minutes(4)))
struct RelatedPatchTests {
    private func identification(
        _ vendorID: String, _ kind: PatchKind = .update, source: String = "curl",
        package: PackageSelection = TestHosts.package, holds: [StreamID] = []
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: vendorID, title: vendorID, kind: kind, purpose: .security,
            sourcePackage: source, packages: [package], origin: "Debian:12.10/stable-security",
            holds: holds)
    }

    private func member(_ name: String, _ house: House) async throws -> StreamID {
        try await house.useCases.identify(identification(name), house.order(alice)).id
    }

    @Test(
        "A flaw that a patch introduced is stated in its plan, and both patches know of the mending"
    )
    func introducedFlaw() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.approved()
            let before = try await useCases.plan(house.request(patch), house.order(rita))
            #expect(before.plan.introducedFlaws == nil)
            let flaw = "curl fails over IPv6"
            _ = try await useCases.linkFlaw(
                patch.text, flaw, nil, reason: "seen", house.order(alice))
            await #expect(throws: StalePlan.self) { try await house.apply(before) }
            let after = try await useCases.plan(house.request(patch), house.order(rita))
            #expect(after.plan.introducedFlaws == [flaw])

            let hotfix = try await member("DSA-5587-2", house)
            _ = try await useCases.mendFlaw(
                patch.text, flaw, by: hotfix.text, reason: "the vendor says so",
                house.order(alice))
            let mended = MendedFlaw(patch: patch, flaw: flaw)
            try await house.wait("the hotfix to know what it mends") {
                try await house.patch(hotfix).mends == [mended]
            }
            let pack = try await useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: true)
            #expect(pack.introducedFlaws?.map(\.mendedBy) == [hotfix])
            #expect(pack.markdown().contains("Flaws that it introduced"))
            let other = try await useCases.evidence(
                of: hotfix.text, gustav, Moment(), isPartial: true)
            #expect(other.mends == [mended])

            _ = try await useCases.withdraw(hotfix.text, reason: "recalled", house.order(alice))
            try await house.wait("the flaw to be there again") {
                try await house.patch(patch).unmendedFlaws.map(\.flaw) == [flaw]
            }
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.mendFlaw(
                        patch.text, flaw, by: hotfix.text, reason: "r", $0)
                } == "invalid hotfix")
            // One that blocks is named by whoever asks for a plan.
            _ = try await useCases.linkFlaw(
                patch.text, flaw, .urgent, reason: "worse than that", house.order(alice))
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.plan(house.request(patch), $0)
                } == "introduced-flaws")
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.linkFlaw(patch.text, "x", nil, reason: "r", $0)
                } == "not-allowed")
        }
    }

    @Test("A verified service pack resolves what it holds, exactly once after any crash (I9, I10)")
    func servicePack() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            try await house.discover()
            let member = try await self.member("DSA-5587-1", house)
            _ = try await useCases.assess(
                member.text,
                AssessmentByHand(
                    riskClass: .important, assets: House.web.map(\.text),
                    checks: House.assessment.checks), house.order(alice))
            let wider = try await self.member("DSA-5587-9", house)
            _ = try await useCases.assess(wider.text, House.assessment, house.order(alice))
            let wanted = identification("SP-1", .servicePack, holds: [member, wider])
            let pack = try await useCases.identify(wanted, house.order(alice)).id
            try await house.wait("the member to know of its pack") {
                try await house.patch(member).membership?.pack == pack
            }
            try await expectRefusals(member, house)
            try await rollOut(pack, house)
            try await house.wait(for: member, .resolvedElsewhere)
            #expect(try await house.patch(member).membership?.remaining == 0)
            // The pack applies to the lab as well, and was approved for production alone.
            try await house.wait("the other member to know that the pack was brought elsewhere") {
                try await house.patch(wider).membership?.remaining == 1
            }
            #expect(try await house.patch(wider).state == .assessed)
            try await house.expectNothingRepeated(by: "coordinator")
        }
    }

    @Test("Of two packs that name one patch at once, one is refused, and knows it at once (I9)")
    func twoPacks() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            try await house.discover()
            let member = try await self.member("DSA-5587-1", house)
            let codes = await withTaskGroup(of: String?.self) { group in
                for number in 1...6 {
                    group.addTask {
                        do {
                            let pack = identification("SP-\(number)", .servicePack, holds: [member])
                            let order = house.order(alice)
                            return try await useCases.identify(pack, order).id.text
                        } catch {
                            return nil
                        }
                    }
                }
                return await group.reduce(into: [String]()) { $0 += [$1].compactMap(\.self) }
            }
            #expect(codes.count == 1)
            #expect(try await house.patch(member).membership?.pack.text == codes.first)
            let late = identification("SP-9", .servicePack, holds: [member])
            #expect(
                try await house.code(house.order(alice)) { try await useCases.identify(late, $0) }
                    == "invalid holds")
        }
    }

    private func expectRefusals(_ member: StreamID, _ house: House) async throws {
        let useCases = house.useCases
        for holds in [[member], [unknownPatch]] {
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.identify(
                        identification("SP-2", .servicePack, holds: holds), $0)
                } == "invalid holds")
        }
        let free = try await self.member("DSA-5588-1", house)
        #expect(
            try await house.code(house.order(alice)) {
                try await useCases.identify(identification("SP-3", holds: [free]), $0)
            } == "bad-holds")
    }

    /// From the assessment to the end of its rollout.
    private func rollOut(_ pack: StreamID, _ house: House) async throws {
        let useCases = house.useCases
        let assessment = AssessmentByHand(
            riskClass: .nonCritical, checks: House.assessment.checks)
        #expect(
            try await house.code(house.order(alice)) {
                try await useCases.assess(pack.text, assessment, $0)
            } == "invalid risk_class")
        _ = try await useCases.assess(
            pack.text,
            AssessmentByHand(
                riskClass: nil, checks: House.assessment.checks, dependents: ["shop"]),
            house.order(alice))
        let assessed = try #require(try await house.patch(pack).assessment)
        #expect(assessed.riskClass == .important)
        #expect(assessed.dependents == ["shop"])
        _ = try await useCases.acquire(
            pack.text, referenceAsset: House.lab.text, house.order(alice))
        try await house.wait(for: pack, .acquired)
        _ = try await useCases.test(pack.text, sample: [House.lab.text], house.order(alice))
        try await house.wait(for: pack, .tested)
        _ = try await useCases.signOff(pack.text, reason: "stable", house.order(alice))
        _ = try await useCases.submit(
            pack.text, House.production, expiresInSeconds: nil, house.order(rita))
        _ = try await useCases.approve(
            pack.text, digest: try await house.binding(of: pack), reason: "read",
            house.order(peter))
        let planned = try await house.schedule(
            try await useCases.plan(house.request(pack), house.order(rita)))
        _ = try await useCases.startRollout(planned.plan.rollout.text, house.order(rita))
        try await house.wait(for: pack, .documented)
    }

    @Test("Several source packages of one advisory become one patch, and what stood for them ends")
    func group() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            try await house.discover()
            let curl = try await member("debian/curl/7.88.1-2", house)
            let library = try await useCases.identify(
                identification(
                    "debian/nghttp2/1.52.0-2", source: "nghttp2",
                    package: PackageSelection(
                        name: "libnghttp2-14", architecture: "amd64", version: "1.52.0-2")),
                house.order(alice)
            ).id
            let order = house.order(rita, body: "group")
            let written = try await useCases.groupPatches(
                [curl.text, library.text], vendorID: "DSA-6001-1", title: nil, order)
            for part in [curl, library] {
                try await house.wait(for: part, .superseded)
                #expect(try await house.patch(part).successor == written.id)
            }
            let set = try #require(try await house.patch(written.id).identification)
            #expect(set.packages.map(\.name) == ["curl", "libnghttp2-14"])
            #expect(set.source(of: "libnghttp2-14") == "nghttp2")
            // The same request is the same answer, though the parts have moved on (I10).
            #expect(
                try await useCases.groupPatches(
                    [curl.text, library.text], vendorID: "DSA-6001-1", title: nil, order)
                    == written)
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.groupPatches(
                        [curl.text, library.text], vendorID: "DSA-6001-2", title: nil, $0)
                } == "invalid patches")
            // The set goes on like any patch.
            #expect(
                try await useCases.assess(
                    written.id.text, House.assessment, house.order(alice)
                ).state == "assessed")
        }
    }

    @Test("Dependents are named once each, and an asset among them has to be there")
    func dependents() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.identified()
            func assessment(_ dependents: [String]) -> AssessmentByHand {
                AssessmentByHand(
                    riskClass: .important, checks: House.assessment.checks,
                    dependents: dependents)
            }
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.assess(
                        patch.text, assessment(["shop", House.asset("nobody").text]), $0)
                } == "invalid dependents")
            _ = try await useCases.assess(
                patch.text, assessment(["shop", House.web[0].text, "shop"]), house.order(alice))
            #expect(
                try await house.patch(patch).assessment?.dependents
                    == ["shop", House.web[0].text])
            let pack = try await useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: true)
            #expect(pack.dependents == ["shop", House.web[0].text])
            let view = try await useCases.show(.patch, patch.text, gustav, Moment())
            #expect(String(decoding: view.document, as: UTF8.self).contains(#""dependents":["#))
        }
    }
}
