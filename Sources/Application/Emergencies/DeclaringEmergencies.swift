internal import EventSourcing
package import PatchManagement

/// Emergencies: two people declare one, a third approves the patch, and somebody else reviews it.
extension UseCases {
    /// Asks for an emergency; a second person confirms it. The same request under the same key is the
    /// same one.
    package func declareEmergency(_ terms: EmergencyTerms, _ order: Order) async throws -> Written {
        let context = try context(order, .declareEmergency)
        let emergency = StreamID(
            prefix: EmergencyDecider.prefix,
            .version5(namespace: context.commandID, name: "emergency"))
        if let answer = try await answer(emergency, order, .declareEmergency) { return answer }
        // Before anything is looked up.
        if let fault = terms.faults.first { throw EmergencyRejection.badField(fault) }
        let known = try await bus.state(of: terms.patch, as: PatchDecider.self).version > 0
        guard known else {
            throw InvalidInput(
                field: "patch",
                message: "there is no patch '\(terms.patch)'; list them to see their ids")
        }
        let overdue = try await overdueReviews(terms.team, by: [context.actor])
        return try await ask(
            emergency, .propose(terms, emergency: emergency), order,
            action: declaring(order, overdue))
    }

    /// Confirms what has `digest`, as the second person: the emergency is in force from then on.
    package func confirmEmergency(
        _ id: String, digest: String, reason: String, _ order: Order
    ) async throws -> Written {
        let emergency = try emergency(id)
        let context = try context(order, .declareEmergency)
        if let answer = try await answer(emergency, order, .declareEmergency) { return answer }
        let digest = try Digest(text: digest, field: "digest")
        let state = try await bus.state(of: emergency, as: EmergencyDecider.self).state
        guard let terms = state.terms else { throw NotFound(emergency) }
        let people = [context.actor] + (state.proposer.map { [$0] } ?? [])
        let overdue = try await overdueReviews(terms.team, by: people)
        return try await whileUnmoved(terms.patch) {
            let (patch, version) = try await bus.state(of: terms.patch, as: PatchDecider.self)
            guard let ground = patch.emergencyGround(at: now()) else { throw NotFound(terms.patch) }
            return try await ask(
                emergency,
                .confirm(terms: digest, ground: ground, overdue: overdue, reason: reason), order,
                action: declaring(order, overdue),
                guards: [StreamGuard(stream: terms.patch, version: version)])
        }
    }

    /// Ends it before its time; the review is owed all the same.
    package func endEmergency(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try emergency(id), .end(reason: reason), order, action: .endEmergency)
    }

    package func reviewEmergency(
        _ id: String, outcome: String, _ order: Order
    ) async throws -> Written {
        try await ask(
            try emergency(id), .review(outcome: outcome), order, action: .reviewEmergency)
    }

    /// Where reviews are overdue, a risk owner acts as one, whatever else the token holds.
    private func declaring(_ order: Order, _ overdue: [StreamID]) -> Action {
        !overdue.isEmpty && order.caller.roles.contains(.riskOwner)
            ? .declareBarredEmergency : .declareEmergency
    }

    /// Emergencies that were to be reviewed by now and weren't: of that team, however it is written, or
    /// declared by one of `people`, so that no other name for the team leads around it.
    private func overdueReviews(_ team: String, by people: [Actor]) async throws -> [StreamID] {
        _ = try await position(Moment(minPosition: try await store.head()))
        let moment = now()
        var overdue: [StreamID] = []
        for phase in [EmergencyPhase.declared, .ended] {
            var request = ListRequest(.emergency)
            request.state = phase.rawValue
            request.limit = 500
            while true {
                let page = try await reads.list(request)
                for view in page.views {
                    let owed = try CanonicalJSON.decode(OwedReview.self, from: view.document)
                    guard let id = StreamID(owed.id), let by = Timestamp(owed.reviewBy),
                        by <= moment
                    else { continue }
                    let declarers = [owed.proposedBy, owed.confirmedBy]
                    let isTheirs = people.flatMap(\.people).contains { declarers.contains($0) }
                    if isTheirs || EmergencyTerms.isSameTeam(owed.team, team) {
                        overdue.append(id)
                    }
                }
                guard let next = page.next else { break }
                request.cursor = next
            }
        }
        return overdue.sorted()
    }

    /// The parts of a view of an emergency that are needed here.
    private struct OwedReview: Decodable {
        let id: String
        let team: String
        let reviewBy: String
        let proposedBy: String
        let confirmedBy: String

        private enum CodingKeys: String, CodingKey {
            case id, team
            case reviewBy = "review_by"
            case proposedBy = "proposed_by"
            case confirmedBy = "confirmed_by"
        }
    }

    private func emergency(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .emergency, prefix: EmergencyDecider.prefix)
    }

    private func ask(
        _ emergency: StreamID, _ command: EmergencyCommand, _ order: Order, action: Action,
        guards: [StreamGuard] = []
    ) async throws -> Written {
        var options = options(order)
        options.guards = guards
        return try await write(
            command, to: emergency, as: EmergencyDecider.self, order, action, options: options,
            state: { $0.phase?.rawValue })
    }

    /// What was answered to this command before; nil when it is a new one.
    private func answer(
        _ emergency: StreamID, _ order: Order, _ action: Action
    ) async throws -> Written? {
        try await answered(
            emergency, as: EmergencyDecider.self, order, action, state: { $0.phase?.rawValue })
    }
}
