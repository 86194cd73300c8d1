internal import ArgumentParser
internal import PostgresStore
internal import StoreCheck

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract:
            "Seals the log: tiles and signed checkpoints. Several may run; one of them leads.",
        discussion: """
            Signs nothing that takes back what was signed before: when the database was set back or \
            rewritten, sealing stands still and says what was found; everything else goes on. The \
            key is made by 'patchflow audit key --create', or by the first start of 'patchflow up'.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var signer: SignerOptions

    func run() async throws {
        let logger = RoleProcess.logger("seal", level: role.level)
        let signer = try signer.open(in: role.database.directory)
        let store = PostgresEventStore(options: try role.database.login(as: .sealer))
        try await RoleProcess.run(
            [store, Sealer(store: store, signer: signer, logger: logger)], logger: logger)
    }
}
