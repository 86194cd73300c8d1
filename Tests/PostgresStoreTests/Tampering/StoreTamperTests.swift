import Audit
import EventSourcing
import Foundation
import Logging
import PatchManagement
import Postgres
import PostgresStore
import Projections
import Signing
import StoreCheck
import Support
import Testing
import TransparencyLog

/// Whatever a superuser changes in a real store is found by whoever has to find it, and its position
/// named (I11, I12).
///
/// `deploy/test --long tamper` takes a hundred random places for each kind.
@Suite(.timeLimit(.minutes(60)), .serialized) struct StoreTamperTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["PATCHFLOW_TAMPERINGS"].flatMap { Int($0) } ?? 2

    @Test func nothingIsFoundWhereNothingWasDone() async throws {
        let history = try await StoredHistory.told()
        #expect(history.size > 2000)
        try await withStoredHistory { options, keys in
            let doctor = try await StoredHistory.doctor(options, keys).report()
            #expect(doctor.words == [])
            let report = try await audited(options)
            #expect(report.result == .sound, "\(report.findings.prefix(3))")
            #expect(try await rebuilt(options).isEmpty)
        }
    }

    @Test(arguments: StoreTampering.allCases)
    func itIsFound(_ tampering: StoreTampering) async throws {
        var random = SeededRandom.fresh("tampering with a store: \(tampering)")
        let history = try await StoredHistory.told()
        var found = 0
        for round in 0..<Self.rounds {
            try await withStoredHistory { options, keys in
                let done = try await withSQL(options) {
                    try await tampering.apply(to: history, keys: keys, on: $0, &random)
                }
                let said = "\(tampering) of \(done.what), seed \(random.seed), round \(round)"
                var isFound = true
                for judge in tampering.judges {
                    let verdict = try await verdict(of: judge, done, options, keys)
                    #expect(verdict == nil, "\(said): \(judge): \(verdict ?? "")")
                    isFound = isFound && verdict == nil
                }
                if isFound { found += 1 }
            }
        }
        print("store \(tampering): \(found) of \(Self.rounds) found")
    }

    /// Sealed and signed like any other, since the sealer knows nothing of rules: the auditor does.
    @Test func anEventThatNobodyCouldHaveMadeIsFoundByItsRules() async throws {
        var random = SeededRandom.fresh("forged events of assets")
        let history = try await StoredHistory.told()
        var found = 0
        for round in 0..<Self.rounds {
            try await withStoredHistory { options, keys in
                let forged = try await forge(history, options, &random)
                let said = "\(forged), seed \(random.seed), round \(round)"
                let doctor = try await StoredHistory.doctor(options, keys).report()
                #expect(doctor.result == .sound, "\(said): \(doctor.words)")
                let report = try await audited(options)
                #expect(report.result == .tampered, "\(said)")
                #expect(report.position == history.size + 1, "\(said): \(report.findings)")
                if report.result == .tampered { found += 1 }
            }
        }
        print("store forgedEvent: \(found) of \(Self.rounds) found")
    }

    // MARK: Judges

    /// Why a judge didn't do what it has to; nil when it did.
    private func verdict(
        of judge: StoreTampering.Judge, _ done: StoreTampering.Done,
        _ options: ConnectionOptions, _ keys: String
    ) async throws -> String? {
        switch judge {
        case .doctor:
            let report = try await StoredHistory.doctor(options, keys).report()
            guard report.result == .damaged else { return "found nothing" }
            let isNamed = report.checks.contains { check in
                check.findings.contains {
                    $0.kind == .damaged && (done.position == nil || $0.position == done.position)
                }
            }
            return isNamed ? nil : report.words.joined(separator: "\n")
        case .auditor:
            do {
                let report = try await audited(options)
                return report.result == .sound ? "found nothing" : nil
            } catch let error as EventStoreError where error.code == .corrupted {
                // What is missing can't be exported.
                return nil
            } catch is BundleExportError {
                return nil
            } catch is BundleError {
                return nil
            }
        case .rebuild:
            return try await rebuilt(options).isEmpty ? "found nothing" : nil
        }
    }

    private func audited(_ options: ConnectionOptions) async throws -> AuditReport {
        let trust = try AuditTrust(
            logKeys: [try await StoredHistory.told().files.verifier])
        var bundle: [UInt8] = []
        try await serving(options) { store in
            guard let note = try await PostgresSealedLog(store: store).checkpoint(of: nil) else {
                throw EventStoreError(.corrupted, "nothing was sealed")
            }
            try await BundleExport(at: SignedNote(Array(note.note.utf8)), .whole)
                .write(from: StoreSource(store: store)) { bundle += $0 }
        }
        return AuditVerification(try AuditBundle(MemoryBytes(bundle)), trusting: trust).report()
    }

    private func rebuilt(_ options: ConnectionOptions) async throws -> [String] {
        var differences: [String] = []
        try await serving(options) { store in
            let pool = ConnectionPool(options)
            defer { pool.close() }
            differences = try await Rebuild(store: store, pool: pool, logger: .silent).verify()
                .differences
        }
        return differences
    }

    // MARK: Forging

    /// - Returns: What was written behind the last event, and sealed.
    private func forge(
        _ history: StoredHistory, _ options: ConnectionOptions, _ random: inout SeededRandom
    ) async throws -> String {
        let last = random.pick(
            history.log.filter { $0.stream.prefix == AssetDecider.prefix[...] })
        let version = history.log.last { $0.stream == last.stream }?.version ?? 0
        let (type, data) = random.pick([
            ("AssetDecommissioned", #"{"bogus":true}"#),
            ("AssetDecommissioned", #"{"reason":"it is gone"}"#),
            ("AssetDescribed", #"{"attributes":{}}"#), ("CollectionOverdue", "{}"),
        ])
        let forged = last.forged(
            position: history.size + 1, version: version + 1, id: UUID(), type: type,
            actor: Actor(id: "pe_nobody", role: Role.viewer.rawValue), commandID: UUID(),
            data: Array(data.utf8))
        try await withSQL(options) { superuser in
            try await superuser.script("set search_path = patchflow")
            try await superuser.execute(
                """
                insert into events
                select \(forged.position), s.id, \(Int32(forged.version)), \(forged.id), \(type), 1,
                    now(), now(), \(forged.actor.id), \(forged.actor.role), null,
                    \(forged.commandID), \(forged.commandID), null, \(data)::text::json
                from streams s where key = \(forged.stream.text)
                """)
            try await superuser.execute(
                """
                update streams set version = version + 1, last_position = \(forged.position)
                where key = \(forged.stream.text)
                """)
            try await superuser.execute(
                """
                insert into commands
                select command_id, sha256(''), position, position, recorded_at from events
                where position = \(forged.position)
                """)
        }
        let files = try SignerFiles(copying: history.files)
        try await serving(options) { store in
            try await sealing(store, files) {
                try await waitForCheckpoint(of: forged.position, store)
            }
        }
        try files.remove()
        return "\(type) \(data) of \(forged.stream)"
    }
}

/// Runs `body` with a copy of the store, and one of the directory of keys.
private func withStoredHistory(
    _ body: (ConnectionOptions, _ keys: String) async throws -> Void
) async throws {
    let history = try await StoredHistory.told()
    try await TestCluster.shared.makeTemplate("tampering_template") { options in
        try await history.fill(options)
        try await serving(options) { store in
            let pool = ConnectionPool(options)
            defer { pool.close() }
            let projector = Projector(store: store, pool: pool, logger: .silent)
            while try await projector.projectOnce() {}
        }
    }
    let directory = try makeTestDirectory("keys")
    let keys = directory + "/keys"
    try FileManager.default.copyItem(atPath: history.keys.path, toPath: keys)
    try await withDatabase(template: "tampering_template") { try await body($0, keys) }
    try FileManager.default.removeItem(atPath: directory)
}

extension StoredHistory {
    static func doctor(_ options: ConnectionOptions, _ keys: String) async throws -> StoreDoctor {
        StoreDoctor(
            options: options.with(user: DatabaseRole.auditor.name),
            keys: [try await told().files.verifier],
            documentNames: { NamedDocuments.digest(namedBy: $0) },
            subjects: StoreDoctor.Subjects(
                prefix: PersonDecider.prefix, keys: SubjectKeyDirectory(path: keys)
            ) { event in
                guard event.type == RoleRevoked.type else { return nil }
                let read = try? RoleRevoked.decode(
                    schemaVersion: event.schemaVersion, data: event.data)
                return read?.reason.key.map { .encrypted(by: $0) }
            })
    }
}

extension Logger {
    fileprivate static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }
}
