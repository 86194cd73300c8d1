import APIContract
import ArgumentParser

extension AssetCommand {
    struct Decommission: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that an asset is gone for good.",
            discussion:
                "Its findings are dismissed, it is asked no longer, and its name is used up.")

        @Argument(help: "The asset's id.")
        var id: String

        @OptionGroup var why: ReasonOption
        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.act(
                "assets/\(id.segment):decommission", ReasonRequest(reason: why.reason))
        }
    }
}
