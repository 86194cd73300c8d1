package import Advisories
package import EventSourcing

/// The order of findings of one class, the most pressing first: by deadline, in KEV before others,
/// the higher EPSS, the higher CVSS, the higher criticality, then by id. Nothing is weighed.
package struct FindingOrder: Hashable, Comparable, Sendable {
    /// nil comes after every deadline.
    package let deadline: Timestamp?
    package let isInKEV: Bool
    /// nil comes after every score.
    package let epss: Probability?
    package let cvss: CVSSScore
    package let criticality: Criticality
    package let id: StreamID

    package init(
        deadline: Timestamp?, isInKEV: Bool, epss: Probability?, cvss: CVSSScore,
        criticality: Criticality, id: StreamID
    ) {
        self.deadline = deadline
        self.isInKEV = isInKEV
        self.epss = epss
        self.cvss = cvss
        self.criticality = criticality
        self.id = id
    }

    package static func < (left: Self, right: Self) -> Bool {
        let (first, second) = (left.place, right.place)
        return first == second ? left.id < right.id : first < second
    }

    private var place: (Int64, Int, Int, Int, Int) {
        (
            deadline?.microseconds ?? .max, isInKEV ? 0 : 1, -(epss?.billionths ?? -1),
            -cvss.tenths, -criticality.rank
        )
    }
}

extension Finding {
    /// Its place among those of its class, by the signals of its last classification; nil until it
    /// is classified.
    package var order: FindingOrder? {
        guard let id, let classification else { return nil }
        return FindingOrder(
            deadline: deadline, isInKEV: classification.facts.isInKEV == .yes,
            epss: inputs?.epss?.score, cvss: classification.facts.cvss,
            criticality: classification.facts.criticality, id: id)
    }
}

extension Criticality {
    /// 0 for low to 3 for very high.
    package var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .veryHigh: 3
        }
    }
}
