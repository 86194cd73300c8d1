internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import PostgresStore
internal import PrivateCluster
internal import StoreCheck
internal import TransparencyLog

/// Which database a role works on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: """
            The database, as a libpq connection string (PATCHFLOW_DATABASE); its user is taken as \
            it is, so name the role of this process: migrate the database's owner, serve \
            patchflow_appender, work patchflow_worker, project patchflow_projector, seal \
            patchflow_sealer, doctor patchflow_auditor. Over TCP a server that falls silent is given \
            up after 30 s (tcp_user_timeout, keepalives*), a connection that isn't made after 10 s \
            (connect_timeout), unless the string, a service file or PG* variables say otherwise. \
            Without it: the one that lies under --data-dir.
            """)
    var database: String?

    @Option(
        help: """
            Where `patchflow up` keeps everything (default /var/lib/patchflow as root, else below \
            $XDG_STATE_HOME).
            """)
    var dataDir: String?

    @Option(
        help: ArgumentHelp(
            """
            Where the files of archived events lie (PATCHFLOW_ARCHIVE; default archive in --data-dir).
            """, valueName: "directory"))
    var archive: String?

    static let databaseName = "patchflow"

    var directory: DataDirectory { DataDirectory(dataDir) }

    /// The configured connection string; nil when the private cluster is meant.
    var configured: String? {
        database
            ?? ProcessInfo.processInfo.environment["PATCHFLOW_DATABASE"].flatMap {
                $0.isEmpty ? nil : $0
            }
    }

    /// How to connect as the owner of the schema.
    func owner() throws -> ConnectionOptions {
        if let configured { return ConnectionOptions(configured) }
        return try directory.privateCluster().options.with(database: Self.databaseName)
    }

    /// How to connect with the rights of `role` and no others. A connection string that was given
    /// names its user itself.
    func login(as role: DatabaseRole) throws -> ConnectionOptions {
        precondition(role.mayLogIn, "nobody connects as \(role.name)")
        var options = try owner()
        if configured == nil { options.parameters["user"] = role.name }
        return options
    }

    /// The store, with the rights of `role`, and with what was archived.
    func store(as role: DatabaseRole) throws -> PostgresEventStore {
        PostgresEventStore(options: try login(as: role), archive: archiveDirectory)
    }

    var archiveDirectory: ArchiveDirectory {
        let variable = ProcessInfo.processInfo.environment["PATCHFLOW_ARCHIVE"] ?? ""
        return ArchiveDirectory(archive ?? (variable.isEmpty ? directory.archive : variable))
    }

    /// The log's keys: as given, or those of the installation under --data-dir; none where neither
    /// is there.
    func verifierKeys(_ options: VerifierKeyOptions) throws -> [VerifierKey] {
        let given = try options.keys()
        guard given.isEmpty else { return given }
        let file = directory.verifierKey
        guard configured == nil, FileManager.default.fileExists(atPath: file) else { return [] }
        return try VerifierKey.all(given: file)
    }
}
