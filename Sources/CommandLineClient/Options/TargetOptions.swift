import APIContract
import ArgumentParser

/// Which assets, by what they are.
struct TargetOptions: ParsableArguments, Sendable {
    @Option(help: "Assets of this environment: lab, staging or production.")
    var environment: String?

    @Option(help: "Assets of this group.")
    var group: String?

    @Option(help: "Assets at this site.")
    var site: String?

    @Option(name: .customLong("asset"), help: "This asset; may be repeated.")
    var assets: [String] = []

    /// - Throws: A usage failure when nothing was said: no selector means no assets, never all.
    func selector() throws -> TargetSelector {
        guard environment != nil || group != nil || site != nil || !assets.isEmpty else {
            throw ClientFailure.usage(
                "say which assets: --environment, --group, --site or --asset")
        }
        return TargetSelector(
            environment: environment, group: group, site: site,
            assets: assets.isEmpty ? nil : assets)
    }
}

/// Why. It goes into the log beside the decision.
struct ReasonOption: ParsableArguments, Sendable {
    @Option(help: "Why; it is recorded.")
    var reason: String
}
