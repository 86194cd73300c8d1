private import EventSourcing
private import PatchManagement

extension UseCases {
    /// Findings, by what people call things: an asset by its name or id, a vulnerability by any of its
    /// names, in whatever case.
    ///
    /// - Parameter asset: nil for all.
    /// - Throws: `InvalidInput` for an asset that nobody has registered, and for what can't be the name
    ///   of a vulnerability: an empty list would say that there is nothing to do.
    package func findings(
        of asset: String?, state: String?, _ caller: Caller, _ wish: ListWish
    ) async throws -> DocumentPage {
        _ = try authorise(caller, .readFindings)
        var parent: String?
        if let asset { parent = try await registered(asset).text }
        var wish = wish
        guard let name = wish.filter.removeValue(forKey: "vulnerability") else {
            return try await list(.finding, caller, wish, parent: parent, state: state)
        }
        guard let vulnerability = VulnerabilityID(name) else {
            throw InvalidInput(
                field: "vulnerability", message: "'\(name)': \(VulnerabilityID.rule)")
        }
        return try await list(
            .finding, caller, wish, parent: parent, state: state,
            vulnerabilities: try await names(of: vulnerability))
    }

    /// As it is written, and as the feeds write it and its other names: a finding keeps the name under
    /// which it was opened.
    private func names(of vulnerability: VulnerabilityID) async throws -> [String] {
        var names = [vulnerability.text]
        if vulnerability.text.uppercased() != vulnerability.text {
            names.append(vulnerability.text.uppercased())
        }
        for entry in try await entries(asOf: nil)
        where entry.isNamed(vulnerability.key) {
            for name in [entry.id] + entry.ids where !names.contains(name) { names.append(name) }
        }
        return Array(names.prefix(Self.mostNames))
    }

    private static let mostNames = 50

    /// Of an asset that is called so now or was before it left.
    private func registered(_ name: String) async throws -> StreamID {
        for id in Self.assetIDs(called: name) {
            let state = try await bus.state(of: id, as: AssetDecider.self).state
            if state.registration != nil { return id }
        }
        if let id = try await asset(called: name)?.id { return id }
        throw InvalidInput(
            field: "asset",
            message: "no asset has the name or id '\(name)'; list the assets to see which there are"
        )
    }
}
