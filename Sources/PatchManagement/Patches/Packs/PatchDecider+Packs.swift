import EventSourcing

/// Service packs, from the side of a patch that is in one.
extension PatchDecider {
    static func holdInPack(_ pack: StreamID, _ patch: Patch) -> [PatchEvent] {
        guard pack != patch.id, patch.membership?.pack != pack else { return [] }
        return [.heldInPack(PatchHeldInPack(pack: pack))]
    }

    /// The pack has brought it to all assets that the pack's approval was for. Of a patch that nobody
    /// has assessed it isn't known where else it applies: that one stays open.
    static func resolveInPack(
        _ pack: StreamID, _ remaining: Int, _ context: CommandContext, _ patch: Patch,
        _ current: PatchState
    ) -> [PatchEvent] {
        guard pack != patch.id, patch.assessment != nil, !current.isSettled else { return [] }
        let membership = PackMembership(pack: pack, remaining: remaining)
        let isFree = patch.openRollouts.isEmpty && !patch.isUnderRollback
        let ended = remaining == 0 && isFree
        guard ended || patch.membership != membership else { return [] }
        return (ended ? conclude("it is in \(pack)", context, patch) : [])
            + [
                .resolvedElsewhere(
                    PatchResolvedElsewhere(pack: pack, remaining: remaining, ended: ended))
            ]
    }

    static func evolvePacks(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .heldInPack(let held):
            patch.membership = PackMembership(pack: held.pack, remaining: nil)
        case .resolvedElsewhere(let resolved):
            patch.membership = PackMembership(pack: resolved.pack, remaining: resolved.remaining)
            guard resolved.ended else { return }
            patch.acquisition = nil
            patch.deferral = nil
            patch.exceptions = []
            patch.decision = .resolvedElsewhere
        default: break
        }
    }
}

extension Patch {
    /// A rollout of it goes back, failed to, or has gone back: whatever is found out belongs to it.
    fileprivate var isUnderRollback: Bool {
        switch state {
        case .rollingBack, .rollbackFailed, .rolledBack, .handedToOwner: true
        default: false
        }
    }
}
