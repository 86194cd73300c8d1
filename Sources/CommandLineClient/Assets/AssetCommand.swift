import APIContract
import ArgumentParser
import Foundation

struct AssetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset", abstract: "The machines that can be patched.",
        subcommands: [
            Import.self, Scan.self, Report.self, ForgetSource.self, Reconcile.self,
            Unmanaged.self, Clouds.self, Replace.self, VerifyImage.self, Decommission.self,
            GroupRule.self, List.self, Show.self, Explain.self, Updates.self,
        ])

    struct Import: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Registers every asset of a list: Ansible's inventories, CSV, JSON.",
            discussion: """
                A bad line is named and nothing is registered, unless the rest is wanted all the same. If \
                the server dies on the way, import the same list again: what was registered stays as it \
                is, and the rest follows.

                Of an Ansible inventory ansible_host, ansible_port and ansible_user say where a host answers. \
                site, environment, group, criticality, exposure and owner describe it; these and all others, \
                such as kind, os, location, failure_domain and compliance_scopes, with patchflow_ in front, \
                so that no variable of a playbook is taken for one.
                """)

        @Argument(help: "The inventory, or - for standard input.")
        var file: String

        @Option(
            help: "ini, yaml, script, csv or json; by default as the file's name says, else ini.")
        var format: String?

        @Flag(help: "Leave bad lines out, each named with its reason, and register the rest.")
        var leaveOutFaults = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let request = ImportAssetsRequest(
                format: format ?? Self.format(of: file), text: try text(),
                leaveOutFaults: leaveOutFaults ? true : nil)
            let result: ImportAssetsResult = try await session.client.post(
                "assets:import", request, patience: .seconds(3600))
            for entry in result.leftOut ?? [] { session.printer.note("left out: \(entry)") }
            if session.options.quiet { return }
            let page = ListPage(data: result.data, next: nil, position: result.position)
            try session.printer.list(
                page,
                [
                    Column("name") { $0.name }, Column("asset") { $0.id },
                    Column("outcome") { $0.outcome },
                ])
        }

        private static func format(of file: String) -> String {
            switch file.split(separator: ".").last {
            case "json": "json"
            case "csv": "csv"
            case "yml", "yaml": "yaml"
            default: "ini"
            }
        }

        private func text() throws -> String {
            if file == "-" {
                var text = ""
                while let line = Terminal.current.readLine() { text += line + "\n" }
                return text
            }
            let bytes: [UInt8]
            do {
                bytes = Array(try Data(contentsOf: URL(filePath: file)))
            } catch {
                throw ClientFailure.usage("the inventory '\(file)' can't be read; does it exist?")
            }
            do {
                return try UTF8Text.of(bytes)
            } catch {
                throw ClientFailure.usage("the inventory '\(file)': \(error)")
            }
        }
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists assets.")

        @Option(help: "Only of this environment: lab, staging or production.")
        var environment: String?

        @Option(help: "Only of this group.")
        var group: String?

        @Option(help: "Only at this site.")
        var site: String?

        @Option(help: "Only the one of this name.")
        var name: String?

        @Option(help: "never, current, or overdue: those that have been silent for too long.")
        var reporting: String?

        @Option(help: "active or decommissioned.")
        var state: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "assets",
                query: [
                    "environment": environment, "group": group, "site": site, "name": name,
                    "reporting": reporting, "state": state,
                ],
                limit: limit, AssetTable.columns)
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an asset and the updates that it is offered.")

        @Argument(help: "The asset's name or id.")
        var asset: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let asset = try await session.asset(called: asset)
            var offers: [OfferedUpdateResource] = []
            if session.printer.format == .table {
                offers = try await session.client.list(
                    "offered-updates", query: ["asset": asset.id, "as_of": global.asOf]
                ).data
            }
            try session.printer.show(asset) {
                AssetTable.details(asset)
                    + (offers.isEmpty ? "" : "\n" + Table.text(offers, AssetTable.offerColumns))
            }
        }
    }

    struct Updates: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the updates that signed package lists offer, and to how many assets.")

        @Option(help: "Only those offered to this asset.")
        var asset: String?

        @Option(help: "Only those of this source package.")
        var source: String?

        @Flag(help: "Only those from a security archive.")
        var security = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "offered-updates",
                query: ["asset": asset, "source": source, "security": security ? "true" : nil],
                AssetTable.offerColumns)
        }
    }
}

