package import Advisories
package import EventSourcing

/// All that a finding's class is decided by: what feeds say of the vulnerability, what is known of
/// the asset, and the controls between the two. nil and empty mean that nothing is known.
package struct ClassificationInputs: Codable, Hashable, Sendable {
    /// Since when KEV lists it.
    package var knownExploitedSince: Timestamp?
    package var ssvc = SSVCSignals()
    package var epss: EPSSSignal?
    /// Of any version and source; which counts is for the policy to say.
    package var ratings: [CVSSRating] = []
    package var exposure: Exposure?
    package var criticality: Criticality?
    /// Whose defaults stand in for what is missing.
    package var site = ""
    /// The controls on the way from an attacker to the flaw.
    package var controls: [ControlOnPath] = []
    /// The feeds' snapshots that this was read from, sorted by feed.
    package var snapshots: [FeedPin] = []

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case knownExploitedSince = "known_exploited_since"
        case ssvc, epss, ratings, exposure, criticality, site, controls, snapshots
    }

    /// Of its stored form: what a correction confirms.
    package var digest: Digest { Digest(of: storedForm(self)) }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if ratings.count > 50 {
            faults.append(
                FieldFault(
                    field: "ratings", value: "\(ratings.count)", rule: "at most 50 CVSS vectors"))
        }
        if !site.isEmpty, HostName(site) == nil {
            faults.append(FieldFault(field: "site", value: site, rule: HostName.rule))
        }
        if controls.count > 50 {
            faults.append(
                FieldFault(
                    field: "controls", value: "\(controls.count)", rule: "at most 50 controls"))
        }
        if snapshots.isEmpty || snapshots.count > 20 {
            faults.append(
                FieldFault(
                    field: "snapshots", value: "\(snapshots.count)",
                    rule: "name the 1 to 20 feed snapshots that the signals come from"))
        }
        let texts =
            ratings.map { ("ratings.source", $0.source) }
            + snapshots.map { ("snapshots.feed", $0.feed) }
            + (epss.map { [("epss.model", $0.model)] } ?? [])
        for (field, value) in texts {
            if let fault = FieldFault.inText(field, value, longest: 100) { faults.append(fault) }
        }
        return faults
    }
}

/// What SSVC says of a vulnerability; nil where it says nothing.
package struct SSVCSignals: Codable, Hashable, Sendable {
    package let exploitation: Exploitation?
    package let automatable: YesNo?
    package let technicalImpact: TechnicalImpact?

    package init(
        exploitation: Exploitation? = nil, automatable: YesNo? = nil,
        technicalImpact: TechnicalImpact? = nil
    ) {
        self.exploitation = exploitation
        self.automatable = automatable
        self.technicalImpact = technicalImpact
    }

    private enum CodingKeys: String, CodingKey {
        case exploitation, automatable
        case technicalImpact = "technical_impact"
    }
}

/// How likely an exploit will be seen, by a model: scores of two models can't be compared.
package struct EPSSSignal: Codable, Hashable, Sendable {
    package let score: Probability
    /// Such as `v2025.03.14`.
    package let model: String

    package init(score: Probability, model: String) {
        self.score = score
        self.model = model
    }
}

/// A compensating control between an attacker and the flaw.
package struct ControlOnPath: Codable, Hashable, Sendable {
    package let control: StreamID
    /// Until when its last verification holds; nil when it was never verified.
    package let verifiedUntil: Timestamp?

    package init(control: StreamID, verifiedUntil: Timestamp?) {
        self.control = control
        self.verifiedUntil = verifiedUntil
    }

    package func holds(at moment: Timestamp) -> Bool {
        verifiedUntil.map { moment < $0 } ?? false
    }

    private enum CodingKeys: String, CodingKey {
        case control
        case verifiedUntil = "verified_until"
    }
}

/// The snapshot of a feed that a decision rests on.
package struct FeedPin: Codable, Hashable, Sendable {
    /// Such as `kev`.
    package let feed: String
    package let digest: Digest

    package init(feed: String, digest: Digest) {
        self.feed = feed
        self.digest = digest
    }
}
