package import EventSourcing
package import Postgres
package import StoreCheck
package import TransparencyLog

/// The store's fsck: reads everything, changes nothing, and says what is not as only patchflow would
/// have made it. What it reads is judged in `StoreCheck`.
///
/// Production is not disturbed: keyset pages, each a statement and so a snapshot of its own, which is
/// consistent in itself and soon over; what is compared across pages is what never changes. No locks
/// but those of reading, and memory that doesn't grow with the log.
package struct StoreDoctor: Sendable {
    /// Tells which document an event names: what events mean is not known here.
    package typealias DocumentNames = @Sendable (LogEntry) -> Digest?

    /// Where the keys of people are, and what events say about them.
    package struct Subjects: Sendable {
        let prefix: String
        let keys: any SubjectKeys
        let fact: @Sendable (RecordedEvent) -> SubjectFact?

        /// - Parameters:
        ///   - prefix: Of the streams of people.
        ///   - fact: nil for an event that says nothing about a key.
        package init(
            prefix: String, keys: any SubjectKeys,
            fact: @escaping @Sendable (RecordedEvent) -> SubjectFact?
        ) {
            self.prefix = prefix
            self.keys = keys
            self.fact = fact
        }
    }

    private let options: ConnectionOptions
    let keys: [VerifierKey]
    let documentNames: DocumentNames
    let archive: any EntryArchive
    private let subjects: Subjects?

    /// - Parameters:
    ///   - options: Of the role patchflow_auditor, or another one that may read everything.
    ///   - keys: The log's, to verify the signatures of checkpoints; none leaves them unverified.
    ///   - archive: The files of partitions that were archived.
    ///   - subjects: nil where the keys of people are not at hand: then that isn't looked at.
    package init(
        options: ConnectionOptions, keys: [VerifierKey], archive: (any EntryArchive)? = nil,
        documentNames: @escaping DocumentNames, subjects: Subjects? = nil
    ) {
        self.archive = archive ?? NoArchive()
        var options = options
        options.parameters["fallback_application_name"] = "patchflow doctor"
        self.options = options
        self.keys = keys
        self.documentNames = documentNames
        self.subjects = subjects
    }

    /// - Parameter onCheck: Called with each check when it is done.
    /// - Throws: `PostgresError` when the database can't be reached at all.
    package func report(
        onCheck: @Sendable (Check) -> Void = { _ in }
    ) async throws -> StoreReport {
        let connection = try await Connection.open(options)
        do {
            let checks = try await checks(on: connection, onCheck)
            await connection.close()
            return StoreReport(checks)
        } catch {
            await connection.close()
            throw error
        }
    }

    private func checks(
        on connection: Connection, _ onCheck: @Sendable (Check) -> Void
    ) async throws -> [Check] {
        // Indexes are what pages are read by, whatever the planner believes of young tables.
        try await connection.script(
            """
            set default_transaction_read_only = on; set lock_timeout = '10s';
            set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
            set jit = off;
            """)
        let schema = try await schemaCheck()
        onCheck(schema)
        // Of another schema nothing is known here.
        guard schema.verdict == .sound else { return [schema] }
        var checks = [schema]
        var passes: [(String, (Connection) async throws -> [Check])] = [
            ("functions", functionCheck), ("triggers", triggerCheck), ("rights", rightsCheck),
            ("partitions", partitionCheck), ("archives", archiveCheck), ("log", logChecks),
            ("streams", streamCheck),
            ("documents", documentCheck), ("work", workCheck), ("read models", projectionCheck),
        ]
        if let subjects {
            passes.append(("subject keys", { try await subjectKeyCheck(subjects, on: $0) }))
        }
        for (name, pass) in passes {
            for check in try await looking(at: name, connection, pass) {
                onCheck(check)
                checks.append(check)
            }
        }
        return checks
    }

    /// What can't be read is a finding, and the next check goes on.
    private func looking(
        at name: String, _ connection: Connection,
        _ pass: (Connection) async throws -> [Check]
    ) async throws -> [Check] {
        var check = Check(name)
        do {
            return try await pass(connection)
        } catch let error as PostgresError {
            guard case .server = error.code else { throw error }
            if error.sqlState?.errorClass == "XX" {
                check.damaged("PostgreSQL can't read it: \(error)")
            } else if error.sqlState == .insufficientPrivilege {
                check.incomplete(
                    "it may not be read: \(error)", action: "connect as patchflow_auditor")
            } else {
                check.incomplete("it could not be looked at: \(error)", action: "try again")
            }
        } catch let error as EventStoreError where error.code == .archiveMissing {
            check.incomplete(error.message, action: StoreFinding.findArchive)
        } catch let error as EventStoreError {
            check.damaged("it can't be read: \(error.message)")
        }
        return [check]
    }

    private func schemaCheck() async throws -> Check {
        var check = Check("schema")
        do {
            let pending = try await Schema.plan(options)
            let known = embeddedSQL.keys.count { $0.hasPrefix("migrations/") }
            check.hasLooked(at: "\(counted(known, "migration")) by their checksums")
            if let first = pending.first {
                check.incomplete(
                    "\(counted(pending.count, "migration")) to be applied, from \(first) on",
                    action: StoreFinding.migrate)
            }
        } catch let error as EventStoreError where error.code == .schemaTooNew {
            check.incomplete(error.message, action: "use the newer version of patchflow")
        } catch let error as MigrationError {
            check.damaged("\(error)", action: "compare the table migrations with a backup")
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            check.incomplete(
                "the schema may not be read: \(error)", action: "connect as patchflow_auditor")
        }
        return check
    }
}
