internal import Advisories
internal import Application
internal import EventSourcing
internal import PatchManagement

/// A finding in lists and details.
///
/// The words of its asset are not folded: an asset may change its owner or its site at any time, and
/// has any number of findings. Queries put them in, see `PostgresReadModel+Findings`.
struct FindingViewDocument: ViewDocument {
    static let kind = ViewKind.finding

    var id: String
    var asset: String
    var assetName: String
    var environment: String
    var site: String?
    var owner: String?
    var vulnerability: String
    var package: String
    var installedVersion: String
    var state: String
    /// Where a disputed finding goes back to when the dispute is rejected; nil when it is none.
    var disputedFrom: String?
    /// 1 from the opening on, one more with each time that it started anew.
    var episode: Int
    var openedAt: String
    var fixReleasedAt: String?
    var classification: Classified?
    /// `running`, `warned` or `breached` while time counts against it, else `stopped`.
    var clock: String
    var deadline: String?
    var treatment: Treatment?
    /// The exception that its deadline rests on; nil when it rests on none.
    var deferral: Deferral?
    var end: End?
    /// The lives before this one that ended, the oldest first; at most the last 20 of them, nil when
    /// there is none.
    var earlier: [Earlier]?
    /// Whether the asset waits for evidence to be taken.
    var isHeld: Bool
    var version: Int

    struct Classified: Codable, Equatable {
        var riskClass: String
        var rank: Int
        /// Rows of the two tables that decided, such as `deployer 17`.
        var rows: [String]
        var isLiftedByScore: Bool
        var mitigatedBy: String?
        var knownExploited: Bool
        var exploitation: String
        /// With one digit, `9.8`.
        var cvss: String
        var epss: String?
        var criticality: String
        /// What nobody knew, and a default stood in for.
        var assumed: [String]
        var policyVersion: Int
        /// `treatment` until there is a fix, then `remediation`.
        var clock: String
        var clockStart: String
    }

    struct Treatment: Codable, Equatable {
        var by: String
        var until: String
    }

    struct Deferral: Codable, Equatable {
        var by: String
        var until: String
        /// The deadline without it.
        var ungranted: String
    }

    /// How it was closed.
    struct End: Codable, Equatable {
        /// `patched`, `outOfBand`, `removed`, or the reason of a dismissal.
        var means: String
        var at: String
        /// When what shows it was seen.
        var gatheredAt: String?
        var reason: String?
        var evidence: String?
        /// `host`, or who reported it; nil where nobody noted that yet.
        var evidenceSource: String?
        var deployment: String?
        var isInTime: Bool?
    }

    /// A life that ended before it came back.
    struct Earlier: Codable, Equatable {
        var episode: Int
        var openedAt: String
        var riskClass: String?
        var clock: String?
        var clockStart: String?
        var deadline: String?
        var means: String
        var gatheredAt: String?
        var isInTime: Bool?
        var reopenedAt: String
        /// `foundAgain`, or `takenBack` when the end had been wrong.
        var reopenedBy: String
    }

    var parent: String? { asset }

    /// Class, deadline, KEV, EPSS, CVSS, criticality, each the most pressing first: domain.md §5.6.
    var sortKey: String {
        guard let classification else { return "4" }
        let epss = classification.epss.flatMap { Probability($0) }?.billionths ?? -1
        let cvss = classification.cvss.filter { $0 != "." }
        let criticality = Criticality(rawValue: classification.criticality)?.rank ?? 0
        return [
            "\(3 - classification.rank)", deadline ?? "~",
            classification.knownExploited ? "0" : "1",
            digits(Probability.one - epss, 10), digits(100 - (Int(cvss) ?? 0), 3),
            "\(3 - criticality)",
        ].joined(separator: " ")
    }

    private func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension FindingViewDocument.Classified {
    init(
        _ classification: Classification, _ inputs: ClassificationInputs, _ policy: PolicyPin,
        _ clock: SLAClock
    ) {
        self.init(
            riskClass: classification.riskClass.rawValue, rank: classification.rank,
            rows: [
                "cisa \(classification.remediationRow.row)",
                "deployer \(classification.deployerRow.row)",
            ],
            isLiftedByScore: classification.isLiftedByScore,
            mitigatedBy: classification.mitigatedBy?.text,
            knownExploited: classification.facts.isInKEV == .yes,
            exploitation: classification.facts.exploitation.rawValue,
            cvss: classification.facts.cvss.description, epss: inputs.epss?.score.description,
            criticality: classification.facts.criticality.rawValue,
            assumed: classification.assumed.map(\.rawValue), policyVersion: policy.version,
            clock: clock.kind.rawValue, clockStart: clock.start.description)
    }
}
