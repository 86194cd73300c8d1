import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

@testable import Projections

/// What a view says of a stream is what its decider says, after every command of a seeded history.
@Suite struct StateTests {
    @Test func patchesShowTheStateTheySignOffAndDecideBy() async throws {
        try await followEachEvent("patches") { event, views, state in
            guard event.stream.prefix == "pa" else { return }
            var patch = state.patches[event.stream] ?? PatchDecider.initialState
            PatchDecider.evolve(&patch, try PatchEvent(recorded: event))
            state.patches[event.stream] = patch
            guard state.isCommandWhole else { return }
            let view = try PatchDocument.read(event.stream.text, in: views)
            let words = words(event, before: patch.decision)
            #expect(view?.state == patch.state?.rawValue, words)
            #expect(view?.version == event.version, words)
            #expect(view?.signedOffBy == patch.signedOffBy?.id, words)
            #expect(view?.artefactDigest == patch.artefact?.digest.description, words)
            #expect(view?.rollouts.count == patch.rollouts.count, words)
            #expect((view?.exceptions ?? []) == patch.exceptions.map(\.text), words)
            #expect(view?.pack?.id == patch.membership?.pack.text, words)
            #expect(view?.pack?.remaining == patch.membership?.remaining, words)
            let flaws = (view?.introducedFlaws ?? []).map {
                [$0.flaw, $0.riskClass, $0.mendedBy, $0.acceptedBy]
            }
            #expect(
                flaws
                    == patch.introducedFlaws.map {
                        [$0.flaw, $0.riskClass?.rawValue, $0.mendedBy?.text, $0.acceptedBy?.id]
                    }, words)
            #expect(view?.mends?.count ?? 0 == patch.mends.count, words)
            #expect(view?.counts.verified == patch.rollouts.reduce(0) { $0 + $1.verified }, words)
            let digest = patch.approval?.binding.digest.description
            #expect(view?.approval?.digest == digest, words)
            let evidence = view?.qualification?.evidenceDigest
            if let known = patch.evidence?.digest.description { #expect(evidence == known, words) }
        }
    }

    @Test func rolloutsShowTheirStateAndCountEachTargetOnce() async throws {
        try await followEachEvent("rollouts") { event, views, state in
            switch event.stream.prefix {
            case "ro":
                var rollout = state.rollouts[event.stream] ?? RolloutDecider.initialState
                let decoded = try RolloutEvent(recorded: event)
                RolloutDecider.evolve(&rollout, decoded)
                state.rollouts[event.stream] = rollout
                if let end = Self.end(decoded) { state.ends[event.stream] = end }
                guard state.isCommandWhole else { return }
                let view = try RolloutDocument.read(event.stream.text, in: views)
                let expected = Self.state(
                    of: rollout,
                    areOthersDone: Self.areOthersDone(
                        than: rollout, event.stream, state.deployments.values),
                    end: state.ends[event.stream])
                #expect(view?.state == expected, words(event, before: rollout.phase))
                #expect(view?.batch == (rollout.batch < 0 ? nil : rollout.batch))
                let known = ViewKind.rollout.values(of: "state") ?? []
                #expect(known.contains(view?.state ?? ""), "no filter finds it")
            case "de":
                var deployment = state.deployments[event.stream] ?? DeploymentDecider.initialState
                DeploymentDecider.evolve(&deployment, try DeploymentEvent(recorded: event))
                state.deployments[event.stream] = deployment
                guard let id = deployment.order?.rollout,
                    let rollout = try RolloutDocument.read(id.text, in: views)
                else { return }
                // Also one that ended and goes back now begins no further batch.
                let hasEnded = state.ends[id] != nil
                Self.expectCounts(
                    of: rollout, hasEnded: hasEnded, state.deployments.values, words(event))
            default: break
            }
        }
    }

