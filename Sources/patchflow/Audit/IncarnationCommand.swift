internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import PatchManagement
internal import PostgresStore
internal import Signing
internal import StoreCheck
internal import TransparencyLog

struct IncarnationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incarnation",
        abstract: "After a backup was restored: lets the log go on from what is there.",
        discussion: """
            Records in the log what was lost and why, raises all fences to come above those that \
            were given out since the backup, and has the signer go on from the restored head. Whoever \
            keeps a checkpoint of the lost history will find that the log doesn't contain it: this \
            event is the answer. Refused when the signer has nothing against the database.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var signer: SignerOptions

    @Option(help: "Why; it is recorded.")
    var reason: String

    func validate() throws {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--reason is empty: say why, for those who read the log")
        }
    }

    func run() async throws {
        let signer = try signer.open(in: database.directory)
        let store = try database.store(as: .appender)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        guard let conflict = try await signer.conflict(in: store) else {
            throw ValidationError(
                "the signer has nothing against this database: its last head is, or follows from, "
                    + "what was signed last")
        }
        let number = try await Schema.beginIncarnation(database.owner())
        let begun = IncarnationBegun(
            number: number, reason: reason, lostSize: conflict.remembered.size,
            lostRoot: conflict.remembered.root.digest, resumedSize: conflict.stored.size,
            resumedRoot: conflict.stored.root.digest)
        // The same until the signer has gone on, so that it is recorded once.
        let command = UUID.version5(
            namespace: LogDecider.stream.uuid,
            name: "incarnation/\(begun.lostRoot)/\(begun.resumedRoot)")
        let outcome = try await CommandBus(store: store).send(
            .beginIncarnation(begun), to: LogDecider.stream, as: LogDecider.self,
            CommandContext(actor: .service(.installer), at: .now, commandID: command))
        try signer.goOn(from: conflict.stored)
        complain(
            "incarnation \(outcome.state.incarnation), recorded at position "
                + "\(outcome.receipt.lastPosition): the signer goes on from "
                + "\(conflict.stored.size) entries, after \(conflict.remembered.size)")
    }
}
