import Foundation
import Postgres
import PrivateCluster
import Subprocess
import Support
import Synchronization
import SystemPackage

/// An installation that is written to all the time, while whatever belongs to it is killed with -9.
final class Siege: Sendable {
    /// What dies.
    enum Victim: String, CaseIterable {
        /// A process that appends.
        case writer
        case serve, project, seal
        /// One of PostgreSQL's own, for one connection: the server restarts all of them.
        case backend
        case postmaster
        /// The supervisor, and with it everything.
        case up

        /// Of a hundred kills.
        var share: Int {
            switch self {
            case .writer: 48
            case .backend: 16
            case .serve, .project, .seal: 10
            case .postmaster: 3
            case .up: 3
            }
        }

        /// How often within a minute at most: supervisors give up on what always dies.
        var mostInAMinute: Int {
            switch self {
            case .writer, .backend: .max
            case .serve, .project, .seal: 8
            case .postmaster: 3
            case .up: 4
            }
        }
    }

    private let installation: Installation
    private let seed: UInt64
    private let writers: [SiegeWriter]
    private let database: ConnectionOptions

    init(_ installation: Installation, seed: UInt64) throws {
        self.installation = installation
        self.seed = seed
        let cluster = try PrivateCluster(directory: installation.directory + "/data/postgres")
        let database = cluster.options.with(database: "patchflow")
        self.database = database
        let directory = installation.directory
        writers = (0..<2).map {
            SiegeWriter(database, journal: "\(directory)/writer-\($0).journal")
        }
    }

