package import EventSourcing
package import PatchManagement

/// What the rules change, or would change, on one asset.
package struct RuledAsset: Sendable, Equatable {
    package struct Change: Sendable, Equatable {
        package let field: String
        package let before: String
        package let after: String
        /// The rule's name; nil where none says anything any more.
        package let rule: String?
    }

    package let id: StreamID
    package let name: String
    package let changes: [Change]
}

/// What came of rules that were set or applied.
package struct RulesApplied: Sendable, Equatable {
    /// By name.
    package let assets: [RuledAsset]
    /// Of assets that refused it, the name and the reason.
    package let refused: [String]
    /// 0 where nothing was written.
    package let position: Int64
}

extension UseCases {
    func attributeRules() async throws -> AttributeRules {
        try await bus.state(of: AttributeRules.stream, as: AttributeRuleDecider.self).state
    }

    /// Makes a rule, or replaces the one of that name. Assets follow when they are imported or reported
    /// on the next time, or when the rules are applied.
    package func setAttributeRule(_ rule: AttributeRule, _ order: Order) async throws -> Written {
        try await write(
            .set(rule), to: AttributeRules.stream, as: AttributeRuleDecider.self, order,
            .setAttributeRule, state: { _ in nil })
    }

    package func removeAttributeRule(
        _ name: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await write(
            .remove(name: name, reason: reason), to: AttributeRules.stream,
            as: AttributeRuleDecider.self, order, .setAttributeRule, state: { _ in nil })
    }

    /// What the rules would change, with `rule` among them; nothing is written.
    ///
    /// - Parameter rule: nil for the rules as they are.
    package func previewAttributeRules(
        with rule: AttributeRule?, _ caller: Caller
    ) async throws -> [RuledAsset] {
        _ = try authorise(caller, .readInventory)
        if let fault = rule?.faults.first { throw AttributeRuleRejection.badField(fault) }
        var rules = try await attributeRules()
        if let rule { rules.put(rule) }
        return try await outcomes(of: rules, try await activeAssets()).map(\.asset)
            .filter { !$0.changes.isEmpty }.sorted { $0.name < $1.name }
    }

    /// Has all active assets follow the rules now.
    package func applyAttributeRules(_ order: Order) async throws -> RulesApplied {
        let context = try context(order, .applyAttributeRules)
        let assets = try await activeAssets()
        let isRepeated =
            try await store.receipt(
                for: context.commandID, requestDigest: order.requestDigest) != nil
        var before: (assets: [RuledAsset], position: Int64) = ([], 0)
        if isRepeated { before = try await applied(to: assets, by: order) }
        try await claimKey(of: order, context)
        let now = try await follow(
            try await attributeRules(), assets, order, .applyAttributeRules)
        let known = Set(before.assets.map(\.id))
        return RulesApplied(
            assets: (before.assets + now.assets.filter { !known.contains($0.id) })
                .sorted { $0.name < $1.name },
            refused: now.refused, position: max(now.position, before.position))
    }

    /// What this very request changed when it came before, so that its answer is the same (I10).
    private func applied(
        to assets: [StreamID], by order: Order
    ) async throws -> (assets: [RuledAsset], position: Int64) {
        var found: [RuledAsset] = []
        var position: Int64 = 0
        for id in assets {
            var positions: [Int64] = []
            for part in ["ruled", "origins"] {
                let command = try context(
                    order, .applyAttributeRules, part: "\(id.text)/\(part)"
                ).commandID
                let receipt = try await store.receipt(
                    for: command, requestDigest: order.requestDigest)
                positions.append(receipt?.lastPosition ?? 0)
            }
            let (ruled, last) = (positions[0], max(positions[0], positions[1]))
            position = max(position, last)
            if ruled == 0 { continue }
            let before = try await history(of: id, as: AssetDecider.self, upTo: ruled - 1).state
            let after = try await history(of: id, as: AssetDecider.self, upTo: last).state
            guard let known = before.registration, let registration = after.registration else {
                continue
            }
            let outcome = AttributeRules.Outcome(
                registration: registration, origins: after.origins ?? AttributeOrigins([:]))
            let changes = Self.changes(known, outcome)
            if !changes.isEmpty {
                found.append(RuledAsset(id: id, name: known.name, changes: changes))
            }
        }
        return (found, position)
    }

