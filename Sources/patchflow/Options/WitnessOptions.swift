internal import ArgumentParser
internal import AsyncHTTPClient
internal import CommandLineClient
internal import Foundation
internal import TransparencyLog
internal import Witnessing

/// Which witnesses the log asks for cosignatures.
struct WitnessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            A witness that is asked to cosign checkpoints (C2SP tlog-witness): its prefix, before \
            /add-checkpoint. May be repeated, each with its --witness-key.
            """, valueName: "url"))
    var witness: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The public key of the witness at the same place among --witness, or the file that holds \
            it. What is signed otherwise is not taken.
            """, valueName: "key|file"))
    var witnessKey: [String] = []

    func validate() throws {
        guard witness.count == witnessKey.count else {
            throw ValidationError(
                "--witness is given \(witness.count) times and --witness-key \(witnessKey.count): "
                    + "each witness needs its key")
        }
        for url in witness {
            let scheme = URL(string: url).flatMap { $0.host() == nil ? nil : $0.scheme }
            guard scheme == "http" || scheme == "https" else {
                throw ValidationError(
                    "--witness '\(url)' is no URL of a server, such as https://witness.example")
            }
        }
        _ = try keys()
    }

    /// The same choice on another process's command line.
    var arguments: [String] {
        zip(witness, witnessKey).flatMap { ["--witness", $0, "--witness-key", $1] }
    }

    func witnesses(http: HTTPClient) throws -> [any CheckpointWitness] {
        zip(witness, try keys()).map { HTTPWitness(url: $0, key: $1, http: http) }
    }

    private func keys() throws -> [VerifierKey] {
        try witnessKey.map { given in
            let keys: [VerifierKey]
            do {
                keys = try VerifierKey.all(given: given)
            } catch let failure as ClientFailure {
                throw ValidationError("--witness-key \(failure.message)")
            }
            guard keys.count == 1, keys[0].algorithm == .cosignature else {
                throw ValidationError("--witness-key '\(given)' is not the key of a witness")
            }
            return keys[0]
        }
    }
}