    /// - Returns: How often each of them was killed.
    func kill(_ count: Int) async throws -> [Victim: Int] {
        var random = SeededRandom(seed: seed)
        let writing = writers.enumerated().map { number, writer in
            Task { await writer.keepWriting(seed: seed % 1_000_000 + UInt64(number) * 1000) }
        }
        var killed: [Victim: [ContinuousClock.Instant]] = [:]
        let outcome: Result<Void, any Error>
        do {
            while killed.values.reduce(0, { $0 + $1.count }) < count {
                let victim = Self.draw(&random)
                let now = ContinuousClock.now
                let recent = (killed[victim] ?? []).count { now - $0 < .seconds(60) }
                if recent < victim.mostInAMinute, try await kill(victim, &random) {
                    killed[victim, default: []].append(now)
                }
                try await Task.sleep(for: .milliseconds(20 + random.below(500)))
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        for task in writing { task.cancel() }
        for writer in writers { writer.kill() }
        for task in writing { await task.value }
        try outcome.get()
        return killed.mapValues(\.count)
    }

    private static func draw(_ random: inout SeededRandom) -> Victim {
        var number = random.below(Victim.allCases.reduce(0) { $0 + $1.share })
        for victim in Victim.allCases {
            number -= victim.share
            if number < 0 { return victim }
        }
        return .writer
    }

    /// - Returns: false when there was none at that moment.
    private func kill(_ victim: Victim, _ random: inout SeededRandom) async throws -> Bool {
        switch victim {
        case .writer: return random.pick(writers).kill()
        case .serve, .project, .seal: return signal(installation.pids(of: victim.rawValue))
        case .backend: return signal(await backends(), &random)
        case .postmaster: return signal(installation.pids(of: "postgres"))
        case .up:
            guard signal(installation.pids(of: "up")) else { return false }
            try await installation.start()
            return true
        }
    }

    private func signal(_ pids: [Int32]) -> Bool {
        guard let pid = pids.first else { return false }
        return Glibc.kill(pid, SIGKILL) == 0
    }

    private func signal(_ pids: [Int32], _ random: inout SeededRandom) -> Bool {
        pids.isEmpty ? false : signal([random.pick(pids)])
    }

    /// Those that carry out something for patchflow; none while the server starts anew.
    private func backends() async -> [Int32] {
        guard let connection = try? await Connection.open(database) else { return [] }
        let rows = try? await connection.query(
            """
            select pid from pg_stat_activity
            where datname = 'patchflow' and backend_type = 'client backend'
                and pid <> pg_backend_pid()
            order by pid
            """)
        await connection.close()
        return rows.map { rows in rows.compactMap { try? $0.decode(Int32.self, at: 0) } } ?? []
    }

    /// Has the writers send again what is in doubt, with nothing in their way.
    func settle() async throws {
        for writer in writers { try await writer.settle() }
    }

    // MARK: What must be true

    func head() async throws -> Int64 {
        let connection = try await Connection.open(database)
        let rows = try await connection.query(
            "select coalesce(max(position), 0) from patchflow.events")
        await connection.close()
        return try rows[0].decode(at: 0)
    }

    /// What is not as the journals say, in words: commands that were acknowledged and aren't there,
    /// or elsewhere, or twice; and events that nobody sent.
    func faults() async throws -> (faults: [String], commands: Int) {
        let connection = try await Connection.open(database)
        let rows = try await connection.query(
            """
            select command_id, min(position), max(position), count(*)
            from patchflow.events where actor = 'writer' group by command_id
            """)
        await connection.close()
        var recorded: [UUID: (first: Int64, last: Int64, count: Int64)] = [:]
        for row in rows {
            recorded[try row.decode(at: 0)] = (
                try row.decode(at: 1), try row.decode(at: 2), try row.decode(at: 3)
            )
        }
        var faults: [String] = []
        var sent: Set<UUID> = []
        for line in try writers.flatMap({ try $0.lines() }) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1, let command = UUID(uuidString: words[1]) else {
                faults.append("the journal has '\(line)'")
                continue
            }
            let found = recorded[command]
            switch words[0] {
            case "send":
                sent.insert(command)
                let events = words.dropFirst(2).compactMap { $0.split(separator: ":").last }
                    .compactMap { Int64($0) }.reduce(0, +)
                if let found, found.count != events { faults.append("\(line): \(found)") }
            case "ack":
                if found.map({ ["\($0.first)", "\($0.last)"] }) != Array(words.dropFirst(2)) {
                    faults.append("\(line): \(found.map { "\($0)" } ?? "is not there")")
                }
            default:
                if let found { faults.append("\(line): \(found)") }
            }
        }
        for command in recorded.keys where !sent.contains(command) {
            faults.append("nobody sent \(command)")
        }
        return (faults, recorded.count)
    }
}

/// A `store-writer` that is started again whenever it ends.
private final class SiegeWriter: Sendable {
    private let words: [String]
    private let journal: String
    private let pid = Mutex<Int32?>(nil)

    init(_ database: ConnectionOptions, journal: String) {
        words = [database.parameters["host"] ?? "", database.parameters["dbname"] ?? ""]
        self.journal = journal
    }

    func keepWriting(seed: UInt64) async {
        var seed = seed
        while !Task.isCancelled {
            _ = try? await run(seed: seed, seconds: 3600)
            seed += 1
        }
    }

    @discardableResult
    func kill() -> Bool { pid.withLock { $0 }.map { Glibc.kill($0, SIGKILL) == 0 } ?? false }

    func settle() async throws {
        let status = try await run(seed: 1, seconds: 0)
        guard status.isSuccess else {
            throw InstallationError("a writer can't settle what is in doubt: \(status)")
        }
    }

    func lines() throws -> [String] {
        try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func run(seed: UInt64, seconds: Int) async throws -> TerminationStatus {
        let program = FilePath(Installation.program).removingLastComponent()
            .appending("store-writer")
        return try await Subprocess.run(
            .path(program),
            arguments: Arguments(words + ["\(seed)", "\(seconds)", journal, "60"]),
            input: .none, output: .discarded, error: .discarded
        ) { process in
            pid.withLock { $0 = process.processIdentifier.value }
        }.terminationStatus
    }
}
