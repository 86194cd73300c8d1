internal import EventSourcing
package import PatchManagement

/// What plans for a tick.
package protocol TickPlanning: Sendable {
    /// Plans a rollout for each patch that is approved and has one of the schedule's classes, the most
    /// pressing first, and asks for its approval. Asked again for the same tick, by whomever, it is the
    /// same rollouts.
    ///
    /// - Throws: What concerns more than one patch: it is to be tried again.
    func plan(_ tick: PlanSchedule, of schedule: Schedule) async throws -> TickOutcome
}

extension UseCases: TickPlanning {
    package func plan(_ tick: PlanSchedule, of schedule: Schedule) async throws -> TickOutcome {
        guard let terms = schedule.terms, let creator = schedule.creator else {
            throw NotFound(tick.schedule)
        }
        let caller = Caller(schedule: tick.schedule, for: creator)
        var outcome = TickOutcome()
        for patch in try await plannable(terms.riskClasses) {
            do {
                if let planned = try await plan(patch, tick, terms, caller) {
                    outcome.planned.append(planned)
                }
            } catch {
                guard let reason = Self.concernsOnePatch(error) else { throw error }
                outcome.left.append(TickRefusal(patch: patch, reason: reason))
            }
        }
        return outcome
    }

    /// Patches that a rollout may be planned of, by their class, then deadline. The views only say which
    /// there are, and have to have come as far as the log.
    private func plannable(_ classes: [RiskClass]) async throws -> [StreamID] {
        _ = try await position(Moment(minPosition: try await store.head()))
        var request = ListRequest(.patch)
        request.states = Self.plannableStates.map(\.rawValue)
        request.order = .urgency
        var found: [StreamID] = []
        for try await page in reads.pages(of: request) {
            for view in page.views {
                let part = try CanonicalJSON.decode(ClassOfPatch.self, from: view.document)
                guard let riskClass = part.riskClass.flatMap(RiskClass.init(rawValue:)),
                    classes.contains(riskClass), let id = StreamID(view.id)
                else { continue }
                found.append(id)
            }
        }
        return found
    }

    private static let plannableStates: [PatchState] = [.approved, .scheduled, .deploying, .paused]

    private struct ClassOfPatch: Decodable {
        let riskClass: String?

        private enum CodingKeys: String, CodingKey {
            case riskClass = "risk_class"
        }
    }

    /// Two commands, each once under an id that follows from the tick: whoever died between them is
    /// followed by somebody who sends both again.
    private func plan(
        _ patch: StreamID, _ tick: PlanSchedule, _ terms: ScheduleTerms, _ caller: Caller
    ) async throws -> TickRollout? {
        func order(_ what: String) -> Order {
            let key = "tick/\(tick.due.microseconds)/\(patch.text)/\(what)"
            return Order(caller: caller, idempotencyKey: key, requestDigest: Digest(of: key))
        }
        let target = terms.target
        var request = PlanRequest(
            patch: patch.text,
            selection: AssetSelection(
                environment: target.environment?.rawValue, group: target.group,
                site: target.site))
        request.schedule = tick
        let planned = try await plan(request, order("plan"))
        let rollout = planned.plan.rollout
        do {
            _ = try await apply(rollout.text, digest: planned.digest.description, order("apply"))
        } catch let stale as StalePlan {
            // It would be in the way of the next tick, and nobody is to find it and apply it.
            _ = try await send(
                .cancel(reason: stale.message), to: rollout, order("cancel"),
                .cancelRollout)
            throw stale
        }
        return TickRollout(patch: patch, rollout: rollout, planDigest: planned.digest)
    }

    /// Why nothing is planned of one patch, which keeps no other back; nil for a fault of all.
    private static func concernsOnePatch(_ error: any Error) -> String? {
        switch error {
        case let rejection as any DomainRejection: rejection.message
        case let input as InvalidInput: "\(input.field) \(input.message)"
        case let missing as NotFound: "there is no \(missing.kind) \(missing.id)"
        case let fault as EventStoreError
        where fault.code == .corrupted || fault.code == .archiveMissing:
            fault.message
        default: nil
        }
    }
}
