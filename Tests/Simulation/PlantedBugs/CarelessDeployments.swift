import Foundation

@testable import EventSourcing
@testable import PatchManagement

/// Deciders of deployments with a mistake in them: what they make of the real one's events.
enum CarelessDeployments {
    /// `request` as a mistaken decider would have sent it.
    static func rewritten(
        _ request: AppendRequest, for bug: PlantedBug, _ store: InMemoryStore
    ) throws -> AppendRequest {
        guard request.streams.count == 1, let append = request.streams.first,
            append.stream.prefix == DeploymentDecider.prefix, !append.events.isEmpty
        else { return request }
        var state = DeploymentDecider.initialState
        let recorded = store.withState { state in
            state.streams[append.stream, default: []].map { state.log[$0] }
        }
        guard recorded.count == append.expectedVersion else { return request }
        for event in recorded {
            DeploymentDecider.evolve(
                &state,
                try DeploymentEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data))
        }
        let events = try append.events.map {
            try DeploymentEvent(type: $0.type, schemaVersion: $0.schemaVersion, data: $0.data)
        }
        let mistaken = mistaken(events, state, request.context.at, bug)
        guard mistaken != events else { return request }
        for event in mistaken { DeploymentDecider.evolve(&state, event) }
        var rewritten = request
        rewritten.streams = [
            StreamAppend(
                stream: append.stream, expectedVersion: append.expectedVersion,
                events: try mistaken.map { try NewEvent($0.payload) })
        ]
        rewritten.effects = []
        for (place, event) in mistaken.enumerated() {
            let id = AppendRequest.eventID(commandID: request.context.commandID, index: place)
            for effect in DeploymentDecider.effects(of: event, state) {
                rewritten.effects.append(
                    ScheduledEffect(
                        stream: append.stream, eventID: id, index: rewritten.effects.count,
                        effect: effect))
            }
        }
        return rewritten
    }

    private static func mistaken(
        _ events: [DeploymentEvent], _ state: DeploymentState, _ at: Timestamp, _ bug: PlantedBug
    ) -> [DeploymentEvent] {
        guard let order = state.order else { return events }
        let route = order.route(inBatch: state.batch ?? order.batch)
        switch (bug, events.last) {
        // Whoever lost the installation out of sight begins it again, as if it had never begun.
        case (.retriesWithoutAProbe, .leaseExpired) where state.phase == .installing:
            return events + [
                .waiting(
                    DeploymentWaiting(
                        reason: .retry, attempt: state.attempt, delaySeconds: 1,
                        detail: "once more", at: at, route: route,
                        change: OutcomeChange(before: .unknown, after: nil)))
            ]
        // An installation that ended well is a success.
        case (.succeedsWithoutAScan, .installFinished):
            let report = VerificationReport(
                installed: [], services: [], commandExitCode: nil, commandOutput: "",
                rebootRequired: false, bootID: "")
            return events + [
                .succeeded(
                    DeploymentSucceeded(
                        route: route,
                        change: OutcomeChange(before: state.outcome, after: .succeeded),
                        versionsBefore: [], versionsAfter: [], report: report))
            ]
        // A backup that kept nothing is as good as any.
        case (.goesBackWithoutAWay, .backupTaken(let taken)):
            return events.dropLast() + [
                .backupTaken(
                    BackupTaken(attempt: taken.attempt, prior: taken.prior, reversible: true))
            ]
        // Whatever the scan says of one patch, the host did well.
        case (.reportsSkippedItemsAsDone, .succeeded(var succeeded)):
            succeeded.items = succeeded.items?.map {
                ItemOutcome(patch: $0.patch, outcome: .installed)
            }
            return events.dropLast() + [.succeeded(succeeded)]
        default: return events
        }
    }
}
