internal import APIContract
internal import ArgumentParser
internal import CommandLineClient
internal import Foundation
internal import TransparencyLog

struct CheckpointCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Shows or saves the log's signed head.",
        discussion: """
            A checkpoint that you keep binds the log: --since proves later that the log still begins \
            with what it was then. With a key (--log-key) its signature is verified.
            """)

    @Option(help: "The checkpoint of so many entries instead of the latest.")
    var size: Int64?

    @Option(help: "Saves it here.")
    var file: String?

    @Option(help: "A checkpoint that was saved earlier: proves that the log begins with it.")
    var since: String?

    @OptionGroup var verifier: VerifierKeyOptions
    @OptionGroup var global: GlobalOptions

    func run(_ session: Session) async throws {
        let key = try since == nil ? verifier.key() : verifier.required()
        let checkpoint: CheckpointResource = try await session.client.get(
            "checkpoints/\(size.map(String.init) ?? "latest")")
        let note = Array(checkpoint.note.utf8)
        if let key {
            let log = CheckedLog(key: key)
            let head = try log.checkpoint(note)
            session.printer.note(
                "signed by \(key.name): \(head.size) entries, root \(head.root)")
            if let since { try await compare(since, head, log, session) }
        } else {
            session.printer.note("not verified: no key was given (--log-key)")
        }
        if let file {
            try Data(note).write(to: URL(filePath: file), options: .atomic)
            session.printer.note("saved in \(file)")
        } else {
            try session.printer.show(checkpoint) { checkpoint.note }
        }
    }

    private func compare(
        _ file: String, _ head: TreeHead, _ log: CheckedLog, _ session: Session
    ) async throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw ClientFailure.usage("'\(file)' can't be read; does it exist?")
        }
        let old = try log.checkpoint(Array(bytes))
        guard old.size <= head.size else {
            throw ClientFailure.evidenceFailed(
                "the log has \(head.size) entries, and had \(old.size) when '\(file)' was saved")
        }
        let proof: ConsistencyProofResource = try await session.client.get(
            "proofs/consistency", query: ["from": String(old.size), "to": String(head.size)])
        try log.verify(old, growsInto: head, proof)
        session.printer.note("begins with the \(old.size) entries of \(file)")
    }
}
