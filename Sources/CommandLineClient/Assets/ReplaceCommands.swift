import APIContract
import ArgumentParser

extension AssetCommand {
    struct Replace: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that another asset stands in the place of one that is gone.",
            discussion: """
                The old one is decommissioned, which dismisses its findings, and the two are linked. With \
                --image the new one is ephemeral: it takes the reports of that image, an asset of kind \
                image, for its own.
                """)

        @Argument(help: "The old asset's id.")
        var id: String

        @Option(help: "Name, address or id of the new one, which is registered already.")
        var by: String

        @Option(help: "What the new one was started from: sha256:... or the provider's id.")
        var image: String?

        @Option(help: "Why, in words.")
        var reason: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "assets/\(id.segment):replace",
                ReplaceAssetRequest(by: by, image: image, reason: reason))
        }
    }

    struct VerifyImage: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify-image",
            abstract: "Has ephemeral assets take the reports of the images that they run.",
            discussion: """
                An image is an asset of kind image, which bears the digest or id as its attribute image \
                and has reports of its own (asset report). What they say of it counts for each ephemeral \
                asset that names it. Importing, reconciling, replacing, and a new report on the image do \
                so by themselves.
                """)

        @Argument(help: "Ids of assets.")
        var ids: [String] = []

        @Flag(help: "Every active ephemeral asset.")
        var all = false

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            guard all != !ids.isEmpty else {
                throw ClientFailure.usage("name assets by id, or say --all, but not both")
            }
            let result: VerifyImagesResult = try await session.client.post(
                "assets:verify-image", VerifyImagesRequest(assets: all ? nil : ids),
                patience: .seconds(300))
            for one in result.data {
                if let reason = one.reason { session.printer.note("\(one.name): \(reason)") }
            }
            if session.options.quiet { return }
            try session.printer.list(
                ListPage(data: result.data, next: nil, position: result.position),
                [
                    Column("name") { $0.name }, Column("asset") { $0.id },
                    Column("outcome") { $0.outcome }, Column("image") { $0.image ?? "-" },
                    Column("reports") { $0.sources.joined(separator: " ") },
                ])
        }
    }

    struct ForgetSource: ActionCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget-source",
            abstract: "Says that what a source reported of an asset counts no longer.",
            discussion: """
                For a scanner or a list that is given up: its last report would count for ever. Findings \
                that nothing else shows are dismissed as sourceForgotten; a later report of the source \
                opens them again.
                """)

        @Argument(help: "The asset's id.")
        var id: String

        @Argument(help: "The source, as 'asset show' names it.")
        var source: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "assets/\(id.segment):forget-source",
                ForgetSourceRequest(source: source, reason: why.reason))
        }
    }
}
