import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("The way of a patch, asked for by people", .timeLimit(.minutes(3)))
struct WholeWayTests {
    @Test("From the vendor's fix to complete evidence, and to documentation (I13, I14, I15)")
    func wholeWay() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.scheduled()
            let patch = planned.plan.patch
            let rollout = planned.plan.rollout
            #expect(planned.plan.batches.map(\.count) == [1, 2, 1])
            #expect(planned.plan.skipped.isEmpty)
            for web in 1...4 { #expect(house.hosts.version(on: "web-\(web)") == TestHosts.old) }

            #expect(
                try await useCases.startRollout(rollout.text, house.order(rita)).state
                    == "running")
            try await house.wait(for: rollout, RolloutPhase.completed)
            for web in 1...4 { #expect(house.hosts.version(on: "web-\(web)") == TestHosts.new) }
            #expect(house.hosts.version(on: "lab-1") == TestHosts.old)

            // The workflow documents a verified patch by itself; asking for it again is no harm.
            try await house.wait(for: patch, .documented)
            let written = try await useCases.document(patch.text, house.order(alice))
            #expect(written.state == "documented")

            let pack = try await useCases.evidence(
                of: patch.text, gustav, Moment(), isPartial: false)
            #expect(pack.missing.isEmpty)
            #expect(pack.assets.map(\.name).sorted() == ["web-1", "web-2", "web-3", "web-4"])
            #expect(pack.deeds.contains { $0.who == peter.person.text && $0.role == "approver" })
            #expect(pack.markdown().contains("# Evidence: curl security update"))
        }
    }

    @Test("The same request twice is one command, also when the world has moved on (I10)")
    func repetition() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.signedOff()
            let submit = house.order(rita, body: "submit")
            let first = try await useCases.submit(
                patch.text, House.production, expiresInSeconds: nil, submit)
            let approve = house.order(peter, body: "approve")
            let digest = try await house.binding(of: patch)
            let approved = try await useCases.approve(
                patch.text, digest: digest, reason: "read", approve)
            let plan = house.order(rita, body: "plan")
            let planned = try await useCases.plan(house.request(patch), plan)
            _ = try await useCases.withdraw(patch.text, reason: "recalled", house.order(alice))

            #expect(
                try await useCases.submit(
                    patch.text, House.production, expiresInSeconds: nil, submit) == first)
            #expect(
                try await useCases.approve(
                    patch.text, digest: digest, reason: "read", approve) == approved)
            #expect(try await useCases.plan(house.request(patch), plan) == planned)

            let other = house.order(rita, key: submit.idempotencyKey, body: "another body")
            await #expect(throws: AppendRefusal.commandReused) {
                try await useCases.submit(
                    patch.text, House.production, expiresInSeconds: nil, other)
            }
        }
    }

    @Test("A vendor's fix is recorded once, and tells its predecessor of itself")
    func identification() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let first = try await useCases.identify(House.identification, house.order(alice))
            #expect(first.state == "identified")
            let again = try await useCases.identify(House.identification, house.order(alice))
            #expect(again.id == first.id)
            #expect(again.version == 1)

            let changed = identification("DSA-5587-1", title: "something else")
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.identify(changed, $0)
                } == "already-identified")

            let successor = identification("DSA-6000-1", supersedes: first.id)
            let second = try await useCases.identify(successor, house.order(alice))
            let predecessor = try await house.patch(first.id)
            #expect(predecessor.state == .superseded)
            #expect(predecessor.successor == second.id)

            let orphan = identification("DSA-6001-1", supersedes: unknownPatch)
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.identify(orphan, $0)
                } == "invalid supersedes")
        }
    }

    @Test("A patch that nobody is offered is dismissed; one that is put off comes back")
    func detours() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await useCases.identify(House.identification, house.order(alice)).id
            let dismissed = try await useCases.dismiss(
                patch.text, reason: "nobody has it", house.order(alice))
            #expect(dismissed.state == "notApplicable")
            let history = try await house.store.read(patch, after: 0, limit: 10)
            #expect(
                history.contains {
                    $0.type == PatchDismissed.type
                        && String(decoding: $0.data, as: UTF8.self).contains("noApplicableAsset")
                })

            try await house.discover()
            let assessed = try await useCases.assess(
                patch.text, House.assessment, house.order(alice))
            #expect(assessed.state == "assessed")
            let applicable = try await house.patch(patch).assessment?.applicable
            #expect(applicable?.count == 5)

            let until = (house.clock.now + .seconds(86_400)).description
            #expect(
                try await useCases.deferPatch(
                    patch.text, until: until, reason: "year's end", house.order(rolf)
                ).state == "deferred")
            #expect(
                try await useCases.resumePatch(
                    patch.text, reason: "now", house.order(rolf)
                ).state == "assessed")
            #expect(
                try await useCases.withdraw(
                    patch.text, reason: "recalled", house.order(alice)
                ).state == "withdrawn")
            #expect(
                try await useCases.reinstate(
                    patch.text, reason: "it was a mistake", house.order(alice)
                ).state == "assessed")
        }
    }

    private func identification(
        _ vendorID: String, title: String = "curl security update", supersedes: StreamID? = nil
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: vendorID, title: title, kind: .update, purpose: .security,
            sourcePackage: "curl", packages: [TestHosts.package], origin: "Debian",
            supersedes: supersedes)
    }
}

let unknownPatch = StreamID(prefix: "pa", person(99).person.uuid)
