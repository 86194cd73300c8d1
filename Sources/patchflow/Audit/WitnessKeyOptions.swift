internal import ArgumentParser
internal import CommandLineClient
internal import TransparencyLog

/// Which witnesses an auditor believes, and how many of them are enough.
struct WitnessKeyOptions: ParsableArguments {
    @Option(
        name: [.customLong("witness-key"), .customLong("witness")],
        help: ArgumentHelp(
            """
            The public key of a witness, or a file with it; may be repeated. Like the log's, it comes \
            from whoever runs the witness.
            """,
            valueName: "key|file"))
    var witnessKey: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many witnesses must have cosigned (all that are named).", valueName: "number"))
    var quorum: Int?

    /// - Throws: A usage failure for what isn't a witness's key.
    func keys() throws -> [VerifierKey] {
        try witnessKey.flatMap { given in
            let keys = try VerifierKey.all(given: given)
            guard keys.allSatisfy({ $0.algorithm == .cosignature }) else {
                throw ClientFailure.usage("'\(given)' is a key of a log, not of a witness")
            }
            return keys
        }
    }

    /// How many must have cosigned; nil when nothing was said of witnesses.
    var wanted: Int? { quorum ?? (witnessKey.isEmpty ? nil : witnessKey.count) }

    func validate() throws {
        guard let quorum, quorum < 0 else { return }
        throw ValidationError("--quorum \(quorum): choose 0 or more")
    }
}
