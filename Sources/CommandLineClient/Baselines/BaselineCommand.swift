import APIContract
import ArgumentParser

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "The versions that assets of a kind are meant to run, and what differs.",
        subcommands: [Set.self, List.self, Drift.self])

    struct Set: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes or replaces the baseline of a kind of assets.",
            discussion: """
                A kind is a group of assets, such as web-server, or what they are, such as \
                network-device. Standards are PACKAGE=VERSION; all of them together are the baseline.
                """)

        @Argument(help: "The kind of the assets.")
        var kind: String

        @Argument(help: "PACKAGE=VERSION, one or more.")
        var standards: [String] = []

        @Option(
            name: .customLong("require"),
            help: "PACKAGE=VERSION, which an asset of the kind has to have; may be repeated.")
        var required: [String] = []

        @Option(
            help: """
                Whose rules order the versions: debian, redhat, alpine, semver, pypi, maven, npm, \
                go, rubygems or nuget.
                """)
        var scheme: String = "debian"

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let named =
                try standards.map { try Self.standard($0, isRequired: false) }
                + required.map { try Self.standard($0, isRequired: true) }
            guard !named.isEmpty else {
                throw ClientFailure.usage("name the standards: PACKAGE=VERSION, or --require")
            }
            try await session.act(
                "baselines", SetBaselineRequest(kind: kind, scheme: scheme, standards: named))
        }

        /// The first `=` divides: no package has one in its name.
        private static func standard(
            _ text: String, isRequired: Bool
        ) throws -> PackageStandardResource {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ClientFailure.usage("'\(text)' is not PACKAGE=VERSION, as openssl=3.0.15-1")
            }
            return PackageStandardResource(
                name: String(parts[0]), version: String(parts[1]), isRequired: isRequired)
        }
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the baselines.")

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list("baselines", limit: limit, BaselineTable.columns)
        }
    }

    struct Drift: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "How many versions of each package there are; or what differs on which asset.",
            discussion: """
                Of all active assets of the kind, by their last report. With --assets, each asset \
                that differs from the baseline, and in what.
                """)

        @Argument(help: "The kind, or the baseline's id.")
        var baseline: String

        @Flag(help: "One line for each difference of an asset.")
        var assets = false

        @Option(help: "Only this package.")
        var package: String?

        @Option(help: "Only this asset, by its id.")
        var asset: String?

        @Flag(help: "Packages that the baseline doesn't name as well.")
        var unnamed = false

        @Option(help: "At most so many.")
        var limit = 500

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let drift: DriftResource = try await session.client.get(
                "baselines/\(baseline.segment)/drift",
                query: [
                    "package": package, "asset": asset, "unnamed": unnamed ? "true" : nil,
                    "limit": String(limit), "as_of": global.asOf,
                ])
            if assets {
                try session.printer.list(
                    ListPage(data: drift.drifts, next: nil, position: drift.position),
                    BaselineTable.drifts)
            } else {
                try session.printer.list(
                    ListPage(data: drift.packages, next: nil, position: drift.position),
                    BaselineTable.packages)
            }
            session.printer.note(BaselineTable.summary(drift))
            let (shown, all) =
                assets
                ? (drift.drifts.count, drift.driftCount)
                : (drift.packages.count, drift.packageCount)
            if shown < all { session.printer.note("\(all - shown) more are not shown: --limit") }
        }
    }
}

enum BaselineTable {
    static let columns: [Column<BaselineResource>] = [
        Column("kind") { $0.kind }, Column("scheme") { $0.scheme },
        Column("packages", .right) { String($0.standards.count) },
        Column("standards") { baseline in
            Table.cut(
                baseline.standards.map { "\($0.name)=\($0.version)" }.joined(separator: " "),
                to: 60)
        },
        Column("set") { Moment.minute($0.setAt) }, Column("by") { $0.setBy },
        Column("baseline") { $0.id },
    ]

    static let packages: [Column<PackageSpreadResource>] = [
        Column("package") { $0.package },
        Column("versions", .right) { String($0.versions.count) },
        Column("standard") { $0.standard ?? "none" },
        Column("on standard", .right) { $0.onStandard.map(String.init) ?? "-" },
        Column("assets", .right) { String($0.assets) },
        Column("newest first") { spread in
            Table.cut(
                spread.versions.map { "\($0.version) (\($0.assets))" }.joined(separator: ", "),
                to: 60)
        },
        Column("in words") { $0.summary },
    ]

    static let drifts: [Column<DriftLine>] = [
        Column("asset") { $0.assetName }, Column("package") { $0.package },
        Column("architecture") { $0.architecture ?? "-" },
        Column("installed") { $0.installed ?? "none" }, Column("standard") { $0.standard },
        Column("direction") { $0.direction }, Column("id") { $0.asset },
    ]

    static func summary(_ drift: DriftResource) -> String {
        var words =
            "\(drift.assetsOnBaseline) of \(Count.of(drift.assets, "asset")) on the baseline of "
            + "'\(drift.kind)'"
        if drift.assetsUnreported > 0 {
            words += "; \(Count.of(drift.assetsUnreported, "asset")) without a report"
        }
        return words
    }
}
