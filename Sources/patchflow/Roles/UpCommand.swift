internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import Logging
internal import PatchManagement
internal import Postgres
internal import PostgresStore
internal import PrivateCluster
internal import Projections
internal import ServiceLifecycle
internal import StoreCheck
internal import TransparencyLog

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Everything on one machine: PostgreSQL, server, worker, projector and sealer.",
        discussion: """
            Keeps everything under --data-dir. Writes the administrator's token to admin.token \
            there, once; prints `ready http://…` on standard error when it serves; stops cleanly \
            on SIGTERM. Processes that die are started again. On its first start it makes the key \
            that signs the log, and says by which key auditors verify.

            With --demo it fills itself, once, and leaves the tokens of demo-alice, demo-rita \
            and demo-peter beside the administrator's.
            """)

    @OptionGroup var role: RoleOptions
    @OptionGroup var executor: ExecutorOptions
    @OptionGroup var fetching: FeedFetchOptions
    @OptionGroup var listening: ListenOptions

    @OptionGroup var signer: SignerOptions
    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var subjects: SubjectKeyOptions

    @Option(
        help: """
            What the log is called, for good: its checkpoints say so (default HOSTNAME/patchflow). \
            Of use on the first start, which makes the key.
            """)
    var logName = SignerOptions.standardLogName

    @Option(help: "How many worker processes.")
    var workers = 1

    @Option(
        help: """
            What its workers are called, with /1, /2 and so on behind it; needed where another \
            machine of this name works on the same database.
            """)
    var name = ProcessInfo.processInfo.hostName

    @Option(help: "How many seconds a worker's claims hold when it can't be heard of.")
    var lease = 15

    @Flag(
        help: """
            Works on simulated hosts and fills an empty installation with a short history of them; \
            everything in it is marked as simulated.
            """)
    var demo = false

    func validate() throws {
        guard (0...64).contains(workers) else {
            throw ValidationError(
                "--workers \(workers): choose 0 to 64; 0 when workers run elsewhere")
        }
        guard demo else { return }
        guard executor.executor != .ssh else {
            throw ValidationError(
                "--executor ssh: the hosts of --demo are simulated; leave out one of the two")
        }
        guard executor.simulatedFaults == ExecutorOptions.usualFaults else {
            throw ValidationError(
                "--simulated-faults '\(executor.simulatedFaults)': --demo says by itself which of "
                    + "its hosts fail; leave out one of the two")
        }
        guard workers > 0 else {
            throw ValidationError("--workers 0: --demo needs a worker of its own; choose 1 or more")
        }
    }

    func run() async throws {
        let logger = RoleProcess.logger("up", level: role.level)
        let directory = role.database.directory
        try directory.make()
        let cluster = role.database.configured == nil ? try directory.privateCluster() : nil
        try await cluster?.start()
        do {
            if let cluster { try await makeDatabase(cluster) }
            try await Schema.migrate(role.database.owner())
            try await complainOfMissingRoles(role.database.owner())
            try await withUseCases { useCases in
                if demo { try await Demonstration.refuseForeignLog(useCases.store, in: directory) }
                try await writeAdministratorToken(directory, useCases)
            }
            if !demo, executor.kind == .ssh { try await makeKey(directory) }
            let seals = try await makeSigner(directory)
            try await demo
                ? superviseDemonstration(seals, logger) : supervise(executor, seals, logger)
        } catch {
            await cluster?.stop()
            throw error
        }
        await cluster?.stop()
    }

    private func superviseDemonstration(_ seals: Bool, _ logger: Logger) async throws {
        let (store, useCases) = try useCases()
        let listen = listening.listen
        let service = DemonstrationService(
            demonstration: Demonstration(useCases: useCases, directory: role.database.directory),
            isReady: { listen.answers })
        try await supervise(executor.demonstrating, seals, beside: [store, service], logger)
    }

    private func supervise(
        _ executor: ExecutorOptions, _ seals: Bool, beside services: [any Service] = [],
        _ logger: Logger
    ) async throws {
        var roles = [child("project", ["project"], logger)]
        for number in 0..<workers {
            let name = "\(name)/\(number + 1)"
            roles.append(
                child(
                    "work \(number + 1)",
                    ["work", "--name", name, "--lease", "\(lease)"] + executor.arguments
                        + fetching.arguments, logger))
        }
        if seals {
            let words = ["seal"] + signer.arguments + witnesses.arguments
            roles.append(child("seal", words, logger))
        }
        roles.append(child("serve", ["serve"] + listening.arguments + subjects.arguments, logger))
        try await RoleProcess.run(roles + services, logger: logger)
    }

    private func child(_ name: String, _ words: [String], _ logger: Logger) -> ChildRole {
        var words = words + role.arguments + ["--data-dir", role.database.directory.path]
        // What a process works on is to be seen in the list of processes, unless it came by the
        // environment, which children inherit: there may be a password in it.
        if let given = role.database.database { words += ["--database", given] }
        if let archive = role.database.archive { words += ["--archive", archive] }
        return ChildRole(name: name, arguments: words, logger: logger)
    }

    private func makeDatabase(_ cluster: PrivateCluster) async throws {
        let connection = try await Connection.open(cluster.options)
        let name = DatabaseOptions.databaseName
        let found = try await connection.query("select 1 from pg_database where datname = \(name)")
        if found.isEmpty {
            try await connection.query("create database \(identifier: name)")
        }
        await connection.close()
    }

    private func useCases() throws -> (PostgresEventStore, UseCases) {
        let options = try role.database.login(as: .appender)
        let store = try role.database.store(as: .appender)
        let useCases = UseCases(
            bus: CommandBus(store: store), store: store,
            reads: PostgresReadModel(pool: ConnectionPool(options)),
            sealedLog: PostgresSealedLog(store: store),
            subjectKeys: subjects.open(in: role.database.directory), now: { .now },
            newID: { .timeOrdered() })
        return (store, useCases)
    }

    /// Lets `body` work on the log before the roles run.
    private func withUseCases(_ body: (UseCases) async throws -> Void) async throws {
        let (store, useCases) = try useCases()
        let service = Task { try await store.run() }
        defer { service.cancel() }
        try await body(useCases)
    }

    /// The administrator's first token. Made once; it is the operator's from then on.
    private func writeAdministratorToken(
        _ directory: DataDirectory, _ useCases: UseCases
    ) async throws {
        let isLost = !FileManager.default.fileExists(atPath: directory.administratorToken)
        let secret: String?
        do {
            secret = try await useCases.installAdministrator(again: isLost)
        } catch let rejection as PersonRejection {
            // Everything else can work meanwhile.
            return complain("no token could be made for the administrator: \(rejection.message)")
        }
        guard let secret else { return }
        try PrivateFile.write(secret + "\n", to: directory.administratorToken)
        complain("the administrator's token is in \(directory.administratorToken)")
    }

    /// A key of this installation's own, when none is named: its public half goes to the hosts.
    private func makeKey(_ directory: DataDirectory) async throws {
        guard executor.sshKey == nil,
            !FileManager.default.fileExists(atPath: directory.sshKey)
        else { return }
        try await SSHKey.make(at: directory.sshKey, knownHosts: directory.knownHosts)
        complain("hosts are reached with the key \(directory.sshKey): put \(directory.sshKey).pub")
        complain("into their authorized_keys, and their keys into \(directory.knownHosts)")
    }

    /// The log's key, on the first start.
    ///
    /// - Returns: Whether there is one: without it nothing is sealed here, and the rest works.
    private func makeSigner(_ directory: DataDirectory) async throws -> Bool {
        let files = signer.files(in: directory)
        if FileManager.default.fileExists(atPath: files.key) { return true }
        let (_, useCases) = try useCases()
        if let checkpoint = try await useCases.sealedLog.checkpoint(of: nil) {
            complain(
                "\(files.key) is not there, though \(checkpoint.size) entries of the log are signed:"
            )
            complain("nothing is sealed from here until the signer's key and memory are back")
            return false
        }
        let verifier = try signer.make(named: logName, in: directory)
        complain("the log is signed as \(verifier.name); auditors verify by \(verifier)")
        return true
    }
}
