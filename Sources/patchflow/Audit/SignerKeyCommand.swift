internal import ArgumentParser
internal import Signing
internal import TransparencyLog

struct SignerKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Prints the public key of the log that is sealed from here, makes or changes it.",
        discussion: """
            Auditors need the public key (PATCHFLOW_LOG_KEY), and had better not get it from the \
            server. The private key never leaves its file. Printing and making it works on files \
            alone; the other ways need the database as well, as they are recorded in the log.

            --rotate makes a new key, records in the log that it succeeds the old one, and has both \
            sign from then on; 'seal' needs no restart. Whoever knows either key accepts checkpoints \
            meanwhile: now give the new one to auditors (log/verifier.key holds both) and to \
            witnesses. The log's name stays. --destroy-old then takes the old private key away, once \
            a checkpoint with both signatures is there. Either can be begun again after a crash. \
            Whoever has reason to distrust the old key takes its line out of verifier.key.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var signer: SignerOptions

    @Flag(help: "Makes the key; refused when there is one.")
    var create = false

    @Option(help: "With --create: what the log is called, for good (default HOSTNAME/patchflow).")
    var logName = SignerOptions.standardLogName

    @Flag(help: "Makes a key that succeeds the one that signs; both sign from then on.")
    var rotate = false

    @Flag(help: "Destroys the old key after --rotate: only the new one signs from then on.")
    var destroyOld = false

    @Option(help: "With --rotate and --destroy-old: who does it; an administrator of this log.")
    var person: String?

    @Option(help: "With --rotate and --destroy-old: why; it is recorded.")
    var reason: String?

    func validate() throws {
        guard [create, rotate, destroyOld].count(where: { $0 }) <= 1 else {
            throw ValidationError(
                "--create, --rotate and --destroy-old are three steps: choose one of them")
        }
        guard rotate || destroyOld else {
            for (name, value) in [("--person", person), ("--reason", reason)] where value != nil {
                throw ValidationError("\(name) goes with --rotate and --destroy-old")
            }
            return
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--reason is empty: say why, for those who read the log")
        }
        guard person != nil else {
            throw ValidationError(
                "--person is missing: say who does it, for those who read the log")
        }
    }

    func run() async throws {
        let directory = database.directory
        if create {
            print(try signer.make(named: logName, in: directory))
            return
        }
        let opened = try signer.open(in: directory)
        if let person, let reason {
            let succession = KeySuccession(
                database: database, signer: opened, verifierFile: directory.verifierKey,
                person: person, reason: reason)
            try await rotate ? succession.rotate() : succession.destroyOld()
        }
        for verifier in try signer.open(in: directory).verifiers { print(verifier) }
    }
}
