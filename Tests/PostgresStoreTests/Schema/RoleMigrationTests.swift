import EventSourcing
import Postgres
import PostgresStore
import PrivateCluster
import StoreCheck
import Support
import Testing

/// Servers on which the roles aren't made as in a fresh private cluster.
@Suite(.timeLimit(.minutes(2))) struct RoleMigrationTests {
    /// What sql/roles.sql was when one role did everything.
    private static let oneRole = """
        create role patchflow_service login;
        grant usage on schema patchflow to patchflow_service;
        grant select on all tables in schema patchflow to patchflow_service;
        grant insert, update, delete on
            patchflow.workers, patchflow.subscriptions, patchflow.subscription_notes,
            patchflow.projections, patchflow.projection_rows, patchflow.projection_parked
        to patchflow_service;
        grant update (worker, fence, tries, claimed_at, available_at, last_reason)
        on patchflow.activities to patchflow_service;
        grant usage on all sequences in schema patchflow to patchflow_service;
        grant execute on function
            patchflow.append_events, patchflow.seal_log, patchflow.store_note
        to patchflow_service;
        """

    @Test func theOneRoleOfBeforeGoesOnWithTheRightsThatItHad() async throws {
        try await withOwnCluster { cluster in
            let options = try await newDatabase(on: cluster, owner: nil)
            var before = embeddedSQL
            before["roles.sql"] = Self.oneRole
            try await Schema.migrate(options, files: before)
            let service = options.with(user: DatabaseRole.former)
            try await serving(service) { store in
                try await expectWork(store)
                // The process goes on while the database is migrated, and afterwards.
                try await Schema.migrate(options)
                try await expectWork(store)
            }
            try await withSQL(service) { connection in
                try await connection.query("select patchflow.ensure_event_partitions()")
                for change in ["delete from patchflow.events", "delete from patchflow.activities"] {
                    let error = await #expect(throws: PostgresError.self) {
                        try await connection.execute(Query(unsafe: change))
                    }
                    #expect(error?.sqlState == .insufficientPrivilege)
                }
            }
            try await expectEachInItsRole(options)
        }
    }

    @Test func anOwnerWhoMayNotMakeRolesIsToldWhatToRunByHand() async throws {
        try await withOwnCluster { cluster in
            let owner = try await newDatabase(on: cluster, owner: "house")
            try await Schema.migrate(owner)
            let statements = try #require(try await Schema.rolesToMake(owner))
            for role in DatabaseRole.allCases where role != .owner {
                let attribute = role.mayLogIn ? "login" : "nologin"
                #expect(statements.contains("create role \(role.name) \(attribute);"))
            }
            #expect(
                statements.hasSuffix(
                    "grant patchflow_log_writer, patchflow_seal_writer to house;"))
            // Until then the owner can do everything itself.
            try await serving(owner) { try await expectWork($0) }
            try await withSQL(cluster.options) { try await $0.script(statements) }
            try await Schema.migrate(owner)
            #expect(try await Schema.rolesToMake(owner) == nil)
            try await expectEachInItsRole(owner)
            try await Schema.migrate(owner)
            // For whoever keeps to one user for everything.
            try await serving(owner) { try await expectWork($0) }
        }
    }

    @Test func severalDatabasesOfAServerAreMigratedAtOnceByOwnersWhoMakeRoles() async throws {
        try await withOwnCluster { cluster in
            var owners: [ConnectionOptions] = []
            for number in 1...4 {
                let name = "house_\(number)"
                owners.append(try await newDatabase(on: cluster, owner: name, "createrole"))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for owner in owners { group.addTask { try await Schema.migrate(owner) } }
                try await group.waitForAll()
            }
            for owner in owners { try await expectEachInItsRole(owner) }
        }
    }

    @Test func aPrivateClusterLetsInItsOwnRolesAndNobodyElse() async throws {
        try await withOwnCluster(logins: [DatabaseRole.appender.name]) { cluster in
            try await withSQL(cluster.options) {
                try await $0.script("create role patchflow_appender login; create role guest login")
            }
            try await withSQL(cluster.options.with(user: "patchflow_appender")) { _ in }
            let error = await #expect(throws: PostgresError.self) {
                try await withSQL(cluster.options.with(user: "guest")) { _ in }
            }
            #expect(
                error?.message.contains("pg_hba.conf rejects") == true,
                "\(String(describing: error))")
        }
    }

    // MARK: Work

    private func newDatabase(
        on cluster: PrivateCluster, owner: String?, _ attribute: String = ""
    ) async throws -> ConnectionOptions {
        let name = owner ?? "house"
        try await withSQL(cluster.options) { connection in
            if let owner {
                try await connection.script("create role \(owner) login \(attribute)")
            }
            try await connection.execute("create database \(identifier: name)")
            if let owner {
                try await connection.execute(
                    "alter database \(identifier: name) owner to \(identifier: owner)")
            }
        }
        let options = cluster.options.with(database: name)
        return owner.map(options.with(user:)) ?? options
    }

    private func expectWork(_ store: PostgresEventStore) async throws {
        _ = try await store.append(
            request(newStream(), effects: [.schedule(install(on: newStream("as")))]))
        let worker = try await TestWorker(store)
        let claimed = try #require(try await worker.claim().first)
        try await store.queue.release(claimed.claim, after: .zero, reason: "again")
        #expect(try await store.subscriptions.advance("s", from: 0, to: 0, notes: [:]))
    }

    private func expectEachInItsRole(_ options: ConnectionOptions) async throws {
        try await serving(options.with(user: DatabaseRole.appender.name)) { store in
            let receipt = try await store.append(request(newStream()))
            #expect(receipt.lastPosition == (try await store.head()))
        }
        try await serving(options.with(user: DatabaseRole.worker.name)) { try await expectWork($0) }
        let files = try SignerFiles()
        try await serving(options.with(user: DatabaseRole.sealer.name)) { store in
            let head = try await store.head()
            try await sealing(store, files) { try await waitForCheckpoint(of: head, store) }
        }
        try files.remove()
    }
}
