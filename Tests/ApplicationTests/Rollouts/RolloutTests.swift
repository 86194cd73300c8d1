import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("Running a rollout by people's decisions", .timeLimit(.minutes(3)))
struct RolloutTests {
    @Test("The plan is approved by another person, by its digest, and only then it starts (I14)")
    func approval() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.applied()
            let rollout = planned.plan.rollout.text
            let digest = planned.digest.description
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(rollout, $0)
                } == "rollout-wrong-state")
            let both = Caller(person: rita.person, roles: [.approver, .releaseManager])
            #expect(
                try await house.code(house.order(both)) {
                    try await useCases.approveRollout(rollout, digest: digest, reason: "r", $0)
                } == "requester-may-not-approve")
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.approveRollout(
                        rollout, digest: Digest(of: "x").description, reason: "r", $0)
                } == "stale-plan")
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.approveRollout(rollout, digest: digest, reason: "r", $0)
                } == "not-allowed")
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.approveRollout(rollout, digest: digest, reason: "", $0)
                } == "invalid reason")
            let order = house.order(peter)
            let approved = try await useCases.approveRollout(
                rollout, digest: digest, reason: "read", order)
            #expect(approved.state == "scheduled")
            #expect(
                try await useCases.approveRollout(
                    rollout, digest: digest, reason: "read", order) == approved)
            for web in 1...4 { #expect(house.hosts.version(on: "web-\(web)") == TestHosts.old) }
        }
    }

    @Test("Without the patch's approval nothing starts: revoked, or run out (I14)")
    func patchApproval() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.scheduled()
            let rollout = planned.plan.rollout
            house.clock.pass(.seconds(31 * 86_400))
            let code = try await house.code(house.order(rita)) {
                try await useCases.startRollout(rollout.text, $0)
            }
            // Before or after the timer has recorded it.
            #expect(["wrong-state", "approval-expired"].contains(code))
            #expect(try await house.rollout(rollout).batch == -1)
        }
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.scheduled()
            _ = try await useCases.revoke(
                planned.plan.patch.text, reason: "a doubt", house.order(peter))
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(planned.plan.rollout.text, $0)
                } == "wrong-state")
        }
    }

    @Test("A revocation between the decision to start and its commit stops the start (I14)")
    func race() async throws {
        try await withHouse { house in
            let planned = try await house.scheduled()
            let rollout = planned.plan.rollout
            let store = MeddlingStore(store: house.store, type: RolloutScheduled.type) {
                _ = try await house.useCases.revoke(
                    planned.plan.patch.text, reason: "a doubt", house.order(peter))
            }
            let racing = UseCases(
                bus: CommandBus(store: store), store: store, reads: house.useCases.reads,
                sealedLog: house.useCases.sealedLog, subjectKeys: house.useCases.subjectKeys,
                now: house.useCases.now,
                newID: house.useCases.newID)
            #expect(
                try await house.code(house.order(rita)) {
                    try await racing.startRollout(rollout.text, $0)
                } == "wrong-state")
            #expect(try await house.patch(planned.plan.patch).state == .approvalRevoked)
            let log = try await house.store.read(after: 0, limit: 10_000)
            #expect(!log.contains { $0.type == BatchStarted.type })
        }
    }

    @Test("A failure halts; it is acknowledged by name, and the rest goes on (I8)")
    func resume() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            house.hosts.damage("web-1", "web-2", "web-3", "web-4")
            let planned = try await house.scheduled()
            let rollout = planned.plan.rollout
            let id = rollout.text
            let canary = planned.plan.batches[0][0]
            _ = try await useCases.startRollout(id, house.order(rita))
            try await house.wait(for: rollout, RolloutPhase.paused)
            // The halt itself comes with a tally of its own, a little later.
            try await house.wait("the canary and the halt to be counted") {
                let state = try await house.rollout(rollout)
                return state.tally?.counts.bad == 1 && state.pause?.isCounted == true
            }
            house.hosts.mend()

            let other = planned.plan.batches[1][0].asset.text
            for (named, code) in [
                ([], "gate-still-halts"), ([other], "not-a-failure"),
                (["web-1"], "invalid acknowledge"),
            ] {
                #expect(
                    try await house.code(house.order(rita)) {
                        try await useCases.resumeRollout(
                            id, acknowledged: named, reason: "r", $0)
                    } == code)
            }
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.resumeRollout(
                        id, acknowledged: [canary.asset.text], reason: "r", $0)
                } == "not-allowed")
            #expect(
                try await house.code(house.order(Caller(person: rita.person, roles: [.approver]))) {
                    try await useCases.promoteRollout(id, reason: "r", $0)
                } == "releaser-may-not-promote")
            let promoted = try await useCases.promoteRollout(
                id, reason: "its own disk is broken", house.order(peter))
            #expect(promoted.state == "running")
            try await house.wait(for: rollout, RolloutPhase.completed)
        }
    }

    @Test("Pause, resume, abort and roll back, each once and with a reason")
    func stopping() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let planned = try await house.scheduled()
            let rollout = planned.plan.rollout
            let id = rollout.text
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.pauseRollout(id, reason: " ", $0)
                } == "invalid reason")
            #expect(
                try await useCases.pauseRollout(id, reason: "wait", house.order(rita)).state
                    == "paused")
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.startRollout(id, $0)
                } == "rollout-wrong-state")
            #expect(
                try await useCases.resumeRollout(
                    id, acknowledged: [], reason: "go on", house.order(rita)
                ).state == "scheduled")
            _ = try await useCases.startRollout(id, house.order(rita))
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.cancelRollout(id, reason: "too late", $0)
                } == "rollout-wrong-state")
            try await house.wait(for: rollout, RolloutPhase.completed)
            _ = try await useCases.rollBackRollout(
                id, .all, reason: "it was slow", house.order(rita))
            try await house.wait(for: rollout, RolloutPhase.rolledBack)
            for web in 1...4 { #expect(house.hosts.version(on: "web-\(web)") == TestHosts.old) }
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.abortRollout(id, reason: "r", $0)
                } == "rollout-wrong-state")
        }
    }

    @Test("Nothing can be asked of a rollout that nobody planned")
    func unknown() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let id = StreamID(prefix: "ro", unknownPatch.uuid).text
            let digest = Digest(of: "x").description
            let asked: [(Caller, String, (Order) async throws -> Written)] = [
                (rita, "no rollout", { try await useCases.apply(id, digest: digest, $0) }),
                (rita, "no rollout", { try await useCases.startRollout(id, $0) }),
                (
                    rita, "no rollout",
                    {
                        try await useCases.resumeRollout(
                            id, acknowledged: [], reason: "r", $0)
                    }
                ),
                (
                    peter, "no rollout",
                    {
                        try await useCases.approveRollout(
                            id, digest: digest, reason: "r", $0)
                    }
                ),
                (
                    rita, "no rollout",
                    { try await useCases.pauseRollout(id, reason: "r", $0) }
                ),
                (rita, "no rollout", { try await useCases.abortRollout("web", reason: "r", $0) }),
            ]
            for (caller, code, ask) in asked {
                #expect(try await house.code(house.order(caller), ask) == code)
            }
            let state = try await house.bus.state(
                of: StreamID(prefix: "ro", unknownPatch.uuid), as: RolloutDecider.self)
            #expect(state.version == 0)
        }
    }
}
