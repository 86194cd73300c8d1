import APIContract
import ArgumentParser
import Foundation

extension AssetCommand {
    struct Reconcile: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Holds a cloud's own list of instances against the assets.",
            discussion: """
                Takes what 'aws ec2 describe-instances', 'az vm list -d' and 'gcloud compute instances \
                list --format=json' print; of others JSON or CSV with id, name, address, state (running, \
                stopped, terminated), image, group, region. An instance is the asset that it was before, \
                else the only one with its address or host name; where two fit, none is taken. One that \
                is no asset is unmanaged (asset unmanaged). An asset whose instance the list has no \
                longer is gone: it stays until you say --decommission-gone. A list of AWS is of one \
                region. One with less than half of the instances of before, or older than the last one, \
                is refused. The list itself isn't kept.
                """)

        @Argument(help: "The list, or - for standard input.")
        var file: String

        @Option(help: "aws, azure, gcp or generic.")
        var provider: String

        @Option(help: "The account, subscription or project, where the list doesn't say it.")
        var account: String?

        @Option(help: "The region of a list of AWS that has no instance.")
        var region: String?

        @Option(help: "When the provider was asked (RFC 3339); by default now.")
        var taken: String?

        @Flag(help: "Takes a list that has less than half of the instances of the one before.")
        var acceptShrink = false

        @Flag(help: "Decommissions the assets whose instances are gone.")
        var decommissionGone = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let data = try Self.read(file)
            let text = String(validating: data, as: UTF8.self)
            let result: ReconcileCloudResult = try await session.client.post(
                "assets:reconcile",
                ReconcileCloudRequest(
                    provider: provider, account: account, region: region, takenAt: taken,
                    acceptShrink: acceptShrink ? true : nil,
                    decommissionGone: decommissionGone ? true : nil, text: text,
                    base64: text == nil ? data.base64EncodedString() : nil),
                patience: .seconds(300))
            for entry in result.refused { session.printer.note("refused: \(entry)") }
            session.printer.note(
                "\(result.scope): \(Count.of(result.instances, "instance")), \(result.managed) managed, "
                    + "\(result.unmanaged) unmanaged, \(result.ambiguous) ambiguous; "
                    + "\(result.gone) gone")
            if session.options.quiet { return }
            try session.printer.list(
                ListPage(data: result.data, next: nil, position: result.position),
                [
                    Column("instance") { $0.instance }, Column("name") { $0.name ?? "-" },
                    Column("outcome") { $0.outcome }, Column("asset") { $0.assetName ?? "-" },
                    Column("detail") { $0.detail ?? "-" },
                ])
        }

        private static func read(_ file: String) throws -> Data {
            if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            do {
                return try Data(contentsOf: URL(filePath: file))
            } catch {
                throw ClientFailure.usage("the list '\(file)' can't be read; does it exist?")
            }
        }
    }

    struct Unmanaged: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists instances that are in a cloud and are no assets here.",
            discussion: "As the last list of each account showed it (asset reconcile).")

        @Option(help: "Only of aws, azure, gcp or generic.")
        var provider: String?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "unmanaged-instances", query: ["provider": provider], limit: limit,
                CloudTable.unmanaged)
        }
    }

    struct Clouds: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the clouds' accounts, with what their last lists come to.")

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list("cloud-accounts", limit: limit, CloudTable.accounts)
        }
    }
}

enum CloudTable {
    static let unmanaged: [Column<UnmanagedInstanceResource>] = [
        Column("provider") { $0.provider }, Column("account") { $0.account },
        Column("instance") { $0.instance }, Column("name") { $0.name ?? "-" },
        Column("state") { $0.state }, Column("zone") { $0.zone ?? $0.region ?? "-" },
        Column("addresses") { $0.addresses.joined(separator: " ") },
        Column("group") { $0.group ?? "-" },
        Column("may be") { $0.candidates.isEmpty ? "-" : $0.candidates.joined(separator: " ") },
        Column("listed") { Moment.short($0.takenAt) },
    ]

    static let accounts: [Column<CloudAccountResource>] = [
        Column("provider") { $0.provider }, Column("account") { $0.account },
        Column("region") { $0.region ?? "-" },
        Column("instances", .right) { String($0.instances) },
        Column("managed", .right) { String($0.managed) },
        Column("unmanaged", .right) { String($0.unmanaged) },
        Column("ambiguous", .right) { String($0.ambiguous) },
        Column("gone", .right) { String($0.gone) },
        Column("listed") { Moment.short($0.takenAt) },
    ]
}
