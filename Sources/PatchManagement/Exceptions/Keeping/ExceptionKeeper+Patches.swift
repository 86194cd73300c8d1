package import EventSourcing

/// Which patches rest, since live exceptions are for all assets that they apply to.
extension ExceptionKeeper {
    package mutating func restore(_ patch: StreamID, _ kept: KeptPatch) {
        assessed[patch] = kept
    }

    /// A patch was assessed that no exception names.
    package mutating func note(_ kept: KeptPatch, of patch: StreamID) {
        var kept = kept
        kept.exceptions = assessed[patch]?.exceptions
        assessed[patch] = kept
        changed.insert(patch)
        duePatches.insert(patch)
    }

    /// The live exceptions that together are for all of its assets; empty when there are none such.
    package func exceptions(of patch: StreamID) -> [StreamID] {
        assessed[patch]?.exceptions ?? []
    }

    /// Patches to be looked at with the list of their assets, in their order. Those are left out of
    /// which one asset is known to be under no exception still: lists are long, and there may be a
    /// thousand of them.
    package mutating func takeDuePatches() -> [(patch: StreamID, applicable: Digest)] {
        defer { duePatches = [] }
        let isAnyLive = exceptions.values.contains(where: Self.canRest)
        return duePatches.sorted().compactMap { patch in
            guard let kept = assessed[patch], isAnyLive || kept.exceptions != nil else {
                return nil
            }
            if kept.exceptions == nil, let free = kept.free, first(for: patch, on: free) == nil {
                return nil
            }
            return (patch, kept.applicable)
        }
    }

    /// - Parameter applicable: The assets of its assessment.
    /// - Returns: What is said to it, when that is something else than before.
    package mutating func look(
        at patch: StreamID, _ applicable: [StreamID]
    ) -> [Order] {
        guard let before = assessed[patch] else { return [] }
        // One for each asset; none unless each has one.
        var used: Set<StreamID> = []
        var free: StreamID?
        for asset in applicable {
            guard let first = first(for: patch, on: asset) else {
                free = asset
                break
            }
            used.insert(first)
        }
        let covering = free == nil ? used.sorted() : []
        let after = before.under(covering, free: free)
        guard after != before else { return [] }
        assessed[patch] = after
        changed.insert(patch)
        return after.exceptions == before.exceptions
            ? [] : [.patch(patch, .observeExceptions(covering))]
    }

    /// The live exception for an asset of `patch` that comes first by its id.
    private func first(for patch: StreamID, on asset: StreamID) -> StreamID? {
        guard let registration = assets[asset]?.registration else { return nil }
        return [broad, named[asset] ?? []].joined().filter { id in
            guard let kept = exceptions[id], Self.canRest(kept) else { return false }
            return kept.request.scope.covers(patch: patch, on: asset, registration)
        }.min()
    }

    /// Findings alone keep no patch from their asset: what mends them is welcome.
    private static func canRest(_ exception: KeptException) -> Bool {
        let scope = exception.request.scope
        return exception.granted != nil
            && (!scope.patches.isEmpty || !scope.assets.isEmpty || scope.group != nil)
    }

    /// An exception lives, or doesn't any more.
    mutating func noteChange(of scope: ExceptionScope) {
        if scope.assets.isEmpty, scope.group == nil {
            duePatches.formUnion(scope.patches)
        } else {
            duePatches.formUnion(assessed.keys)
        }
    }

    /// An asset is described otherwise: it may come into a group that is excepted, or leave it.
    mutating func noteChange(of asset: StreamID, to registration: AssetRegistration) {
        guard let before = assets[asset]?.registration else { return }
        let isMoved = exceptions.values.contains { kept in
            guard kept.granted != nil, let group = kept.request.scope.group else { return false }
            return group.matches(before) != group.matches(registration)
        }
        if isMoved { duePatches.formUnion(assessed.keys) }
    }
}

extension KeptPatch {
    fileprivate func under(_ exceptions: [StreamID], free: StreamID?) -> KeptPatch {
        var kept = self
        kept.exceptions = exceptions.isEmpty ? nil : exceptions
        kept.free = free
        return kept
    }
}
