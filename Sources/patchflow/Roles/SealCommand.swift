internal import ArgumentParser
internal import AsyncHTTPClient
internal import PostgresStore
internal import ServiceLifecycle
internal import StoreCheck
internal import Witnessing

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract:
            "Seals the log: tiles and signed checkpoints. Several may run; one of them leads.",
        discussion: """
            Signs nothing that takes back what was signed before: when the database was set back or \
            rewritten, sealing stands still and says what was found; everything else goes on. The \
            key is made by 'patchflow audit key --create', or by the first start of 'patchflow up'.

            With --witness it offers the newest checkpoint to each witness once a second, beside \
            sealing: a witness that is slow or dead delays nothing. One that refuses is said at level \
            critical, with its words, and sealing goes on without it.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var signer: SignerOptions
    @OptionGroup var witnesses: WitnessOptions

    func run() async throws {
        let logger = RoleProcess.logger("seal", level: role.level)
        let signer = try signer.open(in: role.database.directory)
        try await RoleProcess.expectSchema(try role.database.login(as: .sealer), logger)
        let store = try role.database.store(as: .sealer)
        let http = HTTPClient(configuration: HTTPWitness.configuration)
        let outcome: Result<Void, any Error>
        do {
            var services: [any Service] = [
                store, Sealer(store: store, signer: signer, logger: logger),
            ]
            let asked = try witnesses.witnesses(http: http)
            if !asked.isEmpty {
                services.append(
                    CosignatureCollector(store: store, witnesses: asked, logger: logger))
            }
            outcome = .success(try await RoleProcess.run(services, logger: logger))
        } catch {
            outcome = .failure(error)
        }
        try await http.shutdown()
        try outcome.get()
    }
}
