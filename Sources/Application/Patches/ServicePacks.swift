internal import EventSourcing
internal import PatchManagement

/// Service packs, which hold other patches.
extension UseCases {
    /// Records a patch. Those that a service pack holds are told by the coordinator.
    ///
    /// - Throws: `InvalidInput` for a member that isn't there, or is in another pack that is open.
    func record(
        _ command: PatchCommand, _ identification: PatchIdentification, _ pack: StreamID,
        _ order: Order
    ) async throws -> Written {
        guard let members = identification.holds else {
            return try await send(command, to: pack, order)
        }
        if let answer = try await answered(pack, order, .identifyPatch) { return answer }
        if let fault = identification.faults.first { throw PatchRejection.badField(fault) }
        var options = options(order)
        for member in members {
            let (state, version) = try await bus.state(of: member, as: PatchDecider.self)
            guard version > 0 else {
                throw InvalidInput(
                    field: "holds", message: "there is no patch '\(member)'; list the patches")
            }
            guard let part = state.identification, part.inside == nil else {
                throw InvalidInput(
                    field: "holds",
                    message: "'\(member)' is a service pack itself; name the patches that it holds")
            }
            if let missing = identification.lacking(of: part).first {
                throw InvalidInput(
                    field: "holds",
                    message: "'\(member)' brings \(missing.name) \(missing.version), which the "
                        + "pack doesn't bring in that version or a later one; leave it out, or name "
                        + "that package")
            }
            if let other = state.membership?.pack, other != pack,
                try await isOpen(pack: other, holding: member)
            {
                throw InvalidInput(
                    field: "holds",
                    message: "'\(member)' is in the service pack \(other) already, which is open; "
                        + "leave it out, or withdraw or dismiss that pack")
            }
            // In one commit with the pack, so that of two packs only one can name it.
            let events = try PatchDecider.decide(
                .holdInPack(pack), try context(order, .identifyPatch), state)
            if events.isEmpty {
                options.guards.append(StreamGuard(stream: member, version: version))
            } else {
                options.alongside.append(
                    StreamAppend(
                        stream: member, expectedVersion: version,
                        events: try events.map { try NewEvent($0.payload) }))
            }
        }
        return try await write(
            command, to: pack, as: PatchDecider.self, order, command.action, options: options,
            state: { $0.state?.rawValue })
    }

    func isOpen(pack: StreamID, holding member: StreamID) async throws -> Bool {
        let state = try await bus.state(of: pack, as: PatchDecider.self).state
        guard state.identification?.inside?.contains(member) == true else { return false }
        return state.state?.isSettled == false
    }

    /// The highest class of those of `members` that are open, and the first patch that has it; nil
    /// when none of them has a class.
    func highestClass(
        in members: [StreamID]
    ) async throws -> (riskClass: RiskClass, patch: StreamID)? {
        var highest: (riskClass: RiskClass, patch: StreamID)?
        for member in members {
            let state = try await bus.state(of: member, as: PatchDecider.self).state
            guard let riskClass = state.assessment?.riskClass, state.state?.isSettled == false
            else { continue }
            if riskClass.rank > highest?.riskClass.rank ?? .min { highest = (riskClass, member) }
        }
        return highest
    }

    /// Refuses a service pack whose class is lower than that of a patch which it holds: that may have
    /// been assessed anew since.
    func needClassOfMembers(_ pack: Patch) async throws {
        guard let own = pack.assessment?.riskClass,
            let least = try await highestClass(in: pack.identification?.inside ?? []),
            own.rank < least.riskClass.rank
        else { return }
        throw PackClassTooLow(own: own, member: least.patch, riskClass: least.riskClass)
    }
}

/// A patch that a service pack holds has become more pressing than the pack.
struct PackClassTooLow: DomainRejection {
    let own: RiskClass
    let member: StreamID
    let riskClass: RiskClass

    var code: String { "pack-class-too-low" }
    var kind: RejectionKind { .wrongState }
    var message: String {
        "the pack is '\(own.rawValue)', and \(member), which it holds, is '\(riskClass.rawValue)': "
            + "assess the pack anew"
    }
}
