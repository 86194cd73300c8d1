internal import Application

/// A patch with its qualification, approval and rollouts.
struct PatchDocument: ViewDocument {
    static let kind = ViewKind.patch

    var id: String
    var vendorId: String
    var title: String
    var kind: String
    var purpose: String
    var sourcePackage: String
    var origin: String
    var state: String
    var riskClass: String?
    var packages: [PackageDocument]
    var supersedes: [String]
    var assessment: AssessmentDocument?
    var artefactDigest: String?
    /// What the advisories say of the versions that it brings; nil before they were looked at.
    var flaws: FlawsDocument?
    var qualification: QualificationDocument?
    var signedOffBy: String?
    var approval: ApprovalDocument?
    var counts: Counts
    var rollouts: [Rollout]
    var identifiedAt: String
    /// When it first was assessed, tested with success, and approved.
    var assessedAt: String?
    var qualifiedAt: String?
    var approvedAt: String?
    /// The patches that a service pack holds; nil for none, as in all that follow.
    var holds: [String]?
    /// What a vendor's set was put together from.
    var parts: [Part]?
    /// The patches of a bundle.
    var members: [Part]?
    /// The service pack that it is in.
    var pack: Membership?
    /// What it broke.
    var introducedFlaws: [IntroducedFlaw]?
    /// What others broke, and it mends.
    var mends: [Mended]?
    /// Live exceptions that together are for all of its assets.
    var exceptions: [String]?
    /// The emergency that it is under.
    var emergency: Emergency?
    /// Not folded: what is open changes with findings and assets, so queries count it, see
    /// `PostgresReadModel+Patches`.
    var due: Due?
    var changedAt: String
    var version: Int

    /// Assets by what the patch is to them.
    struct Counts: Codable, Equatable {
        var applicable = 0
        var targets = 0
        var verified = 0
        var failed = 0
        var open = 0
    }

    struct FlawsDocument: Codable, Equatable {
        var digest: String
        var total: Int
        /// Who takes the patch with them; nil while nobody does.
        var acceptedBy: String?
        /// No advisory is about the platforms of the patch; nil where some are.
        var uncovered: Bool?
        var flaws: [Flaw]
    }

    struct Flaw: Codable, Equatable {
        var vulnerability: String
        var package: String
        var version: String
        var riskClass: String
        var fixed: String?
    }

    struct Part: Codable, Equatable {
        var patch: String
        var sourcePackage: String
        var packages: [String]
    }

    struct Membership: Codable, Equatable {
        var id: String
        /// Assets of this patch that the pack was not brought to; nil while that isn't verified.
        var remaining: Int?
    }

    struct IntroducedFlaw: Codable, Equatable {
        var flaw: String
        var riskClass: String?
        var reason: String
        var linkedBy: String
        var mendedBy: String?
        var acceptedBy: String?
    }

    struct Mended: Codable, Equatable {
        var patch: String
        var flaw: String
    }

    /// The open findings that it mends on the assets it applies to; nil when there is none.
    struct Due: Codable, Equatable {
        /// The earliest of theirs; nil when none is classified yet.
        var deadline: String?
        var findings: Int
        var assets: Int
    }

    struct Emergency: Codable, Equatable {
        var id: String
        var until: String
        var declaredBy: [String]
        var freezeOverride: String?
    }

    struct Rollout: Codable, Equatable {
        var id: String
        var state: String
        var targets: Int
        var verified: Int
        var failed: Int
        var open: Int
    }

    var sortKey: String { identifiedAt }

    /// Takes in how a rollout stands; the counts are over all of them.
    mutating func observe(_ rollout: Rollout) {
        if let index = rollouts.firstIndex(where: { $0.id == rollout.id }) {
            rollouts[index] = rollout
        } else {
            rollouts.append(rollout)
        }
        count()
    }

    mutating func count() {
        counts.targets = rollouts.reduce(0) { $0 + $1.targets }
        counts.verified = rollouts.reduce(0) { $0 + $1.verified }
        counts.failed = rollouts.reduce(0) { $0 + $1.failed }
        counts.open = rollouts.reduce(0) { $0 + $1.open }
    }
}

struct AssessmentDocument: Codable, Equatable {
    var assets: Int
    /// Digest of the document that lists them.
    var assetsDigest: String
    var strata: [String]
    var services: [String]
    var expectedDowntimeSeconds: Int
    var rebootExpected: Bool
    var effortMinutes: Int
    var checks: ChecksDocument
    /// What depends on what the patch touches; nil for nothing.
    var dependents: [String]?
}

struct ChecksDocument: Codable, Equatable {
    var packages: [String]
    var services: [String]
    var command: String?
}

/// The test of a patch on lab assets.
struct QualificationDocument: Codable, Equatable {
    /// `running`, `passed`, `failed` or `inconclusive`.
    var state: String
    var sample: [Sample]
    var checks: [Check]
    var evidenceDigest: String?
    var reason: String?
    /// The measure of the sample; nil where it wasn't taken.
    var coverage: [Coverage]?
    /// The emergency in which its sample was enough; nil for a whole test.
    var smoke: String?

    struct Coverage: Codable, Equatable {
        var stratum: String
        var targets: Int
        var samples: Int
    }

    struct Sample: Codable, Equatable {
        var asset: String
        var name: String
        var stratum: String
    }

    struct Check: Codable, Equatable {
        var asset: String
        var name: String
        var step: String
        var outcome: String
        var detail: String
        var at: String
    }
}
