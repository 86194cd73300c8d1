internal import APIContract
internal import ArgumentParser
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import TransparencyLog

struct ProveCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Proves that an event is in the log, as it is shown.",
        discussion: """
            Fetches the entry, the proof and a checkpoint, and verifies them here: the signature by \
            the log's key, the way from the entry's hash to the signed root, and that the entry is \
            the event that was asked for. Exit status 9 when something isn't right.
            """)

    @Argument(
        help: "Its position in the log, its id, or STREAM@VERSION. An id is looked for long.")
    var event: String

    @Option(help: "In the checkpoint of so many entries instead of the latest.")
    var size: Int64?

    @OptionGroup var verifier: VerifierKeyOptions
    @OptionGroup var global: GlobalOptions

    /// What was proved, for programs.
    private struct Proved: Encodable {
        let position: Int64
        let stream: String
        let version: Int
        let event: String
        let type: String
        let entrySha256: String
        let size: Int64
        let root: String
        let signedBy: String
        let entry: String
    }

    func run(_ session: Session) async throws {
        let keys = try verifier.required()
        var query = try reference()
        // First the checkpoint: the proof is asked for it by its size.
        let checkpoint = try await CheckpointResource.fetch(size, cosignatures: 0, session)
        let log = CheckedLog(keys: keys)
        let head = try log.checkpoint(Array(checkpoint.note.utf8))
        let signer = try log.signer(of: Array(checkpoint.note.utf8))
        query["size"] = String(head.size)
        let proof: InclusionProofResource = try await session.client.get(
            "proofs/inclusion", query: query)
        let event = try log.event(proof, under: head)
        try expectAsked(event)
        let digest = Digest(of: Array(proof.entry.utf8)).description
        let proved = Proved(
            position: event.position, stream: event.stream.text, version: event.version,
            event: event.id.text, type: event.type, entrySha256: digest, size: head.size,
            root: head.root.description, signedBy: signer.description, entry: proof.entry)
        try session.printer.show(proved) {
            """
            proved: \(event.type) is at position \(event.position) of the log '\(log.name)'
              event       \(event.id.text)
              stream      \(event.stream), version \(event.version)
              recorded    \(event.recordedAt)
              entry       \(proof.entry.utf8.count) bytes, SHA-256 \(digest)
              proof       \(proof.hashes.count) hashes to the root \(head.root)
              checkpoint  \(head.size) entries, signed by \(signer)
            \(proof.entry)

            """
        }
    }

    /// The parameters by which the server finds the event.
    private func reference() throws -> [String: String?] {
        if Int64(event) != nil { return ["position": event] }
        let parts = event.split(separator: "@", maxSplits: 1).map(String.init)
        if parts.count == 2, Int64(parts[1]) != nil {
            return ["stream": parts[0], "version": parts[1]]
        }
        guard UUID(uuidString: event) != nil else {
            throw ClientFailure.usage(
                "'\(event)' is no position, no event's id and no STREAM@VERSION")
        }
        return ["event": event]
    }

    /// A right proof of another event proves nothing of the one that was asked for.
    private func expectAsked(_ found: RecordedEvent) throws {
        let names = [
            String(found.position), found.id.text, "\(found.stream.text)@\(found.version)",
        ]
        guard names.contains(event.lowercased()) else {
            throw ClientFailure.evidenceFailed(
                "asked for \(event), the server proved another event: \(names.joined(separator: ", "))"
            )
        }
    }
}