    @Test func deploymentsShowWhatTheyWaitFor() async throws {
        try await followEachEvent("deployments") { event, views, state in
            guard event.stream.prefix == "de" else { return }
            var deployment = state.deployments[event.stream] ?? DeploymentDecider.initialState
            let before = deployment.phase
            DeploymentDecider.evolve(&deployment, try DeploymentEvent(recorded: event))
            state.deployments[event.stream] = deployment
            let view = try DeploymentDocument.read(event.stream.text, in: views)
            let words = words(event, before: before)
            #expect(Self.states(of: deployment).contains(view?.state ?? ""), words)
            #expect(view?.outcome == deployment.outcome?.summary.rawValue, words)
            let known = ViewKind.deployment.values(of: "state") ?? []
            #expect(known.contains(view?.state ?? ""), "no filter finds it")
        }
    }

    @Test func assetsAndPeopleShowWhatTheirStreamsSay() async throws {
        try await followEachEvent("assets and people") { event, views, state in
            switch event.stream.prefix {
            case "as":
                var asset = state.assets[event.stream] ?? AssetDecider.initialState
                AssetDecider.evolve(&asset, try AssetEvent(recorded: event))
                state.assets[event.stream] = asset
                let view = try AssetDocument.read(event.stream.text, in: views)
                #expect((view?.heldFor ?? []) == asset.holds.map(\.text))
                #expect(view?.name == asset.registration?.name)
                #expect(view?.environment == asset.registration?.environment.rawValue)
                #expect(view?.reportDigest == asset.report?.description)
                #expect((view?.state == "decommissioned") == asset.isDecommissioned)
                let offer = try OfferDocument.read(event.stream.text, in: views)
                #expect(offer?.list == asset.offers?.description)
                #expect(offer == nil || offer?.environment == view?.environment)
                #expect(offer == nil || offer?.state == view?.state)
            case "pe":
                var person = state.people[event.stream] ?? PersonDecider.initialState
                PersonDecider.evolve(&person, try PersonEvent(recorded: event))
                state.people[event.stream] = person
                let view = try PersonDocument.read(event.stream.text, in: views)
                #expect(view?.roles == person.roles.map(\.rawValue))
                #expect(view?.tokens.map(\.id) == person.tokens.map(\.id.text))
                #expect(
                    view?.tokens.map { $0.revokedAt != nil } == person.tokens.map(\.revoked))
                #expect((view?.state == "erased") == person.isErased)
            default: break
            }
        }
    }

    // MARK: What to expect

    struct Streams {
        /// No further event of the same command follows: what it comes to can be seen.
        var isCommandWhole = false
        var patches: [StreamID: Patch] = [:]
        var rollouts: [StreamID: RolloutState] = [:]
        var ends: [StreamID: String] = [:]
        var deployments: [StreamID: DeploymentState] = [:]
        var assets: [StreamID: Asset] = [:]
        var people: [StreamID: PatchManagement.Person] = [:]
    }

    private func followEachEvent(
        _ purpose: String,
        _ check: (RecordedEvent, [ViewKey: View], inout Streams) throws -> Void
    ) async throws {
        try await withBooks { books in
            var history = History(purpose, books)
            try await history.liveFully()
            var fold = PlainFold()
            var streams = Streams()
            let log = try await books.wholeLog()
            for (event, next) in zip(log, log.dropFirst().map(Optional.some) + [nil]) {
                try fold.apply(event)
                streams.isCommandWhole = next?.commandID != event.commandID
                try check(event, fold.views, &streams)
            }
        }
    }

    /// Nothing is open but stragglers, if there are any.
    private static func areOthersDone(
        than rollout: RolloutState, _ id: StreamID, _ deployments: some Collection<DeploymentState>
    ) -> Bool {
        guard rollout.stragglers != nil else { return false }
        return !deployments.contains { deployment in
            deployment.order?.rollout == id && deployment.straggling == nil
                && (deployment.outcome == nil || deployment.outcome == .rollingBack)
        }
    }

    /// - Parameter areOthersDone: Nothing is open but stragglers.
    private static func state(
        of rollout: RolloutState, areOthersDone: Bool, end: String?
    ) -> String? {
        if rollout.pause != nil { return "paused" }
        return switch rollout.stage {
        case .unplanned: nil
        case .planned: "planned"
        case .awaitingApproval: "awaitingApproval"
        case .approved: "approved"
        case .measuring: "running"
        case .running, .settling: areOthersDone ? "awaitingStragglers" : "running"
        case .soaking: "soaking"
        case .rollingBack: "rollingBack"
        case .ended: end
        }
    }

    private static func end(_ event: RolloutEvent) -> String? {
        switch event {
        case .rejected: "rejected"
        case .expired: "expired"
        case .cancelled: "cancelled"
        case .aborted: "aborted"
        case .completed(let payload): payload.outcome.rawValue
        case .rolledBack(let payload): payload.outcome.rawValue
        case .planned, .approvalRequested, .approved, .scheduled, .batchStarted, .batchSkipped,
            .stragglersStarted, .stragglersClosed, .soakStarted, .gateEvaluated, .paused, .resumed,
            .gateOverridden, .baselineOrdered, .healthRecorded, .freezeOverridden,
            .deadlineMoved, .postponed, .missAcknowledged, .rollbackOrdered,
            .assetRollbackOrdered:
            nil
        }
    }

    private static func states(of deployment: DeploymentState) -> [String] {
        switch deployment.phase {
        case .unqueued: []
        case .waiting: ["pending", "waiting"]
        case .prechecking: ["leased"]
        case .backingUp: ["prechecked"]
        case .snapshotting, .ready: ["backedUp"]
        case .installing: ["installing"]
        case .installInDoubt: ["unknown"]
        case .verifying: ["verifying"]
        case .rebootQueued: ["rebootPending"]
        case .rebooting, .awaitingBoot: ["rebooting"]
        case .rebootInDoubt: ["unknown"]
        case .rollbackQueued, .rollingBack, .rollbackInDoubt, .verifyingRollback: ["rollingBack"]
        case .awaitingReturn: ["awaitingReturn"]
        case .ended:
            deployment.outcome == .failedBeforeInstall
                ? ["failed"] : [deployment.outcome?.rawValue ?? ""]
        }
    }

    /// Each batch by itself, from the outcomes of its deployments. What an ended rollout had not
    /// begun counts as cancelled.
    private static func expectCounts(
        of rollout: RolloutDocument, hasEnded: Bool,
        _ deployments: some Collection<DeploymentState>, _ words: Comment
    ) {
        var sum = RolloutDocument.Counts()
        for batch in rollout.batches {
            var counts = RolloutDocument.Counts()
            for deployment in deployments {
                guard let order = deployment.order, order.rollout.text == rollout.id,
                    deployment.batch == batch.index
                else { continue }
                let place: WritableKeyPath<RolloutDocument.Counts, Int> =
                    switch deployment.outcome {
                    case nil where deployment.phase == .awaitingReturn: \.absent
                    case nil, .rollingBack: \.running
                    case .unknown, .unreachable: \.unknown
                    case .succeeded, .installedPendingReboot: \.succeeded
                    case .failedBeforeInstall, .failed, .verificationFailed, .deadAfterReboot,
                        .rollbackFailed:
                        \.failed
                    case .absent: \.absent
                    case .skipped: \.skipped
                    case .cancelled: \.cancelled
                    case .rolledBack: \.rolledBack
                    }
                counts[keyPath: place] += 1
                sum[keyPath: place] += 1
            }
            let missing = batch.size - total(counts)
            let isStarted = rollout.batch.map { batch.index <= $0 } ?? false
            let place: WritableKeyPath<RolloutDocument.Counts, Int> =
                isStarted ? \.running : hasEnded ? \.cancelled : \.waiting
            counts[keyPath: place] += missing
            sum[keyPath: place] += missing
            #expect(batch.counts == counts, words)
        }
        #expect(rollout.counts == sum, words)
    }

    private static func total(_ counts: RolloutDocument.Counts) -> Int {
        counts.waiting + counts.running + counts.succeeded + counts.failed + counts.unknown
            + counts.absent + counts.skipped + counts.cancelled + counts.rolledBack
    }

    private func words(_ event: RecordedEvent, before: Any? = nil) -> Comment {
        "\(event.stream) after \(event.type) at \(event.position), \(String(describing: before))"
    }
}

extension DomainEvent {
    init(recorded event: RecordedEvent) throws {
        try self.init(type: event.type, schemaVersion: event.schemaVersion, data: event.data)
    }
}
