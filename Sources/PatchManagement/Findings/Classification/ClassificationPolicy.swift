package import Advisories
package import EventSourcing

/// The numbers by which findings are classified, as data.
package struct ClassificationPolicy: Codable, Hashable, Sendable {
    /// Rises with each change.
    package var version = 1
    package var sla = SLATimes()
    package var epss = EPSSThresholds()
    /// A base score from here on lifts a finding to important.
    package var cvssFloor = CVSSScore(tenths: 90)
    /// The first version that a rating has wins; those that aren't named come last.
    package var cvssVersions: [CVSSVersion] = [.v31, .v30, .v4, .v2]
    /// Among ratings of one version, the first source wins; those that aren't named come last.
    package var cvssSources: [String] = []
    /// What stands in for missing values, by site.
    package var sites: [SiteDefaults] = []
    /// The share of the time to the deadline after which a finding is warned of.
    package var warningPercent = 75
    /// After how long an open forensic hold is for the incident commander to decide.
    package var holdSeconds = 86_400

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case version, sla, epss
        case cvssFloor = "cvss_floor_tenths"
        case cvssVersions = "cvss_versions"
        case cvssSources = "cvss_sources"
        case sites
        case warningPercent = "warning_percent"
        case holdSeconds = "hold_seconds"
    }

    package var pin: PolicyPin { PolicyPin(version: version, digest: Digest(of: storedForm(self))) }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        let times = [
            ("sla.urgent", sla.urgent), ("sla.important", sla.important),
            ("sla.important_by_score", sla.importantByScore),
            ("sla.non_critical", sla.nonCritical), ("sla.next_upgrade", sla.nextUpgrade),
            ("hold_seconds", holdSeconds),
        ]
        for (field, seconds) in times where !(1...Self.longest).contains(seconds) {
            faults.append(
                FieldFault(
                    field: field, value: "\(seconds)",
                    rule: "it is between 1 and \(Self.longest) seconds"))
        }
        let order = times.dropLast().map(\.1)
        if order != order.sorted() {
            faults.append(
                FieldFault(
                    field: "sla", value: order.map(String.init).joined(separator: ", "),
                    rule: "a lower class has no less time than a higher one"))
        }
        if !(1...99).contains(warningPercent) {
            faults.append(
                FieldFault(
                    field: "warning_percent", value: "\(warningPercent)",
                    rule: "it is between 1 and 99"))
        }
        return faults
    }

    private static let longest = 10 * 366 * 86_400
}

/// How long each class has from the start of its clock.
package struct SLATimes: Codable, Hashable, Sendable {
    package var urgent = 3 * 86_400
    package var important = 14 * 86_400
    /// Of what is important for its CVSS score alone.
    package var importantByScore = 30 * 86_400
    package var nonCritical = 60 * 86_400
    /// Of what may wait for the next upgrade, at most.
    package var nextUpgrade = 180 * 86_400

    package init() {}

    /// In seconds, by rank: 3 for urgent to 0 for what waits for the next upgrade.
    package func seconds(ofRank rank: Int) -> Int {
        switch rank {
        case 3...: urgent
        case 2: important
        case 1: nonCritical
        default: nextUpgrade
        }
    }

    private enum CodingKeys: String, CodingKey {
        case urgent = "urgent_seconds"
        case important = "important_seconds"
        case importantByScore = "important_by_score_seconds"
        case nonCritical = "non_critical_seconds"
        case nextUpgrade = "next_upgrade_seconds"
    }
}

/// From which score on EPSS stands for a public proof of concept.
package struct EPSSThresholds: Codable, Hashable, Sendable {
    package struct OfModel: Codable, Hashable, Sendable {
        package let model: String
        package let score: Probability

        package init(model: String, score: Probability) {
            self.model = model
            self.score = score
        }
    }

    /// In billionths: 100,000,000 is 0.10.
    package var general: Probability
    /// For models whose scores need another one.
    package var models: [OfModel] = []

    package init(general: Probability = EPSSThresholds.tenPercent) { self.general = general }

    package func threshold(of model: String) -> Probability {
        models.first { $0.model.lowercased() == model.lowercased() }?.score ?? general
    }

    package static let tenPercent: Probability = {
        guard let value = Probability(billionths: 100_000_000) else {
            preconditionFailure("a tenth is a probability")
        }
        return value
    }()
}

/// What a site counts on where nothing is known.
package struct SiteDefaults: Codable, Hashable, Sendable {
    package let site: String
    package let exposure: Exposure?
    package let criticality: Criticality?
    package let cvss: CVSSRating?

    package init(
        site: String, exposure: Exposure? = nil, criticality: Criticality? = nil,
        cvss: CVSSRating? = nil
    ) {
        self.site = site
        self.exposure = exposure
        self.criticality = criticality
        self.cvss = cvss
    }
}

/// Which policy decided.
package struct PolicyPin: Codable, Hashable, Sendable {
    package let version: Int
    /// Of the policy's stored form.
    package let digest: Digest

    package init(version: Int, digest: Digest) {
        self.version = version
        self.digest = digest
    }
}
