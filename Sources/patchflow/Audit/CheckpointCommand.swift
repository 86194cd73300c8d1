internal import APIContract
internal import ArgumentParser
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import TransparencyLog

struct CheckpointCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Shows or saves the log's signed head, and who has cosigned it.",
        discussion: """
            A checkpoint that you keep binds the log: --since proves later that the log still begins \
            with what it was then. With a key (--log-key) its signature is verified, with the keys of \
            witnesses (--witness-key) their cosignatures: with enough of them, nobody was shown \
            another log.

            Without --size it is the latest checkpoint with the quorum. Where no witness is named, it \
            is the latest that any witness has cosigned, unless that lies more than ten minutes \
            behind; then, and where no witness is asked, the latest one.

            Exit status: 9 when a signature or proof is wrong, 2 when the quorum isn't met.
            """)

    @Option(help: "The checkpoint of so many entries instead of the latest.")
    var size: Int64?

    @Option(help: "Saves it here.")
    var file: String?

    @Option(help: "A checkpoint that was saved earlier: proves that the log begins with it.")
    var since: String?

    @OptionGroup var verifier: VerifierKeyOptions
    @OptionGroup var witnesses: WitnessKeyOptions
    @OptionGroup var global: GlobalOptions

    func run(_ session: Session) async throws {
        let isProof = since != nil || !witnesses.witnessKey.isEmpty
        let keys = try isProof ? verifier.required() : verifier.keys()
        let checkpoint = try await CheckpointResource.fetch(
            size, cosignatures: witnesses.wanted, session)
        let note = Array(checkpoint.note.utf8)
        if keys.isEmpty {
            session.printer.note("not verified: no key was given (--log-key)")
        } else {
            let log = CheckedLog(keys: keys)
            let head = try log.checkpoint(note)
            session.printer.note(
                "signed by \(log.name): \(head.size) entries, root \(head.root)")
            if let since { try await compare(since, head, log, session) }
        }
        try expectQuorum(in: SignedNote(note), session)
        if size == nil { try await sayHowFarBehind(checkpoint, session) }
        if let file {
            try Data(note).write(to: URL(filePath: file), options: .atomic)
            session.printer.note("saved in \(file)")
        } else {
            try session.printer.show(checkpoint) { checkpoint.note }
        }
    }

    /// Says who has cosigned.
    private func expectQuorum(in note: SignedNote, _ session: Session) throws {
        let keys = try witnesses.keys()
        let verified: [VerifiedSignature]
        do {
            verified = try note.verified(by: keys)
        } catch .unknownSigners {
            verified = []
        } catch {
            throw ClientFailure.evidenceFailed("a cosignature is not to be believed: \(error)")
        }
        for signature in verified {
            session.printer.note(
                "cosigned by \(signature.key.name) at \(Self.time(signature.cosignedAt))")
        }
        let names = Set(verified.map(\.key.name))
        for signature in note.cosignatures where !names.contains(signature.name) {
            session.printer.note(
                "cosigned by \(signature.name) at \(Self.time(signature.claimedTime)), as it says; "
                    + "not verified: its key was not given (--witness-key)")
        }
        let quorum = witnesses.quorum ?? keys.count
        guard !keys.isEmpty, verified.count < quorum else { return }
        session.printer.note(
            "incomplete: cosigned by \(verified.count) of the \(quorum) witnesses that are asked for"
        )
        throw ExitCode(2)
    }

    private func sayHowFarBehind(_ shown: CheckpointResource, _ session: Session) async throws {
        let newest = try await CheckpointResource.fetch(nil, cosignatures: 0, session)
        guard newest.size > shown.size, let sealed = Timestamp(shown.sealedAt),
            let sealedLast = Timestamp(newest.sealedAt)
        else { return }
        let seconds = (sealedLast - sealed).components.seconds
        session.printer.note(
            "the newest checkpoint has \(newest.size) entries, is \(seconds) s younger, and waits for "
                + "its cosignatures")
    }

    private static func time(_ unixSeconds: Int64?) -> String {
        // Up to the year 9999: the time is whoever's word.
        guard let unixSeconds, (0..<253_402_300_800).contains(unixSeconds) else {
            return "an impossible time"
        }
        return Timestamp(seconds: unixSeconds).description
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
