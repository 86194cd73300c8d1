internal import APIContract
internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import Foundation
internal import TransparencyLog

/// From where a command reads the whole history.
struct HistoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Reads this bundle of the whole log, without the server.", valueName: "file"))
    var bundle: String?

    @Option(
        help: ArgumentHelp(
            "From the server: at the checkpoint of so many entries instead of the latest.",
            valueName: "entries"))
    var at: Int64?

    @OptionGroup var verifier: VerifierKeyOptions

    static let insteadOfAsOf = "--at ENTRIES of a checkpoint, or the --bundle of that time,"

    func validate() throws {
        guard bundle == nil || at == nil else {
            throw ValidationError("--at chooses a checkpoint of the server, a bundle has its own")
        }
    }

    /// Calls `read` with the history, and the key that has signed its checkpoint where one was given.
    ///
    /// - Throws: An evidence failure for what isn't as it was signed; a usage failure for a bundle that
    ///   can't be read.
    func with<Result>(
        _ session: Session, _ read: (SealedHistory, String?) async throws -> Result
    ) async throws -> Result {
        do {
            if let bundle {
                return try await FileBytes.whileOpen(bundle) { file in
                    let bundle = try AuditBundle(file)
                    let history = try SealedHistory(bundle)
                    return try await read(history, try signer(of: bundle.note().bytes, session))
                }
            }
            let checkpoint = try await CheckpointResource.fetch(at, cosignatures: nil, session)
            let note = try SignedNote(Array(checkpoint.note.utf8))
            let history = SealedHistory(
                at: try Checkpoint(text: note.text), from: ServedLog(session: session))
            return try await read(history, try signer(of: note.bytes, session))
        } catch let error as BundleError {
            throw ClientFailure.usage(error.description)
        } catch HistoryError.notWhole {
            throw ClientFailure.usage(HistoryError.notWhole.description)
        } catch let error as HistoryError {
            throw ClientFailure.evidenceFailed(error.description)
        }
    }

    private func signer(of note: [UInt8], _ session: Session) throws -> String? {
        let keys = try verifier.keys()
        guard !keys.isEmpty else {
            session.printer.note(
                "the checkpoint's signature is not verified: no key was given (--log-key)")
            return nil
        }
        let log = CheckedLog(keys: keys)
        _ = try log.checkpoint(note)
        return try log.signer(of: note).description
    }
}
