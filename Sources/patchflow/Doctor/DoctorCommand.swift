internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import Logging
internal import Postgres
internal import PostgresStore
internal import Projections
internal import Signing
internal import StoreCheck
internal import TransparencyLog

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks the whole store: the log, what was sealed, streams, work, rights.",
        discussion: """
            Reads everything and changes nothing, beside a running system or an idle one: events are \
            dense and are those that were sealed, streams and commands agree with them, tiles and \
            checkpoints follow from them, documents have the bytes that their names say, work belongs \
            to streams that there are; partitions, triggers, functions and rights are as they were \
            made. A dropped or detached partition and a trigger that was switched off are found here; \
            a database's owner can't be kept from doing that.

            One line for each check; below it what is wrong, where, and what to do. Signatures are \
            verified when the log's key is given, or lies under --data-dir; there the signer's memory is \
            held against the log as well. The rows of the read models are compared with the log only with \
            --projections. The same goes for the keys of \
            people (--subject-keys): one that is gone though nobody was erased is found. What doctor can't know is \
            whether the whole log was rewritten together with its key: that shows a checkpoint that \
            an auditor has kept ('patchflow audit verify --since').

            Exit status: 0 sound, 9 damaged or changed by hand; 2 not everything could be looked at.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, json, jsonl
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var verifier: VerifierKeyOptions
    @OptionGroup var subjects: SubjectKeyOptions

    @Flag(
        help: """
            Also folds the log anew beside the live read models and compares every row, as \
            'projection verify' does. This writes, as patchflow_projector.
            """)
    var projections = false

    @Option(name: [.short, .long], help: "For people, or JSON: a whole, or a check a line.")
    var output: Output = .table

    func run() async throws {
        let output = output
        let doctor = StoreDoctor(
            options: try database.login(as: .auditor), keys: try database.verifierKeys(verifier),
            archive: database.archiveDirectory,
            documentNames: { NamedDocuments.digest(namedBy: $0) }, subjects: subjectKeys)
        var report = try await doctor.report { Self.print($0, output) }
        if projections, report.checks.count > 1 {
            let check = try await projectionCheck()
            Self.print(check, output)
            report = StoreReport(report.checks + [check])
        } else if output == .table {
            Swift.print(
                "not compared: the rows of the read models with the log; --projections does that")
        }
        if report.checks.count > 1, let check = try await signerCheck() {
            Self.print(check, output)
            report = StoreReport(report.checks + [check])
        }
        if output == .json {
            let encoder = Self.encoder
            encoder.outputFormatting.insert(.prettyPrinted)
            Swift.print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        switch report.result {
        case .sound: return
        case .damaged: throw ExitCode(9)
        case .incomplete: throw ExitCode(2)
        }
    }

    /// nil where they are not at hand.
    private var subjectKeys: StoreDoctor.Subjects? {
        guard database.configured == nil || subjects.subjectKeys != nil else { return nil }
        return StoreDoctor.Subjects(people: subjects.open(in: database.directory))
    }

    /// What was signed last, where the signer's files lie beside the database; nil where they don't.
    private func signerCheck() async throws -> Check? {
        let files = (key: database.directory.signerKey, memory: database.directory.signerMemory)
        guard database.configured == nil, FileManager.default.fileExists(atPath: files.key) else {
            return nil
        }
        var check = Check("signer's memory")
        let signer: CheckpointSigner
        let remembered: TreeHead?
        do throws(SignerFileError) {
            signer = try CheckpointSigner(keyFile: files.key, memoryFile: files.memory)
            remembered = try signer.remembered()
        } catch {
            check.incomplete("\(error)", action: "run it as the user whose files they are")
            return check
        }
        check.hasLooked(
            at: "the head of \(counted(remembered?.size ?? 0, "entry", plural: "entries"))")
        let store = try database.store(as: .auditor)
        guard let conflict = try await signer.conflict(in: store) else { return check }
        check.damaged(
            remembered == nil
                ? "it is gone: nobody can tell whether the database was set back"
                : "it has signed \(conflict.remembered.size) entries with the root "
                    + "\(conflict.remembered.root), and the database has \(conflict.stored.size) with "
                    + "\(conflict.stored.root)",
            action:
                "'patchflow audit incarnation --help' tells what to do after a backup was restored")
        return check
    }

    private func projectionCheck() async throws -> Check {
        var check = Check("read models rebuilt")
        let options = try database.login(as: .projector)
        let pool = ConnectionPool(options)
        defer { pool.close() }
        let rebuild = Rebuild(
            store: try database.store(as: .projector), pool: pool,
            logger: Logger(label: "patchflow.doctor"))
        let report: Rebuild.Report
        do {
            report = try await rebuild.verify()
        } catch let error as EventStoreError where error.code == .archiveMissing {
            check.incomplete(error.message, action: StoreFinding.findArchive)
            return check
        }
        for difference in report.differences {
            check.damaged("differs: \(difference)", action: "run 'patchflow projection rebuild'")
        }
        if !report.isEqual, report.differences.isEmpty {
            check.damaged(
                "the read models were made by another version of patchflow",
                action: "run 'patchflow projection rebuild'")
        }
        check.hasLooked(
            at: "\(counted(report.events, "event")) folded anew, up to position \(report.position)")
        return check
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// As soon as it is known: a large log takes minutes.
    private static func print(_ check: Check, _ output: Output) {
        switch output {
        case .table: write(DoctorText.text(check))
        case .json: break
        case .jsonl:
            guard let line = try? encoder.encode(check) else {
                preconditionFailure("a check is made of texts and numbers")
            }
            write(String(decoding: line, as: UTF8.self) + "\n")
        }
    }

    private static func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
