package import EventSourcing
package import PatchManagement

/// Collects the history of a patch over all of its streams and compiles the evidence from it.
package struct EvidenceCompiler: Sendable {
    private let store: any EventStore
    private let reads: any ReadModel

    /// - Parameter reads: Only for what is disputed, and for which exceptions there are: the evidence
    ///   comes from the log alone.
    package init(store: any EventStore, reads: any ReadModel) {
        self.store = store
        self.reads = reads
    }

    /// The findings that the patch is to have mended and that somebody still finds; sorted.
    package func disputed(_ patch: StreamID) async throws -> [StreamID] {
        let events = try await history(of: patch, upTo: nil)
        guard let assets = try await approved(in: events) else { return [] }
        let identified = try events.first { $0.type == PatchIdentified.type }.map {
            try PatchIdentified.decode(schemaVersion: $0.schemaVersion, data: $0.data)
        }
        return try await DisputedFindings(reads: reads).of(
            identified?.identification.packages ?? [], on: assets)
    }

    /// - Parameters:
    ///   - last: Leaves out what was recorded behind this position.
    ///   - naming: Says what a person is called. Only for a pack that is shown: one that is stored
    ///     knows people by their ids alone, as it can't forget.
    /// - Throws: `EvidenceError` when the history can't be read; `EventStoreError`.
    package func compile(
        _ patch: StreamID, upTo last: Int64? = nil,
        naming: ((StreamID) async throws -> String?)? = nil
    ) async throws -> EvidencePack {
        let own = try await history(of: patch, upTo: last)
        var rollouts: [[RecordedEvent]] = []
        var deployments: [[RecordedEvent]] = []
        for rollout in try self.rollouts(in: own) {
            let events = try await history(of: rollout, upTo: last)
            guard !events.isEmpty else { continue }
            rollouts.append(events)
            for target in try await targets(of: events) {
                let deployment = StreamID.deployment(of: target, in: rollout)
                let events = try await history(of: deployment, upTo: last)
                if !events.isEmpty { deployments.append(events) }
            }
        }
        var exceptions: [[RecordedEvent]] = []
        for exception in try await self.exceptions(for: own) {
            let events = try await history(of: exception, upTo: last)
            if events.contains(where: { $0.type == ExceptionGranted.type }) {
                exceptions.append(events)
            }
        }
        var names: [String: String] = [:]
        let actors = Set(
            ([own] + rollouts + deployments + exceptions).joined().flatMap { event in
                [event.actor.id] + (event.actor.onBehalfOf.map { [$0] } ?? [])
            }
        ).sorted().compactMap(StreamID.init)
        for person in actors where person.prefix == PersonDecider.prefix {
            names[person.text] = try await naming?(person)
        }
        return try EvidencePack.compile(
            patch: own, rollouts: rollouts, deployments: deployments,
            targets: try await approved(in: own), exceptions: exceptions, names: names)
    }

    /// Those that stand or stood in for the patch somewhere: for it, for assets that it applies to,
    /// or for findings that it mends there.
    private func exceptions(for events: [RecordedEvent]) async throws -> [StreamID] {
        guard let patch = events.first?.stream else { return [] }
        var subject = PatchDecider.initialState
        for event in events {
            PatchDecider.evolve(
                &subject,
                try PatchEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data))
        }
        guard let applicable = subject.assessment?.applicable,
            let document = try await store.document(applicable.assets)
        else { return [] }
        let assets = try CanonicalJSON.decode([StreamID].self, from: document.bytes)
        return try await ExceptionsOfPatch(
            store: store, reads: reads, patch: patch,
            packages: Set((subject.identification?.packages ?? []).map(\.name)),
            assets: Set(assets)
        ).find()
    }

    /// The assets that the approval given last is for.
    private func approved(in events: [RecordedEvent]) async throws -> [StreamID]? {
        guard let asked = events.last(where: { $0.type == ApprovalRequested.type }) else {
            return nil
        }
        let targets = try ApprovalRequested.decode(
            schemaVersion: asked.schemaVersion, data: asked.data
        ).binding.targets
        guard let document = try await store.document(targets.assets) else { return nil }
        return try CanonicalJSON.decode([StreamID].self, from: document.bytes)
    }

    private func history(of stream: StreamID, upTo last: Int64?) async throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        while true {
            let page = try await store.read(stream, after: events.count, limit: 1000)
            events += page
            if page.count < 1000 { break }
        }
        return events.filter { $0.position <= last ?? .max }
    }

    /// The patch's rollouts, in the order in which it heard of them.
    private func rollouts(in events: [RecordedEvent]) throws -> [StreamID] {
        var rollouts: [StreamID] = []
        for event in events where event.type == RolloutObserved.type {
            let observed = try RolloutObserved.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            let rollout = observed.overview.rollout
            if !rollouts.contains(rollout) { rollouts.append(rollout) }
        }
        return rollouts
    }

    /// The assets of the plan that was started last.
    private func targets(of rollout: [RecordedEvent]) async throws -> [StreamID] {
        guard let planned = rollout.last(where: { $0.type == RolloutPlanned.type }) else {
            return []
        }
        let digest = try RolloutPlanned.decode(
            schemaVersion: planned.schemaVersion, data: planned.data
        ).planDigest
        guard let document = try await store.document(digest) else {
            throw EventStoreError(.corrupted, "the plan \(digest) is not among the documents")
        }
        let plan = try CanonicalJSON.decode(RolloutPlan.self, from: document.bytes)
        return plan.batches.joined().map(\.asset)
    }
}
