internal import ArgumentParser
internal import Audit
internal import Foundation
internal import SystemPackage
internal import TransparencyLog

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies an exported bundle, without server, database or network.",
        discussion: """
            Recomputes every hash from the entries, holds the root against the signed checkpoint, \
            rehashes the documents, and replays the rules of the domain: approvals, gates, one \
            attempt at a time, fences, no outcome without an intent.

            The key of the log must come from its operator by another way than the bundle: a key \
            that lies beside what it signed proves nothing. A saved checkpoint from an earlier \
            audit shows that nothing was taken back since; witnesses show that nobody else was \
            shown another log.

            Exit status: 0 sound, 9 tampered, or against the rules; 2 incomplete or unreadable.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, json, jsonl
    }

    @Argument(help: "The file that 'audit export' wrote.")
    var bundle: String

    @Option(
        name: .customLong("log-key"),
        help: ArgumentHelp(
            """
            The log's public key, NAME+HASH+BASE64, or the file that holds it; may be repeated \
            (PATCHFLOW_LOG_KEY).
            """, valueName: "key|file"))
    var keys: [String] = []

    @OptionGroup var witnesses: WitnessKeyOptions

    @Option(
        help: ArgumentHelp(
            "A checkpoint that was kept from before: this log must begin with it.",
            valueName: "file"))
    var since: String?

    @Option(help: ArgumentHelp("The log's name (that of the first key).", valueName: "name"))
    var origin: String?

    @Option(name: [.short, .long], help: "For people, or JSON.")
    var output: Output = .table

    func run() async throws {
        let trust: AuditTrust
        let logKeys = keys.isEmpty ? [VerifierKeyOptions.environmentKey].compactMap(\.self) : keys
        do {
            trust = try AuditTrust(
                logKeys: try logKeys.flatMap(VerifierKey.all(given:)),
                witnesses: try witnesses.keys(), quorum: witnesses.quorum,
                origin: origin)
        } catch let error as AuditTrustError {
            throw ValidationError("\(error)")
        }
        let saved = try since.map { path in
            try FileBytes.with(path) { try $0.read(at: 0, count: Self.noteSize($0, path)) }
        }
        let report = Self.report(bundle, trust, saved)
        try print(report)
        switch report.result {
        case .sound: return
        case .tampered: throw ExitCode(9)
        case .incomplete: throw ExitCode(2)
        }
    }

    private static func report(
        _ path: String, _ trust: AuditTrust, _ saved: [UInt8]?
    ) -> AuditReport {
        do {
            return try FileBytes.with(path) { file in
                AuditVerification(try AuditBundle(file), trusting: trust, since: saved).report()
            }
        } catch let error as BundleError {
            return AuditReport(unreadable: error)
        } catch {
            return AuditReport(unreadable: .unreadable(reason: "\(error)"))
        }
    }

    private static func noteSize(_ file: FileBytes, _ path: String) throws -> Int {
        guard file.length <= SignedNote.largest else {
            throw ValidationError("'\(path)' is no checkpoint: it has \(file.length) bytes")
        }
        return Int(file.length)
    }

    private func print(_ report: AuditReport) throws {
        switch output {
        case .table: Swift.print(AuditText.text(report), terminator: "")
        case .json, .jsonl:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            if output == .json { encoder.outputFormatting.insert(.prettyPrinted) }
            Swift.print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
    }
}
