package import EventSourcing

/// Puts patches that can wait together to a bundle.
///
/// A bundle is a patch itself, whose files are those of its members: so it is fetched, qualified,
/// signed off, approved and rolled out as the combination that it is, by the same rules and under the
/// same digests, and each host gets all of it in one attempt, with one reboot. Its members stay patches
/// of their own, and are told what became of it as those of a service pack are.
package enum PatchBundling {
    package static let most = 50

    /// - Parameter members: In the order in which they are named; at least two.
    /// - Throws: `badField` for `patches`.
    package static func identification(
        title: String, of members: [(patch: StreamID, identification: PatchIdentification)]
    ) throws(PatchRejection) -> PatchIdentification {
        guard let first = members.first?.identification, (2...most).contains(members.count) else {
            throw fault("\(members.count)", "a bundle has 2 to \(most) patches")
        }
        var owners: [String: StreamID] = [:]
        for (patch, member) in members {
            if let reason = obstacle(to: member) { throw fault(patch.text, reason) }
            for name in Set(member.packages.map(\.name)).sorted() {
                if let other = owners.updateValue(patch, forKey: name) {
                    throw fault(
                        patch.text, "it brings \(name), as \(other) does: leave one of them out")
                }
            }
        }
        let purposes = members.map(\.identification.purpose)
        return PatchIdentification(
            vendorID: "bundle \(title)", title: title, kind: .update,
            purpose: PatchPurpose.allCases.first(where: purposes.contains) ?? first.purpose,
            sourcePackage: first.sourcePackage,
            packages: members.flatMap(\.identification.packages).sorted {
                ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version)
            },
            origin: Set(members.map(\.identification.origin)).sorted().joined(separator: ", "),
            members: members.map { patch, member in
                PatchPart(
                    patch: patch, sourcePackage: member.sourcePackage,
                    packages: member.packages.map(\.name))
            })
    }

    /// Why a patch is deployed alone; nil for one that may wait for others.
    package static func obstacle(to patch: PatchIdentification) -> String? {
        if !patch.kind.mayWaitForOthers(patch.purpose) {
            return "a hotfix for security goes alone, in the next window after its qualification"
        }
        if patch.kind == .firmware { return "firmware goes alone, after packages" }
        if patch.inside != nil { return "it holds other patches itself: name those" }
        return nil
    }

    private static func fault(_ value: String, _ rule: String) -> PatchRejection {
        .badField(FieldFault(field: "patches", value: value, rule: rule))
    }
}

extension PatchIdentification {
    /// The patches that are inside of it: those that a service pack holds, or the members of a bundle.
    package var inside: [StreamID]? { holds ?? members?.map(\.patch).sorted() }

    /// What the deployment of a bundle is to be told for each member; nil for a patch of its own.
    package var items: [DeploymentItem]? {
        members?.map { DeploymentItem(patch: $0.patch, packages: $0.packages) }
    }

    /// Of a bundle, without one of its members and the packages that this brings.
    func without(_ member: StreamID) -> PatchIdentification {
        let leaving = members?.first { $0.patch == member }?.packages ?? []
        var rest = self
        rest.members = members?.filter { $0.patch != member }
        rest.packages = packages.filter { !leaving.contains($0.name) }
        return rest
    }

    var memberFaults: [FieldFault] {
        guard let members else { return [] }
        let names = members.flatMap(\.packages)
        let isPartition =
            Set(names).count == names.count && Set(names) == Set(packages.map(\.name))
        guard isPartition, holds == nil, parts == nil, members.count <= PatchBundling.most else {
            return [
                FieldFault(
                    field: "members", value: "\(members.count)",
                    rule: "each package of a bundle is of one member")
            ]
        }
        return []
    }
}

/// A patch has left the bundle: what remains is another combination, to be tested and approved anew.
package struct BundleMemberLeft: EventPayload {
    package static let type = "BundleMemberLeft"
    package let patch: StreamID
    package let reason: String
    /// Those of the bundle that go on with it: the coordinator pauses them.
    package let rollouts: [StreamID]
    package let by: Actor
}

extension PatchDecider {
    /// The files of the others stay pinned as they were fetched; whatever rested on the old combination
    /// falls. Without its last member there is no bundle.
    static func leaveBundle(
        _ member: StreamID, _ reason: String, _ context: CommandContext, _ bundle: Patch,
        _ current: PatchState
    ) throws(PatchRejection) -> [PatchEvent] {
        guard let members = bundle.identification?.members,
            members.contains(where: { $0.patch == member })
        else { return [] }
        try PatchRejection.check(reason: reason)
        // On its way back, or brought everywhere: it is what it is.
        let isTooLate =
            switch current {
            case .rollingBack, .rollbackFailed, .rolledBack, .handedToOwner: true
            default: current.isSettled
            }
        guard !isTooLate else { throw .wrongState(current, needed: [.assessed, .approved]) }
        guard members.count > 1 else { return try withdraw(reason, context, bundle) }
        var events = conclude("\(member) leaves", context, bundle)
        events.append(
            .memberLeft(
                BundleMemberLeft(
                    patch: member, reason: reason, rollouts: bundle.openRollouts,
                    by: context.actor)))
        if let rest = bundle.identification?.without(member), let artefact = bundle.artefact {
            let pins = artefact.pins.filter { pin in
                rest.packages.contains { $0.name == pin.name }
            }
            events.append(
                .acquired(PatchAcquired(artefact: Digest(of: storedForm(pins)), pins: pins)))
        }
        return events
    }

    static func evolveBundle(_ bundle: inout Patch, _ left: BundleMemberLeft) {
        bundle.identification = bundle.identification?.without(left.patch)
        bundle.lastEditor = left.by
        bundle.acquisition = nil
        bundle.artefact = nil
        bundle.evidence = nil
        bundle.signedOffBy = nil
        bundle.approval = nil
        bundle.isDocumented = false
        bundle.decision = bundle.assessment == nil ? .identified : .assessed
    }
}
