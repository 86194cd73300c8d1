internal import EventSourcing
internal import PatchManagement

extension UseCases {
    /// How urgent a patch is: the class of the most pressing open finding that it mends on the assets it
    /// applies to, or a higher one that the analyst names.
    ///
    /// The read models say which findings to look at; what they say themselves is read from their
    /// streams.
    ///
    /// - Parameter least: Of a service pack: the highest class of the open patches that it holds, and
    ///   the patch that has it.
    /// - Throws: `InvalidInput` for a class that is lower than that of the findings, or of what a pack
    ///   holds, and for none where nothing says one.
    func urgency(
        _ named: RiskClass?, _ packages: [PackageSelection], on assets: Set<StreamID>,
        atLeast least: (riskClass: RiskClass, patch: StreamID)? = nil
    ) async throws -> (riskClass: RiskClass, reason: String) {
        guard let least else { return try await urgency(named, mending: packages, on: assets) }
        if let named, named.rank < least.riskClass.rank {
            throw InvalidInput(
                field: "risk_class",
                message:
                    "'\(named.rawValue)' is lower than '\(least.riskClass.rawValue)', the class "
                    + "of \(least.patch), which the pack holds: a class can be raised, not lowered")
        }
        let words = "the class of \(least.patch), the most pressing patch that the pack holds"
        guard try await !mendable(packages, on: assets).isEmpty else {
            return named.map { ($0, "the class was set by hand") } ?? (least.riskClass, words)
        }
        let own = try await urgency(named, mending: packages, on: assets)
        return own.riskClass.rank < least.riskClass.rank ? (least.riskClass, words) : own
    }

    private func urgency(
        _ named: RiskClass?, mending packages: [PackageSelection], on assets: Set<StreamID>
    ) async throws -> (riskClass: RiskClass, reason: String) {
        let findings = try await mendable(packages, on: assets)
        guard let first = findings.first, let opening = first.opening,
            let found = first.classification?.riskClass
        else {
            guard let named else {
                throw InvalidInput(
                    field: "risk_class",
                    message: "no open finding says how urgent the patch is: name a class")
            }
            return (named, "the class was set by hand")
        }
        let words =
            "\(opening.vulnerability) on \(opening.asset), the most pressing of "
            + (findings.count < Self.mostFindings
                ? "\(findings.count) open findings" : "\(Self.mostFindings) open findings or more")
        guard let named, named != found else { return (found, "the class of \(words)") }
        guard named.rank > found.rank else {
            throw InvalidInput(
                field: "risk_class",
                message: "'\(named.rawValue)' is lower than '\(found.rawValue)', the class of "
                    + "\(words): a class can be raised, not lowered")
        }
        return (named, "raised by hand above '\(found.rawValue)', the class of \(words)")
    }

    /// Of each package; the most pressing ones come first in the lists that they are taken from.
    private static let mostFindings = 100

    /// The open findings in packages of a patch, the most pressing first.
    func mendable(
        _ packages: [PackageSelection], on assets: Set<StreamID>
    ) async throws -> [Finding] {
        _ = try await position(Moment())
        var ids: Set<StreamID> = []
        for name in Set(packages.map(\.name)).sorted() {
            var request = ListRequest(.finding)
            request.state = FindingPhase.open.rawValue
            request.fields = ["package": name]
            request.limit = Self.mostFindings
            ids.formUnion(try await reads.list(request).views.compactMap { StreamID($0.id) })
        }
        var findings: [Finding] = []
        let sorted = ids.sorted()
        for slice in sorted.indices.chunks(of: 32) {
            findings += try await inOrder(slice.map { sorted[$0] }) { id in
                try await bus.state(of: id, as: FindingDecider.self).state
            }
        }
        let open = findings.filter { finding in
            finding.phase == .open && finding.classification != nil
                && finding.opening.map { assets.contains($0.asset) } ?? false
        }
        let ranked = open.compactMap { finding in
            finding.order.map { (finding, finding.classification?.rank ?? 0, $0) }
        }
        return ranked.sorted { ($1.1, $0.2) < ($0.1, $1.2) }.map(\.0)
    }
}
