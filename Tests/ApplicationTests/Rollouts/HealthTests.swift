import Application
import EventSourcing
import PatchManagement
import Support
import Testing

/// Probes of a published policy, over real connections, through store, worker and read model.
@Suite("A rollout that watches its hosts over the network", .timeLimit(.minutes(5)))
struct HealthTests {
    private func policy(_ server: PublisherServer) -> String {
        """
        {"rollout": {"health": {"interval_seconds": 5, "sample_hosts": 2, "probes": [
            {"name": "web", "kind": "http", "port": \(server.port), "path": "/healthz",
             "reach": "loopback"},
            {"name": "port", "kind": "tcp", "port": \(server.port), "reach": "loopback"}]}}}
        """
    }

    private func planned(
        _ house: House, _ patch: StreamID, _ probes: [String], soak: Int = 5
    ) async throws -> PlannedRollout {
        var request = house.request(patch)
        request.soakSeconds = soak
        request.probes = probes
        return try await house.useCases.plan(request, house.order(rita))
    }

    @Test(
        "I8: a canary whose service is up and whose page is not halts, with probe, value, limit and host"
    )
    func badCanary() async throws {
        let server = try PublisherServer()
        try await withHouse { house in
            server.serve("/healthz") { asked in
                let name = (asked.headers["host"] ?? "").prefix { $0 != ":" }
                let isOld = house.hosts.version(on: String(name)) == TestHosts.old
                return PublisherServer.Answer(isOld ? 200 : 503)
            }
            let patch = try await house.approved()
            try await house.publish(policy(server), "account")
            let planned = try await planned(house, patch, ["web", "port"])
            #expect(planned.plan.health?.probes.map(\.name) == ["web", "port"])
            _ = try await house.schedule(planned)
            let rollout = planned.plan.rollout
            _ = try await house.useCases.startRollout(rollout.text, house.order(rita))
            try await house.wait(for: rollout, RolloutPhase.paused)

            let canary = try #require(planned.plan.batches[0].first)
            #expect(house.hosts.version(on: canary.host.name) == TestHosts.new)
            let halts = try await house.store.read(rollout, after: 0, limit: 1000)
                .filter { $0.type == RolloutPaused.type }
                .map {
                    try RolloutPaused.decode(schemaVersion: $0.schemaVersion, data: $0.data)
                }
            let cause = try #require(halts.last?.cause)
            #expect(cause.rule == .health && cause.value == 100 && cause.limit == 0)
            #expect(cause.assets == [canary.asset] && cause.health?.probe == "web")
            for target in planned.plan.batches.dropFirst().joined() {
                #expect(house.hosts.version(on: target.host.name) == TestHosts.old)
            }
        }
    }

    @Test("Healthy hosts take the patch to the end; what they said is shown, and kept by digest")
    func healthy() async throws {
        let server = try PublisherServer()
        server.serve("/healthz") { _ in PublisherServer.Answer(200) }
        try await withHouse { house in
            let patch = try await house.approved()
            try await house.publish(policy(server), "account")
            let planned = try await house.schedule(try await planned(house, patch, ["web"]))
            let rollout = planned.plan.rollout
            _ = try await house.useCases.startRollout(rollout.text, house.order(rita))
            try await house.wait(for: rollout, .completed)
            let events = try await house.store.read(rollout, after: 0, limit: 1000)
            let rounds = try events.filter { $0.type == HealthRecorded.type }.map {
                try HealthRecorded.decode(schemaVersion: $0.schemaVersion, data: $0.data)
            }
            #expect(rounds.count { $0.round.kind == .baseline } == 3)
            #expect(Set(rounds.filter { $0.round.kind == .soak }.map(\.round.batch)) == [0, 1, 2])
            for round in rounds {
                let document = try #require(try await house.store.document(round.report))
                let report = try CanonicalJSON.decode(HealthReport.self, from: document.bytes)
                #expect(report.round == round.round && !report.subjects.isEmpty)
                #expect(report.subjects.count <= 2, "a sample of the batch is asked")
            }
            let position = try #require(events.last).position
            let shown = try await house.useCases.show(
                .rollout, rollout.text, rita, Moment(minPosition: position))
            let text = String(decoding: shown.document, as: UTF8.self)
            #expect(text.contains(#""health":{"at":"#) && text.contains(#""baseline_samples":1"#))
        }
    }

    @Test("What is named and isn't there, or falls between two rounds, is refused with its name")
    func refusals() async throws {
        let server = try PublisherServer()
        try await withHouse { house in
            let patch = try await house.approved()
            func refusal(_ probes: [String], soak: Int) async throws -> String {
                let error = try await house.refusal(house.order(rita)) { order in
                    var request = house.request(patch)
                    request.soakSeconds = soak
                    request.probes = probes
                    return try await house.useCases.plan(request, order)
                }
                return (error as? any DomainRejection)?.message ?? "\(error)"
            }
            #expect(try await refusal(["web"], soak: 60).contains("no probe, publish one first"))
            try await house.publish(policy(server), "account")
            #expect(try await refusal(["shop"], soak: 60).contains("only web, port"))
            #expect(try await refusal(["web"], soak: 4).contains("soak_seconds of batch 0 is 4"))
            try await house.publish(
                #"{"rollout": {"gate": {"needs_health": true}}}"#, "account")
            #expect(try await refusal([], soak: 60).contains("needs_health is true"))
        }
    }
}
