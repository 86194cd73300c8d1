internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import PrivateCluster

/// Which database a role works on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: """
            The database, as a libpq connection string (PATCHFLOW_DATABASE). Without it: the one \
            that lies under --data-dir.
            """)
    var database: String?

    @Option(
        help: """
            Where `patchflow up` keeps everything (default /var/lib/patchflow as root, else below \
            $XDG_STATE_HOME).
            """)
    var dataDir: String?

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

    /// How the roles connect: as one who may append, never change what was appended.
    func service() throws -> ConnectionOptions {
        var options = try owner()
        if configured == nil { options.parameters["user"] = Self.serviceRole }
        return options
    }

    /// Has the rights of sql/roles.sql, and may log in to a private cluster.
    static let serviceRole = "patchflow_service"
}
