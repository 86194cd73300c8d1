import Foundation
import Logging
import Postgres
import PostgresStore
import Signing

/// `store-sealer HOST DATABASE KEY MEMORY` seals until it is killed.
@main
struct StoreSealer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            FileHandle.standardError.write(
                Data("usage: store-sealer HOST DATABASE KEY MEMORY\n".utf8))
            exit(2)
        }
        let store = PostgresEventStore(
            options: ConnectionOptions(parameters: [
                "host": arguments[1], "dbname": arguments[2], "user": "postgres",
            ]))
        var settings = Sealer.Settings()
        settings.interval = .milliseconds(20)
        let sealer = Sealer(
            store: store,
            signer: try CheckpointSigner(keyFile: arguments[3], memoryFile: arguments[4]),
            settings: settings, logger: Logger(label: "sealer"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            group.addTask { try await sealer.run() }
            try await group.waitForAll()
        }
    }
}