    /// Has some assets follow the rules: what was reported of them may be what a rule looks at.
    func followRules(
        _ assets: [StreamID], _ order: Order, _ action: Action
    ) async throws -> RulesApplied {
        let rules = try await attributeRules()
        guard !rules.rules.isEmpty else {
            return RulesApplied(assets: [], refused: [], position: 0)
        }
        return try await follow(rules, assets, order, action)
    }

    private func follow(
        _ rules: AttributeRules, _ assets: [StreamID], _ order: Order, _ action: Action
    ) async throws -> RulesApplied {
        var changed: [RuledAsset] = []
        var refused: [String] = []
        var position: Int64 = 0
        let options = partOptions(order)
        for (asset, outcome, version, isNews) in try await outcomes(of: rules, assets)
        where isNews {
            do {
                // What somebody registered meanwhile is not to be undone.
                var seen = options
                seen.expectedVersion = version
                for (command, part, options) in [
                    (AssetCommand.register(outcome.registration), "ruled", seen),
                    (.noteOrigins(outcome.origins), "origins", options),
                ] {
                    let written = try await write(
                        command, to: asset.id, as: AssetDecider.self, order, action,
                        part: "\(asset.id.text)/\(part)", options: options, state: { _ in nil })
                    position = max(position, written.position)
                }
                if !asset.changes.isEmpty { changed.append(asset) }
            } catch let rejection as AssetRejection {
                refused.append("\(asset.name): \(rejection.message)")
            } catch is StaleVersion {
                refused.append("\(asset.name): it changed meanwhile; apply the rules again")
            }
        }
        return RulesApplied(
            assets: changed.sorted { $0.name < $1.name }, refused: refused, position: position)
    }

    /// What rules make of an asset, and the version of it that they looked at.
    private typealias Ruling = (
        asset: RuledAsset, outcome: AttributeRules.Outcome, version: Int, isNews: Bool
    )

    private func outcomes(
        of rules: AttributeRules, _ assets: [StreamID]
    ) async throws -> [Ruling] {
        var found: [Ruling] = []
        for slice in assets.indices.chunks(of: 32) {
            let states = try await inOrder(slice.map { assets[$0] }) { id in
                (id, try await bus.state(of: id, as: AssetDecider.self))
            }
            for (id, (state, version)) in states {
                guard let known = state.registration, let outcome = rules.reapplied(to: state)
                else { continue }
                let asset = RuledAsset(
                    id: id, name: known.name, changes: Self.changes(known, outcome))
                let isNoted =
                    state.origins == outcome.origins
                    || (state.origins == nil && !outcome.origins.hasRules)
                found.append((asset, outcome, version, !asset.changes.isEmpty || !isNoted))
            }
        }
        return found
    }

    private static func changes(
        _ before: AssetRegistration, _ outcome: AttributeRules.Outcome
    ) -> [RuledAsset.Change] {
        RuledField.allCases.compactMap { field in
            let (old, new) = (before.text(of: field), outcome.registration.text(of: field))
            guard old != new else { return nil }
            var rule: String?
            if case .rule(let name) = outcome.origins.origins[field] { rule = name }
            return RuledAsset.Change(
                field: field.rawValue, before: old, after: new, rule: rule)
        }
    }

    private func activeAssets() async throws -> [StreamID] {
        try await wait(until: try await store.head())
        var request = ListRequest(.asset)
        request.state = "active"
        var assets: [StreamID] = []
        for try await page in reads.pages(of: request) {
            assets += page.views.compactMap { StreamID($0.id) }
        }
        return assets
    }
}
