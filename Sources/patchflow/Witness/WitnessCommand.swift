internal import ArgumentParser
internal import CommandLineClient
internal import Foundation
internal import HTTPServing
internal import Logging
internal import Signing
internal import TransparencyLog
internal import Witnessing

struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Cosigns checkpoints of logs, so that nobody can be shown another history.",
        subcommands: [WitnessServeCommand.self, WitnessKeyCommand.self],
        defaultSubcommand: WitnessServeCommand.self)
}

/// Where a witness keeps what it has promised.
struct WitnessDirectoryOptions: ParsableArguments {
    @Option(
        help: """
            Where the witness keeps its key, and the last checkpoint of each log that it has cosigned. \
            Its own: best on a machine of somebody else than the log's.
            """)
    var dir: String
}

struct WitnessServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers POST /add-checkpoint (C2SP tlog-witness).",
        discussion: """
            Needs no database, and knows nothing of the log but its name, its key, and the last \
            checkpoint that it has cosigned. It cosigns only what is proved to begin with that; a log \
            that has signed two histories is refused for good, and said at level critical together \
            with the note that proves it.

            What was cosigned is on the disk before it is answered: a restart, or kill -9, breaks no \
            promise. Of each log there is one file in --dir, a signed note. Who takes it away lets \
            the witness begin anew with that log: after a restored backup that is the way on, once \
            the log's own record of it (IncarnationBegun) was read.

            A log whose key was changed needs both keys here until the old one is destroyed.
            """)

    @OptionGroup var directory: WitnessDirectoryOptions

    @Option(
        help: ArgumentHelp(
            """
            A log's public key, NAME+HASH+BASE64, or the file that holds it; may be repeated. The \
            name is the log's.
            """, valueName: "key|file"))
    var logKey: [String]

    @Option(help: "Where it listens. What is behind a proxy stays on the loopback.")
    var listen = ListenAddress(host: "127.0.0.1", port: 8090)

    @OptionGroup var logging: LogOptions

    func run() async throws {
        let logger = RoleProcess.logger("witness", level: logging.level)
        let logs: WitnessedLogs
        do {
            logs = try WitnessedLogs(try logKey.flatMap(VerifierKey.all(given:)))
        } catch let error as KeyError {
            throw ValidationError("--log-key: \(error); a witness's key is none of a log")
        }
        let signer = try WitnessSigner(directory: directory.dir)
        // What can't be read now must not be found out by the first who asks.
        for log in logs.all { _ = try signer.remembered(of: log.origin) }
        let server = WitnessServer(
            signer: signer, logs: logs, listen: listen, logger: logger,
            now: { Int64(Date().timeIntervalSince1970) }
        ) { address in
            complain("ready http://\(address)")
        }
        try await RoleProcess.run([server], logger: logger)
    }
}

struct WitnessKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Prints the public key of the witness, or makes the key.",
        discussion: """
            Works on files alone. Logs (patchflow seal --witness-key) and auditors (patchflow audit \
            verify --witness-key) need the public key. The private key never leaves its file.
            """)

    @OptionGroup var directory: WitnessDirectoryOptions

    @Flag(help: "Makes the key; refused when there is one.")
    var create = false

    @Option(
        help: "With --create: what the witness is called, for good (default HOSTNAME/witness).")
    var name = "\(ProcessInfo.processInfo.hostName)/witness"

    func run() async throws {
        guard create else {
            print(try WitnessSigner(directory: directory.dir).verifier)
            return
        }
        try FileManager.default.createDirectory(
            atPath: directory.dir, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        print(try WitnessSigner.make(named: name, in: directory.dir))
    }
}
