package enum Environment: String, Codable, Sendable, CaseIterable, Comparable {
    case lab, staging, production

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

package enum Criticality: String, Codable, Sendable, CaseIterable {
    case low, medium, high, veryHigh
}

package enum Exposure: String, Codable, Sendable, CaseIterable {
    case `internal`, controlled
    /// Reachable from the internet.
    case open = "public"
}

/// What makes hosts alike for a test: operating system, its version, the architecture. Its text is
/// `debian/12/amd64`.
package struct PlatformStratum: Hashable, Comparable, Sendable, LosslessStringConvertible {
    package let os: String
    package let version: String
    package let architecture: String

    package init(os: String, version: String, architecture: String) {
        self.os = os
        self.version = version
        self.architecture = architecture
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty else { return nil }
        self.init(os: parts[0], version: parts[1], architecture: parts[2])
    }

    package var description: String { "\(os)/\(version)/\(architecture)" }

    package static func < (left: Self, right: Self) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

extension PlatformStratum: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = PlatformStratum(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is not a stratum such as debian/12/amd64")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
