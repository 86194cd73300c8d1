package import EventSourcing
internal import PatchManagement

/// Patches that could go together, and those that can't, each with the reason.
package struct BundleProposal: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let patch: StreamID
        package let title: String
    }

    package struct Left: Sendable, Equatable {
        package let patch: StreamID
        package let title: String
        package let reason: String
    }

    package var members: [Member] = []
    package var left: [Left] = []
}

/// Combined deployment: non-critical patches that are tested and rolled out as one.
extension UseCases {
    /// The states from which a patch may join: nobody has asked for its approval yet.
    private static let joining: [PatchState] = [.assessed, .acquired, .tested, .signedOff]

    /// Which non-critical patches could go together now.
    package func proposeBundle(_ caller: Caller) async throws -> BundleProposal {
        _ = try authorise(caller, .readPatches)
        _ = try await position(Moment(minPosition: try await store.head()))
        var request = ListRequest(.patch)
        request.states = Self.joining.map(\.rawValue)
        request.order = .urgency
        var proposal = BundleProposal()
        var taken: [String: StreamID] = [:]
        for try await page in reads.pages(of: request) {
            for id in page.views.compactMap({ StreamID($0.id) }) {
                let state = try await bus.state(of: id, as: PatchDecider.self).state
                guard let identification = state.identification, identification.members == nil
                else { continue }
                var reason = try await obstacle(to: state, id)
                let names = identification.packages.map(\.name)
                if reason == nil, let other = names.lazy.compactMap({ taken[$0] }).first {
                    reason = "it brings a package that \(other) brings as well"
                }
                if let reason {
                    proposal.left.append(
                        .init(patch: id, title: identification.title, reason: reason))
                } else if proposal.members.count < PatchBundling.most {
                    for name in names { taken[name] = id }
                    proposal.members.append(.init(patch: id, title: identification.title))
                } else {
                    proposal.left.append(
                        .init(
                            patch: id, title: identification.title,
                            reason: "a bundle has at most \(PatchBundling.most) patches"))
                }
            }
        }
        return proposal
    }

    /// Makes a bundle, which goes the way of a patch from then on; its members are told in the same
    /// commit, so that of two bundles only one can have a patch.
    package func createBundle(
        _ patches: [String], title: String, _ order: Order
    ) async throws -> Written {
        let context = try context(order, .groupPatches)
        let bundle = Self.patch(ofVendorID: "bundle \(title)")
        if let answer = try await answered(bundle, order, .groupPatches) { return answer }
        var members: [(patch: StreamID, identification: PatchIdentification)] = []
        var options = options(order)
        for text in patches {
            let id = try patch(text)
            guard !members.contains(where: { $0.patch == id }) else {
                throw InvalidInput(field: "patches", message: "'\(text)' is named twice")
            }
            let (state, version) = try await bus.state(of: id, as: PatchDecider.self)
            guard let identification = state.identification else { throw NotFound(id) }
            if let reason = try await obstacle(to: state, id) {
                throw InvalidInput(field: "patches", message: "'\(text)' can't join: \(reason)")
            }
            members.append((id, identification))
            let events = try PatchDecider.decide(.holdInPack(bundle), context, state)
            options.alongside.append(
                StreamAppend(
                    stream: id, expectedVersion: version,
                    events: try events.map { try NewEvent($0.payload) }))
        }
        let identification = try PatchBundling.identification(title: title, of: members)
        let policy = try await policy(on: PolicyPath()).patch
        return try await write(
            .identify(identification, patch: bundle, policy: policy), to: bundle,
            as: PatchDecider.self, order, .groupPatches, options: options,
            state: { $0.state?.rawValue })
    }

    /// Takes a patch out of a bundle: the rest is acquired already, and is to be tested, approved and
    /// planned anew.
    package func leaveBundle(
        _ id: String, member: String, reason: String, _ order: Order
    ) async throws -> Written {
        let bundle = try patch(id)
        _ = try authorise(order.caller, .groupPatches)
        if let answer = try await answered(bundle, order, .groupPatches) { return answer }
        let leaving = try patch(member)
        let state = try await bus.state(of: bundle, as: PatchDecider.self).state
        guard let identification = state.identification else { throw NotFound(bundle) }
        guard let members = identification.members else {
            throw InvalidInput(field: "id", message: "'\(id)' is no bundle; list the bundles")
        }
        guard members.contains(where: { $0.patch == leaving }) else {
            throw InvalidInput(
                field: "patch", message: "'\(member)' is not in it; show the bundle to see who is")
        }
        return try await send(.leaveBundle(leaving, reason: reason), to: bundle, order)
    }

    /// Why a patch can't join a bundle as it stands; nil when it can.
    private func obstacle(to patch: Patch, _ id: StreamID) async throws -> String? {
        guard let identification = patch.identification, let state = patch.state else {
            return "nobody has identified it"
        }
        if let reason = PatchBundling.obstacle(to: identification) { return reason }
        guard let riskClass = patch.assessment?.riskClass else { return "assess it first" }
        guard riskClass == .nonCritical else {
            return "it is '\(riskClass.rawValue)', and doesn't wait for others"
        }
        guard Self.joining.contains(state) else {
            return "it is '\(state.rawValue)': it goes its own way already"
        }
        if let pack = patch.membership?.pack, try await isOpen(pack: pack, holding: id) {
            return "it is in \(pack) already"
        }
        return nil
    }
}
