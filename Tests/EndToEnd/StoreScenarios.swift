import APIContract
import Foundation
import JSON
import Postgres
import PrivateCluster
import Support
import Testing

/// The store of a whole installation: checked beside the running processes, damaged, and moved.
@Suite(.serialized)
struct StoreScenarios {
    @Test("doctor finds a running installation sound, and names what was changed by hand (I11)")
    func doctor() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "viewer")
            _ = try await installation.sealed()
            let sound = try await installation.runDirectly(["doctor", "--projections"])
            #expect(sound.status == 0, "\(sound.output)\(sound.error)")
            let lines = sound.output.split(separator: "\n")
            #expect(
                lines.count == 19 && lines.allSatisfy { $0.hasPrefix("ok ") }, "\(sound.output)")
            #expect(!sound.output.contains("signatures not verified"))

            // Each process has the role that it needs.
            let users = try await installation.users()
            #expect(
                users.isSubset(of: [
                    "patchflow_appender", "patchflow_worker", "patchflow_projector",
                    "patchflow_sealer",
                ]), "\(users)")
            #expect(users.count == 4, "\(users)")

            // One event of ada's is changed: her stream is closed, and everybody else's goes on.
            let position = try await installation.position(of: "RoleGranted", last: true)
            try await installation.asSuperuser(
                "update patchflow.events set data = '{\"x\":1}' where position = \(position)")
            let closed = try await installation.attempt(
                "admin", ["token", "create", "--person", "ada", "--role", "viewer"])
            #expect(closed.status == 1, "\(closed.output)\(closed.error)")
            try await installation.introduce("bob", "viewer")
            let found = try await installation.runDirectly(["doctor", "-o", "json"])
            #expect(found.status == 9)
            guard case .object(let report) = try found.json else {
                throw InstallationError(found.output)
            }
            #expect(report["result"] == .string("damaged"))
            let text = try await installation.runDirectly(["doctor"])
            #expect(text.status == 9)
            #expect(
                text.output.contains(
                    "position \(position): the event is not the one that was sealed"),
                "\(text.output)")
        }
    }

    @Test("a dump in a fresh server is sound for doctor and auditor, and work goes on (I11)")
    func restore() async throws {
        try await withInstallation { installation in
            try await installation.introduce("ada", "auditor")
            _ = try await installation.sealed()
            let key = installation.directory + "/data/log/verifier.key"
            let saved = installation.directory + "/saved"
            try await installation.call(
                "ada", ["audit", "checkpoint", "--log-key", key, "--file", saved])
            await installation.stop()
            try await moveToFreshServer(installation)
            try await installation.start()

            let doctor = try await installation.runDirectly(["doctor", "--projections"])
            #expect(doctor.status == 0, "\(doctor.output)\(doctor.error)")
            try await installation.introduce("bob", "viewer")
            _ = try await installation.sealed()
            let bundle = installation.directory + "/bundle.tar"
            try await installation.call("ada", ["audit", "export", "--file", bundle])
            let verified = try await installation.run(
                ["audit", "verify", bundle, "--log-key", key, "--since", saved])
            #expect(verified.status == 0, "\(verified.output)\(verified.error)")
            let again = try await installation.runDirectly(["doctor"])
            #expect(again.status == 0, "\(again.output)")
        }
    }

    private func moveToFreshServer(_ installation: Installation) async throws {
        let directory = installation.directory + "/data/postgres"
        let dump = installation.directory + "/dump.sql"
        try await PrivateCluster(directory: directory).run { options in
            _ = try await Programs.run(
                Programs.postgres("pg_dump"),
                Programs.connection(options) + [
                    "-d", "patchflow", "--no-owner", "--no-privileges", "-f", dump,
                ])
        }
        try FileManager.default.removeItem(atPath: directory)
        try await PrivateCluster(directory: directory).run { options in
            let connection = try await Connection.open(options)
            try await connection.execute("create database patchflow")
            await connection.close()
            _ = try await Programs.run(
                Programs.postgres("psql"),
                Programs.connection(options) + [
                    "-d", "patchflow", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", dump,
                ])
        }
    }
}

extension Installation {
    /// Whom its processes are connected to the database as.
    fileprivate func users() async throws -> Set<String> {
        let rows = try await query(
            """
            select distinct usename::text from pg_stat_activity
            where datname = 'patchflow' and pid <> pg_backend_pid() and usename is not null
            """)
        return Set(try rows.map { try $0.decode(String.self, at: 0) })
    }

    /// Of the first or the last event of a type.
    fileprivate func position(of type: String, last: Bool) async throws -> Int64 {
        let rows = try await query(
            """
            select \(unsafe: last ? "max" : "min")(position) from patchflow.events
            where type = \(type)
            """)
        return try rows[0].decode(at: 0)
    }

    private func query(_ query: Query) async throws -> QueryResult {
        let cluster = try PrivateCluster(directory: directory + "/data/postgres")
        let connection = try await Connection.open(cluster.options.with(database: "patchflow"))
        do {
            let rows = try await connection.query(query)
            await connection.close()
            return rows
        } catch {
            await connection.close()
            throw error
        }
    }
}
