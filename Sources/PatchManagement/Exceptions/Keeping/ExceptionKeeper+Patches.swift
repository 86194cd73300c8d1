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

    /// Patches to be looked at with the list of their assets, in their order.
    package mutating func takeDuePatches() -> [(patch: StreamID, applicable: Digest)] {
        defer { duePatches = [] }
        let isAnyLive = exceptions.values.contains(where: Self.canRest)
        return duePatches.sorted().compactMap { patch in
            guard let kept = assessed[patch], isAnyLive || kept.exceptions != nil else {
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
        let covering = covering(patch, applicable)
        guard let kept = assessed[patch], covering != exceptions(of: patch) else { return [] }
        assessed[patch] = kept.under(covering)
        changed.insert(patch)
        return [.patch(patch, .observeExceptions(covering))]
    }

    /// One exception for each asset, the first by its id; none unless each has one.
    private func covering(_ patch: StreamID, _ applicable: [StreamID]) -> [StreamID] {
        let live = exceptions.filter { Self.canRest($0.value) }.sorted { $0.key < $1.key }
        var used: Set<StreamID> = []
        for asset in applicable {
            guard let registration = assets[asset]?.registration,
                let first = live.first(where: {
                    $0.value.request.scope.covers(patch: patch, on: asset, registration)
                })
            else { return [] }
            used.insert(first.key)
        }
        return used.sorted()
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
    fileprivate func under(_ exceptions: [StreamID]) -> KeptPatch {
        var kept = self
        kept.exceptions = exceptions.isEmpty ? nil : exceptions
        return kept
    }
}
