internal import APIContract
internal import Application
internal import EventSourcing
internal import PatchManagement

extension PatchIdentification {
    /// - Throws: `InvalidInput` that names the field.
    init(_ request: IdentifyPatchRequest) throws(InvalidInput) {
        guard request.supersedes.count <= 1 else {
            throw InvalidInput(
                field: "supersedes",
                message: "names \(request.supersedes.count) patches; name the latest, which "
                    + "supersedes the others")
        }
        let predecessor = try request.supersedes.first.map { text throws(InvalidInput) in
            try patchID(text, field: "supersedes")
        }
        self.init(
            vendorID: request.vendorId, title: request.title,
            kind: try choice(request.kind, field: "kind"),
            purpose: try choice(request.purpose, field: "purpose"),
            sourcePackage: request.sourcePackage,
            packages: try request.packages.map { package throws(InvalidInput) in
                guard package.sha256 == nil, package.size == nil else {
                    throw InvalidInput(
                        field: "packages",
                        message: "'\(package.name)' has a digest or a size; leave them out, they "
                            + "come from the signed lists when the patch is acquired")
                }
                return PackageSelection(
                    name: package.name, architecture: package.architecture,
                    version: package.version)
            }, origin: request.origin, supersedes: predecessor,
            holds: try (request.holds ?? []).map { text throws(InvalidInput) in
                try patchID(text, field: "holds")
            })
    }
}

extension AssessmentByHand {
    /// - Throws: `InvalidInput` that names the field.
    init(_ request: AssessPatchRequest) throws(InvalidInput) {
        self.init(
            riskClass: try Self.riskClass(request.riskClass), assets: request.assets,
            services: request.services, expectedDowntimeSeconds: request.expectedDowntimeSeconds,
            isRebootExpected: request.rebootExpected, effortMinutes: request.effortMinutes,
            checks: VerificationChecks(
                packages: request.checks.packages, services: request.checks.services,
                command: request.checks.command),
            dependents: request.dependents ?? [])
    }

    private static func riskClass(_ text: String?) throws(InvalidInput) -> RiskClass? {
        guard let text else { return nil }
        return try choice(text, field: "risk_class")
    }
}

extension AssetSelection {
    init(_ target: APIContract.TargetSelector) {
        self.init(
            environment: target.environment, group: target.group, site: target.site,
            assets: target.assets)
    }
}

/// - Throws: `InvalidInput` for a text that can't be a patch's id.
func patchID(_ text: String, field: String) throws(InvalidInput) -> StreamID {
    guard let id = StreamID(text), id.prefix == PatchDecider.prefix else {
        throw InvalidInput(field: field, message: "'\(text)' is not the id of a patch")
    }
    return id
}

/// The case that `text` names.
///
/// - Throws: `InvalidInput` that lists the names there are.
func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: String, field: String
) throws(InvalidInput) -> Choice {
    guard let choice = Choice(rawValue: text) else {
        throw InvalidInput(
            field: field,
            message: "'\(text)' is none of "
                + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
}
