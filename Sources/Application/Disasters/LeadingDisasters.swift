internal import EventSourcing
package import PatchManagement

/// Disasters, worked off step by step.
extension UseCases {
    /// The same request under the same key is the same disaster.
    package func declareDisaster(_ plan: DisasterPlan, _ order: Order) async throws -> Written {
        let context = try context(order, .leadDisaster)
        let disaster = StreamID(
            prefix: DisasterDecider.prefix,
            .version5(namespace: context.commandID, name: "disaster"))
        return try await ask(disaster, .declare(plan, disaster: disaster), order)
    }

    /// - Parameter step: 1 for the first of the plan.
    package func finishStep(
        _ id: String, _ step: Int, note: String, _ order: Order
    ) async throws -> Written {
        try await ask(try disaster(id), .finishStep(step, note: note), order)
    }

    package func closeDisaster(
        _ id: String, reason: String, leavesOpen: Bool, _ order: Order
    ) async throws -> Written {
        try await ask(
            try disaster(id), .close(reason: reason, leavesOpen: leavesOpen), order)
    }

    private func disaster(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .disaster, prefix: DisasterDecider.prefix)
    }

    private func ask(
        _ disaster: StreamID, _ command: DisasterCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: disaster, as: DisasterDecider.self, order, command.action,
            state: { $0.phase?.rawValue })
    }
}
