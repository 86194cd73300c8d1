internal import JSON

/// The command with which a snapshot or a dump of a host is taken before something is installed on it,
/// and who isn't touched without one.
package struct SnapshotRules: Codable, Sendable, Equatable {
    package enum Need: String, Codable, Sendable, CaseIterable {
        case nobody, veryHigh, high
    }

    /// By its words, run without a shell as root on the host; empty for none. Its exit code 0 is the
    /// evidence, with the digest of what it says.
    package var command: [String] = []
    package var limitSeconds = 600
    /// From this criticality on an asset isn't touched without the evidence.
    package var neededFor = Need.nobody

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case command
        case limitSeconds = "limit_seconds"
        case neededFor = "needed_for"
    }

    /// nil where there is no command.
    package var hook: SnapshotHook? {
        command.isEmpty ? nil : SnapshotHook(argv: command, seconds: limitSeconds)
    }

    package func isNeeded(for criticality: String) -> Bool {
        switch neededFor {
        case .nobody: false
        case .veryHigh: criticality == Need.veryHigh.rawValue
        case .high: criticality == Need.veryHigh.rawValue || criticality == Need.high.rawValue
        }
    }

    /// What is wrong with a policy's command; nil when it may be.
    static func fault(command value: JSONValue) -> String? {
        let rule = "list the words of a command, a program by its absolute path first, or none"
        guard let words = value.array, words.compactMap(\.string).count == words.count else {
            return rule
        }
        if words.isEmpty { return nil }
        var probe = HealthProbe(name: "snapshot", kind: .command)
        probe.argv = words.compactMap(\.string)
        return probe.faults.first
    }
}

/// As a plan pins it.
package struct SnapshotHook: Codable, Sendable, Equatable, Hashable {
    package let argv: [String]
    package let seconds: Int
}
