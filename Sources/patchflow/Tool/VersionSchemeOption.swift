internal import Advisories
internal import ArgumentParser

/// A scheme of versions, as a word on the command line.
struct VersionSchemeOption: ExpressibleByArgument {
    let scheme: VersionScheme

    init?(argument: String) {
        guard let scheme = VersionScheme(rawValue: argument) else { return nil }
        self.scheme = scheme
    }

    static var allValueStrings: [String] { VersionScheme.allCases.map(\.rawValue) }

    static var names: String { allValueStrings.joined(separator: ", ") }
}
