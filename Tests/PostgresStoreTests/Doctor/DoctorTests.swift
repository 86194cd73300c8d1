import EventSourcing
import Foundation
import Postgres
import PostgresStore
import StoreCheck
import Support
import Testing

/// The doctor names what was done to a store, and where (I11), and nothing else.
@Suite(.timeLimit(.minutes(3))) struct DoctorTests {
    @Test func aSoundStoreHasNoFinding() async throws {
        try await withHistory { options, doctor in
            let report = try await doctor.report()
            #expect(report.words == [])
            #expect(report.result == .sound)
            let looked = Dictionary(
                uniqueKeysWithValues: report.checks.map { ($0.name, $0.looked) })
            #expect(looked["positions"] == "600 events up to position 600")
            #expect(looked["sealed events"] == "600 events compared with their sealed hashes")
            #expect(looked["tiles"] == "1 tile above those of the events")
            #expect(looked["named documents"] == "1 reference by events")
            #expect(looked["documents"] == "1 document hashed again")
            #expect(looked["work"] == "2 activities, 1 timer, 1 attempt, 1 slot in use")
            #expect(looked.count == 16, "\(looked.keys.sorted())")
            #expect(looked["checkpoints"]?.contains(" up to 600, ") == true)
            // Nothing was written: the superuser sees no row of the auditor's.
            let stray = try await withSQL(options) {
                try await $0.query("select from pg_class where relname like 'doctor%'")
            }
            #expect(stray.isEmpty)
        }
    }

    @Test(arguments: Damage.all)
    func whatWasDoneIsNamed(damage: Damage) async throws {
        try await withHistory { options, doctor in
            try await withSQL(options) { superuser in
                try await superuser.script(
                    """
                    set session_replication_role = replica;
                    set search_path = patchflow;
                    \(damage.sql)
                    """)
            }
            let report = try await doctor.report()
            #expect(report.result == .damaged)
            let found = report.checks.first { $0.name == damage.check }?.findings.contains {
                $0.kind == .damaged && $0.reason.contains(damage.reason)
                    && (damage.position == nil || $0.position == damage.position)
                    && !$0.action.isEmpty
            }
            #expect(found == true, "\(report.words.joined(separator: "\n"))")
        }
    }

    /// One changed event is one finding: the others are still what was sealed.
    @Test func aChangedEventDoesNotHideTheNext() async throws {
        try await withHistory { options, doctor in
            try await withSQL(options) { superuser in
                try await superuser.script(
                    """
                    set session_replication_role = replica;
                    update patchflow.events set data = '{"x":1}' where position in (17, 300, 599)
                    """)
            }
            let report = try await doctor.report()
            #expect(
                report.words
                    == [17, 300, 599].map {
                        "sealed events: damaged \($0): the event is not the one that was sealed, or "
                            + "the tile with its hash was changed"
                    })
        }
    }

    /// What a person should look at is said, and is no damage.
    @Test func whatIsOnlyOddIsNoDamage() async throws {
        try await withHistory { options, doctor in
            try await withSQL(options) { superuser in
                let name = try await superuser.query("select current_database()")[0]
                    .decode(String.self, at: 0)
                try await superuser.script(
                    """
                    create role reporting_\(name);
                    grant select on patchflow.events to reporting_\(name);
                    revoke select on patchflow.events from patchflow_reader;
                    create function patchflow.mine() returns integer language sql as 'select 1';
                    revoke all on function patchflow.mine from public;
                    alter function patchflow.mine owner to patchflow_owner;
                    insert into patchflow.projections (definition, live, position)
                    values (1, true, 500);
                    insert into patchflow.projection_parked (generation, position, reason)
                    select generation, 400, 'unheard of' from patchflow.projections;
                    insert into patchflow.projections (definition, building)
                    values (1, 'replace');
                    drop table patchflow.events_000005000001;
                    """)
                let report = try await doctor.report()
                #expect(report.result == .sound)
                #expect(
                    report.words.sorted() == [
                        "functions: attention 0: the function mine is none of this program's",
                        "read models: attention 0: generation 2 of the read models was left by a "
                            + "rebuild that has ended",
                        "read models: attention 400: 1 event could not be folded into the read models",
                        "rights: attention 0: missing: SELECT on events to patchflow_reader",
                        "rights: attention 0: not from sql/roles.sql: SELECT on events to "
                            + "reporting_\(name)",
                    ])
                let models = report.checks.first { $0.name == "read models" }
                #expect(models?.looked == "0 rows as of position 500, 100 behind")
                try await superuser.script(
                    "drop owned by reporting_\(name); drop role reporting_\(name)")
            }
        }
    }

    @Test func whoMayNotReadEverythingIsToldSo() async throws {
        try await withHistory { options, _ in
            let doctor = StoreDoctor(
                options: options.with(user: DatabaseRole.reader.name), keys: [],
                documentNames: { _ in nil })
            let report = try await doctor.report()
            #expect(report.result == .incomplete)
            #expect(
                report.checks.flatMap(\.findings).contains {
                    $0.kind == .incomplete && $0.action == "connect as patchflow_auditor"
                }, "\(report.words)")
        }
    }

    @Test func anotherSchemaIsNotJudged() async throws {
        try await withDatabase { options in
            let doctor = StoreDoctor(options: options, keys: [], documentNames: { _ in nil })
            let empty = try await doctor.report()
            #expect(empty.result == .incomplete)
            #expect(empty.checks.first?.findings.first?.action == "run 'patchflow migrate'")
            var newer = embeddedSQL
            newer["migrations/9999_later.sql"] = "create table patchflow.later ();"
            try await Schema.migrate(options, files: newer)
            let later = try await doctor.report()
            #expect(later.result == .incomplete)
            #expect(later.checks.count == 1)
            #expect(later.checks[0].findings[0].action == "use the newer version of patchflow")
        }
    }

    /// Beside writers, workers and a sealer it sees only sound states.
    @Test func aLiveStoreUnderLoadRaisesNoAlarm() async throws {
        let files = try SignerFiles()
        try await withStoreDatabase { options in
            try await serving(options.with(user: DatabaseRole.appender.name)) { store in
                try await serving(options.with(user: DatabaseRole.worker.name)) { workers in
                    try await serving(options.with(user: DatabaseRole.sealer.name)) { sealer in
                        try await sealing(sealer, files) {
                            try await whileWorking(store, workers) {
                                for _ in 0..<3 {
                                    let report = try await StoreDoctor.auditing(
                                        options, keys: [files.verifier]
                                    ).report()
                                    #expect(report.words == [])
                                    #expect(report.result == .sound)
                                }
                            }
                        }
                    }
                }
            }
        }
        try files.remove()
    }

    private func whileWorking(
        _ store: PostgresEventStore, _ workers: PostgresEventStore, _ body: () async throws -> Void
    ) async throws {
        let head = try await store.head()
        let end = Flag()
        let load = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let stream = newStream()
                        var version = 0
                        while !end.isRaised {
                            _ = try await store.append(request(stream, at: version, events: 3))
                            _ = try await store.append(request(newStream(), events: 20))
                            version += 3
                        }
                    }
                }
                group.addTask {
                    let dispatch = try await Dispatch(workers)
                    try await dispatch.control(
                        ControlChange(scope: ControlChange.globe, capacity: 2))
                    let asset = newStream("as")
                    _ = try await workers.append(request(asset))
                    while !end.isRaised {
                        let ticket = try await dispatch.claim(asset)
                        try await dispatch.intend(asset, ticket)
                        _ = try await dispatch.end(asset, ticket)
                    }
                }
                try await group.waitForAll()
            }
        }
        try await eventually { try await store.head() > head + 1000 }
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        end.raise()
        try await load.value
        try outcome.get()
    }
}