enum AssetTable {
    static let columns: [Column<AssetResource>] = [
        Column("name") { $0.name }, Column("asset") { $0.id },
        Column("environment") { $0.environment },
        Column("system") { system(of: $0) ?? "-" },
        Column("arch") { $0.architecture ?? "-" },
        Column("packages", .right) { asset in
            let reported = (asset.reports ?? []).map(\.packages).max()
            return (asset.packageCount ?? reported).map(String.init) ?? "-"
        },
        Column("offers", .right) { String($0.offers) },
        Column("security", .right) { String($0.securityOffers) },
        Column("reported") { asset in
            if asset.openScans > 0 { return "scanning" }
            if let failure = asset.lastFailure { return "failed: \(failure.cause)" }
            let last = (asset.heardAt ?? asset.reportedAt).map(Moment.short) ?? "never"
            return asset.reporting == "overdue" ? "overdue: \(last)" : last
        },
    ]

    static let offerColumns: [Column<OfferedUpdateResource>] = [
        Column("package") { $0.name }, Column("source") { $0.source },
        Column("arch") { $0.architecture }, Column("offered") { $0.offeredVersion },
        Column("installed") { offer in
            let versions = Set(offer.assets.map(\.installedVersion)).sorted()
            return versions.count == 1 ? versions[0] : "\(versions.count) versions"
        },
        Column("assets", .right) { String($0.assets.count) },
        Column("security") { $0.fromSecurityArchive ? "yes" : "no" },
        Column("origin") { $0.origin },
    ]

    static func details(_ asset: AssetResource) -> String {
        Table.details([
            ("asset", asset.id), ("name", asset.name), ("state", asset.state),
            ("address", "\(asset.user)@\(asset.address):\(asset.port)"),
            ("environment", with("environment", asset.environment, asset)),
            ("group", with("group", asset.group, asset)),
            ("site", with("site", asset.site, asset)),
            ("owner", with("owner", asset.owner, asset)),
            ("criticality", with("criticality", asset.criticality, asset)),
            ("exposure", asset.exposure),
            ("held for", asset.heldFor?.joined(separator: " ")),
            ("kind", asset.attributes?.kind),
            ("location", asset.attributes.flatMap { $0.location.isEmpty ? nil : $0.location }),
            (
                "failure domain",
                asset.attributes.flatMap { $0.failureDomain.isEmpty ? nil : $0.failureDomain }
            ),
            (
                "compliance",
                asset.attributes.flatMap {
                    $0.complianceScopes.isEmpty ? nil : $0.complianceScopes.joined(separator: ", ")
                }
            ),
            ("image", asset.attributes?.image ?? asset.cloud?.image),
            ("ephemeral", asset.attributes?.isEphemeral == true ? "yes" : nil),
            ("firmware", asset.attributes?.firmwareVersion),
            ("cloud", asset.cloud.map(line)), ("replaces", asset.replaces),
            ("replaced by", asset.replacedBy),
            ("system", system(of: asset)),
            ("architecture", asset.architecture), ("kernel", asset.kernel),
            ("packages", asset.packageCount.map(String.init)),
            ("report", asset.reportDigest), ("reported", asset.reportedAt.map(Moment.short)),
            ("open scans", asset.openScans > 0 ? String(asset.openScans) : nil),
            ("reports", asset.reports.map { $0.map(line).joined(separator: "\n") }),
            (
                "last failure",
                asset.lastFailure.map { "\($0.cause): \($0.detail) (\(Moment.short($0.at)))" }
            ),
            ("version", String(asset.version)),
        ])
    }

    /// As it reports it, else as it is described.
    private static func system(of asset: AssetResource) -> String? {
        if let name = asset.osName { return "\(name) \(asset.osVersion ?? "")" }
        guard let described = asset.attributes, !described.os.isEmpty else { return nil }
        return "\(described.os) \(described.osVersion) (as described)"
    }

    /// A value, and where it comes from, where rules say something of the asset.
    private static func with(
        _ field: String, _ value: String?, _ asset: AssetResource
    ) -> String? {
        guard let origins = asset.origins else { return value }
        return value.map { "\($0) (\(origins[field] ?? "usual"))" }
    }

    private static func line(_ cloud: AssetCloudResource) -> String {
        let place = [cloud.provider, cloud.account, cloud.region].compactMap { $0 }
        let group = cloud.group.map { ", group \($0)" } ?? ""
        return "\(cloud.instance) of \(place.joined(separator: "/")), \(cloud.state)\(group)"
    }

    private static func line(_ report: AssetReportResource) -> String {
        let known = report.matchable < report.packages ? ", \(report.matchable) matched" : ""
        return "\(report.source): \(report.packages) packages\(known), "
            + "\(report.openVulnerabilities) open vulnerabilities (\(Moment.short(report.gatheredAt)))"
    }
}
