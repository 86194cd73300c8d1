internal import ArgumentParser
internal import Postgres
internal import PostgresStore
internal import Projections
internal import StoreCheck

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project",
        abstract: "Folds the log into the read models. Several may run; one of them wins.")

    @OptionGroup var role: RoleOptions

    func run() async throws {
        let logger = RoleProcess.logger("project", level: role.level)
        let options = try role.database.login(as: .projector)
        try await RoleProcess.expectSchema(options, logger)
        let store = try role.database.store(as: .projector)
        let projector = Projector(
            store: store, pool: ConnectionPool(options), logger: logger)
        try await RoleProcess.run([store, projector], logger: logger)
    }
}
