internal import ArgumentParser
internal import TransparencyLog
internal import PostgresStore

struct SignerKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Prints the public key of the log that is sealed from here, or makes the key.",
        discussion: """
            Works on files alone. Auditors need the public key (PATCHFLOW_LOG_KEY), and had better \
            not get it from the server. The private key never leaves its file.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var signer: SignerOptions

    @Flag(help: "Makes the key; refused when there is one.")
    var create = false

    @Option(help: "With --create: what the log is called, for good (default HOSTNAME/patchflow).")
    var logName = SignerOptions.standardLogName

    func run() async throws {
        if create {
            print(try signer.make(named: logName, in: database.directory))
        } else {
            print(try signer.open(in: database.directory).verifier)
        }
    }
}
