package import EventSourcing

/// Which assets an approval is for.
package struct TargetSelector: Codable, Hashable, Sendable {
    /// Sorted, not empty.
    package let environments: [Environment]
    /// Sorted; empty for all.
    package let sites: [String]
    /// Sorted; empty for all.
    package let groups: [String]
    /// Assets that become applicable later are approved with the others.
    package let includesLaterAssets: Bool

    package init(
        environments: [Environment], sites: [String] = [], groups: [String] = [],
        includesLaterAssets: Bool = false
    ) {
        self.environments = Array(Set(environments)).sorted()
        self.sites = Array(Set(sites)).sorted()
        self.groups = Array(Set(groups)).sorted()
        self.includesLaterAssets = includesLaterAssets
    }

    package func matches(_ registration: AssetRegistration) -> Bool {
        matches(
            environment: registration.environment, site: registration.site,
            group: registration.group)
    }

    package func matches(environment: Environment, site: String, group: String) -> Bool {
        environments.contains(environment) && (sites.isEmpty || sites.contains(site))
            && (groups.isEmpty || groups.contains(group))
    }

    private enum CodingKeys: String, CodingKey {
        case environments, sites, groups
        case includesLaterAssets = "includes_later_assets"
    }
}

/// Exactly what is approved. Its digest is what an approver confirms, so that an approval can't
/// be for anything that was changed meanwhile (I14).
package struct ApprovalBinding: Codable, Hashable, Sendable {
    package let patch: StreamID
    package let artefact: Digest
    package let evidence: Digest
    /// Digest of the assessment: services, downtime, reboot, effort.
    package let assessment: Digest
    package let selector: TargetSelector
    package let targets: ApplicableAssets

    package init(
        patch: StreamID, artefact: Digest, evidence: Digest, assessment: Digest,
        selector: TargetSelector, targets: ApplicableAssets
    ) {
        self.patch = patch
        self.artefact = artefact
        self.evidence = evidence
        self.assessment = assessment
        self.selector = selector
        self.targets = targets
    }

    package var digest: Digest { Digest(of: storedForm(self)) }
}

/// A request that waits for a decision, or was decided.
package struct Approval: Sendable, Equatable {
    package let binding: ApprovalBinding
    package let requester: Actor
    /// An earlier one where a standing approval that it was given by ends before.
    package var expires: Timestamp
    /// nil while it waits.
    package var approver: Actor?
    /// How many people have to approve, those of `roles` among them.
    package var needed = 1
    /// One person has to approve in each of these roles, the others as approvers. Sorted.
    package var roles: [Role] = []
    /// Those who have while others are still waited for.
    package var given: [Actor] = []
    /// The emergency that it was asked for in, and ends with.
    package var emergency: StreamID?
    /// What stood in for a person's decision.
    package var standing: StandingNote?

    /// In which roles somebody is still waited for: those of `roles` first, then the approver.
    package var awaited: [Role] {
        let held = given.map(\.role)
        let approvers = held.count { $0 == Role.approver.rawValue }
        return roles.filter { !held.contains($0.rawValue) }
            + (approvers < needed - roles.count ? [.approver] : [])
    }
}

package struct ApprovalRequested: EventPayload {
    package static let type = "ApprovalRequested"
    package static let schemaVersion = 2
    package static let upcasts: [Int: Upcast] = [1: PatchUpcasts.countsCovered]
    package let binding: ApprovalBinding
    /// Digest of `binding`.
    package let digest: Digest
    package let expires: Timestamp
    package let by: Actor
    /// How many of the targets had the patch already, proven.
    package let covered: Int
    /// How many people have to approve as approvers, by the policy of the targets; nil for one.
    package var approvers: Int?
    /// In which other roles one more person each has to, likewise. Sorted; nil for none.
    package var roles: [Role]?
    /// The emergency that it is asked for in; nil mostly. A third person's approval is enough then.
    package var emergency: StreamID?
    /// How many of the targets are where, sorted by site, for whoever decides; nil where nobody counted.
    package var sites: [SiteCount]?
}

/// How many assets are at a site.
package struct SiteCount: Codable, Hashable, Sendable {
    package let site: String
    package let assets: Int

    /// So many sites are named; the others stand together under an empty name, which is last.
    package static let most = 200

    /// - Parameter sites: Of each asset.
    package static func counted(_ sites: [String]) -> [SiteCount] {
        let counts = Dictionary(grouping: sites, by: \.self).mapValues(\.count)
        let sorted = counts.sorted { $0.key < $1.key }.map {
            SiteCount(site: $0.key, assets: $0.value)
        }
        let rest = sorted.dropFirst(most).reduce(0) { $0 + $1.assets }
        return sorted.prefix(most) + (rest > 0 ? [SiteCount(site: "", assets: rest)] : [])
    }
}

/// One of several people who have to has approved; the others are waited for.
package struct PatchApprovalGiven: EventPayload {
    package static let type = "PatchApprovalGiven"
    /// Digest of the binding that was approved.
    package let digest: Digest
    /// How many have approved with this one, and how many have to.
    package let given: Int
    package let needed: Int
    package let reason: String
    /// With the role held at that time.
    package let by: Actor
}

package struct PatchApproved: EventPayload {
    package static let type = "PatchApproved"
    /// Digest of the binding that was approved.
    package let digest: Digest
    package let artefact: Digest
    package let evidence: Digest
    package let expires: Timestamp
    package let reason: String
    /// With the role held at that time.
    package let by: Actor
    /// Flaws that the patch was known to have introduced, and that nobody mended; nil for none.
    package var introducedFlaws: [String]?
    /// The standing approval that stood in for a person's decision, which `by` only called upon; nil
    /// where a person decided.
    package var standing: StandingNote?

    private enum CodingKeys: String, CodingKey {
        case digest, artefact, evidence, expires, reason, by
        case introducedFlaws = "introduced_flaws"
        case standing
    }
}

package struct PatchRejected: EventPayload {
    package static let type = "PatchRejected"
    package let reason: String
    package let by: Actor
    /// What it mended, and mends no more: the coordinator tells those that introduced it.
    package var mends: [MendedFlaw]?
}

package struct ApprovalExpired: EventPayload {
    package static let type = "ApprovalExpired"
    package let expired: Timestamp
    /// The rollouts that it takes the ground from: the coordinator pauses them.
    package let rollouts: [StreamID]
}

package struct ApprovalRevoked: EventPayload {
    package static let type = "ApprovalRevoked"
    package let reason: String
    package let by: Actor
    /// The rollouts that it takes the ground from: the coordinator pauses them.
    package let rollouts: [StreamID]
}

package struct PatchSignedOff: EventPayload {
    package static let type = "PatchSignedOff"
    package let evidence: Digest
    /// Why it may go on, in the words of whoever signed.
    package let reason: String
    package let by: Actor
}
