package import EventSourcing

/// Something that a patch broke: a vulnerability that came with it, or a fault in what it touches.
package struct IntroducedFlaw: Sendable, Equatable {
    /// A vulnerability's id, or a few words for a fault that has none.
    package let flaw: String
    /// How much it matters here; nil when nobody has said.
    package let riskClass: RiskClass?
    package let reason: String
    package let linkedBy: Actor
    /// The patch that mends it; nil while none does.
    package var mendedBy: StreamID?
    /// The risk owner who takes the patch with it; nil while nobody does.
    package var acceptedBy: Actor?

    static let longestName = 200
    static let most = 100

    /// The same for all ways to write the name: ids differ not by the case of their letters.
    static func key(_ flaw: String) -> String { VulnerabilityID(flaw)?.key ?? flaw }
}

/// A flaw that another patch introduced, and this one mends.
package struct MendedFlaw: Codable, Hashable, Sendable {
    /// The one that introduced it.
    package let patch: StreamID
    package let flaw: String

    package init(patch: StreamID, flaw: String) {
        self.patch = patch
        self.flaw = flaw
    }
}

extension Patch {
    /// Those that no other patch mends, in the order in which they became known.
    package var unmendedFlaws: [IntroducedFlaw] { introducedFlaws.filter { $0.mendedBy == nil } }

    /// Those of a higher class than the patch itself that nobody mends or has accepted.
    package var blockingIntroducedFlaws: [IntroducedFlaw] {
        guard let assessment else { return [] }
        return unmendedFlaws.filter { flaw in
            flaw.acceptedBy == nil
                && (flaw.riskClass.map { $0.rank > assessment.riskClass.rank } ?? false)
        }
    }

    func introducedFlaw(_ flaw: String) -> IntroducedFlaw? {
        introducedFlaws.first { IntroducedFlaw.key($0.flaw) == IntroducedFlaw.key(flaw) }
    }
}

/// This patch turned out to bring a flaw with it.
package struct IntroducedFlawLinked: EventPayload {
    package static let type = "IntroducedFlawLinked"
    package let flaw: String
    package let riskClass: RiskClass?
    package let reason: String
    package let by: Actor

    private enum CodingKeys: String, CodingKey {
        case flaw
        case riskClass = "risk_class"
        case reason, by
    }
}

/// Another patch mends a flaw that this one introduced. The coordinator tells that one.
package struct IntroducedFlawMended: EventPayload {
    package static let type = "IntroducedFlawMended"
    package let flaw: String
    package let hotfix: StreamID
    package let reason: String
    package let by: Actor
}

/// The patch that mended a flaw was withdrawn or rejected: the flaw is there again.
package struct IntroducedFlawUnmended: EventPayload {
    package static let type = "IntroducedFlawUnmended"
    package let flaw: String
    package let hotfix: StreamID
}

/// The risk owner takes the patch with a flaw that it introduced.
package struct IntroducedFlawAccepted: EventPayload {
    package static let type = "IntroducedFlawAccepted"
    package let flaw: String
    package let reason: String
    package let by: Actor
}

/// This patch mends a flaw that another one introduced.
package struct MendedFlawLinked: EventPayload {
    package static let type = "MendedFlawLinked"
    package let mended: MendedFlaw
    /// False when it was withdrawn or rejected before it heard of it, so that that told nobody: the
    /// coordinator tells the other one. nil otherwise.
    package var stands: Bool?
}
