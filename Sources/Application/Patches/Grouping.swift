internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Makes one patch of several that are a vendor's set: the source packages of one advisory, say.
    /// They are superseded by it, by the coordinator.
    ///
    /// - Parameters:
    ///   - members: Ids of at least two that nobody has begun to acquire.
    ///   - vendorID: The vendor's own name for the set.
    package func groupPatches(
        _ members: [String], vendorID: String, title: String?, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .groupPatches)
        let set = Self.patch(ofVendorID: vendorID)
        if let answer = try await answered(set, order, .groupPatches) { return answer }
        var parts: [(patch: StreamID, identification: PatchIdentification)] = []
        var options = options(order)
        for text in members {
            let id = try patch(text)
            guard !parts.contains(where: { $0.patch == id }) else {
                throw InvalidInput(field: "patches", message: "'\(text)' is named twice")
            }
            let (state, version) = try await bus.state(of: id, as: PatchDecider.self)
            guard let identification = state.identification, let current = state.state else {
                throw NotFound(id)
            }
            guard [.identified, .assessed].contains(current), state.acquisition == nil else {
                throw InvalidInput(
                    field: "patches",
                    message: "'\(text)' is \(current.rawValue): only patches that nobody has begun "
                        + "to acquire are put together; supersede it by the set instead")
            }
            parts.append((id, identification))
            options.guards.append(StreamGuard(stream: id, version: version))
        }
        let identification = try PatchGrouping.identification(
            vendorID: vendorID, title: title ?? vendorID, of: parts)
        let policy = try await policy(on: PolicyPath()).patch
        return try await write(
            .identify(identification, patch: set, policy: policy), to: set, as: PatchDecider.self,
            order, .groupPatches, options: options, state: { $0.state?.rawValue })
    }
}
