package import Advisories

/// A CVSS vector of a vulnerability, and what the classification reads from it.
///
/// The readings are kept beside the vector, so that an event shows them without the equations.
package struct CVSSRating: Codable, Hashable, Sendable {
    /// Who scored, such as `NVD`.
    package let source: String
    package let version: CVSSVersion
    package let vector: String
    package let base: CVSSScore
    /// Yes when anybody can attack over the network without rights and without a person's help.
    package let automatable: YesNo
    /// Total when confidentiality, integrity and availability are all lost.
    package let technicalImpact: TechnicalImpact

    package init(source: String, vector: CVSSVector) {
        self.source = source
        version = vector.version
        self.vector = vector.text
        base = vector.scores.base
        automatable = YesNo(Self.holds(vector, Self.unaided(vector.version)))
        technicalImpact = Self.holds(vector, Self.allLost(vector.version)) ? .total : .partial
    }

    private enum CodingKeys: String, CodingKey {
        case source, version, vector
        case base = "base_tenths"
        case automatable
        case technicalImpact = "technical_impact"
    }

    private static func holds(_ vector: CVSSVector, _ values: [(String, String)]) -> Bool {
        values.allSatisfy { vector.value(of: $0.0) == $0.1 }
    }

    /// CVSS 2.0 has no metric for a person's help: it counts it into the access complexity, so that
    /// only a low one says that none is needed. CVSS 4.0 has the metrics of 3.1.
    private static func unaided(_ version: CVSSVersion) -> [(String, String)] {
        switch version {
        case .v2: [("AV", "N"), ("Au", "N"), ("AC", "L")]
        case .v30, .v31, .v4: [("AV", "N"), ("PR", "N"), ("UI", "N")]
        }
    }

    /// CVSS 2.0 says complete for high. CVSS 4.0 tells the vulnerable system, which is meant, from
    /// those behind it.
    private static func allLost(_ version: CVSSVersion) -> [(String, String)] {
        switch version {
        case .v2: [("C", "C"), ("I", "C"), ("A", "C")]
        case .v30, .v31: [("C", "H"), ("I", "H"), ("A", "H")]
        case .v4: [("VC", "H"), ("VI", "H"), ("VA", "H")]
        }
    }
}

extension CVSSVersion: Codable {}

/// As tenths: 98 for 9.8.
extension CVSSScore: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let tenths = try container.decode(Int.self)
        guard (0...100).contains(tenths) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(tenths) tenths are not between 0 and 100")
        }
        self.init(tenths: tenths)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(tenths)
    }
}

/// As text, `0.00085`: stored numbers have no fractions.
extension Probability: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Probability(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not a fraction between 0 and 1")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
