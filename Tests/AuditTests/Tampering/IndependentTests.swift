import EventSourcing
import Foundation
import Subprocess
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// A verifier in another language, which shares no line with ours, comes to the same results in
/// everything that cryptography can show.
@Suite(.enabled(if: IndependentVerifier.isThere)) struct IndependentTests {
    @Test func anUntouchedLogIsSound() async throws {
        let (log, _) = try SealedLog.sample()
        for size in [0, 1, 255, 256, 257, log.size] {
            let prefix = log.prefix(size)
            try await agree(on: try await prefix.bundle(), prefix, result: .sound)
        }
    }

    @Test func selectionsAreSound() async throws {
        let (log, history) = try SealedLog.sample()
        let saved = try log.prefix(77).checkpoint()
        try await agree(on: try await log.bundle(.range(250...300)), log, result: .sound)
        try await agree(
            on: try await log.bundle(.range(560...561), since: [77]), log, since: saved,
            result: .sound)
        let rollout = try #require(history.log.first { $0.stream.prefix == "ro" }).stream
        let bundle = try await log.bundle(.streams([rollout]))
        try await agree(on: bundle, log, result: .sound)
        try await agree(
            on: try await log.bundle(.range(560...561)), log, since: saved, result: .incomplete)

        var parts = try Parts(bundle)
        let position = try #require(history.log.first { $0.stream == rollout }).position
        parts[.entry(position)]?[20] ^= 1
        try await agree(on: try parts.packed(), log, result: .tampered)
        var other = log
        other.entries[3] = log.entries[4]
        try await agree(
            on: try await log.bundle(.range(560...561), since: [77]), log,
            since: try other.prefix(77).checkpoint(), result: .tampered)
    }

    @Test(arguments: Tampering.allCases.filter { $0 != .dropDocument })
    func itFindsWhatWasTamperedWith(_ tampering: Tampering) async throws {
        var random = SeededRandom.fresh("independently: \(tampering)")
        let (log, _) = try SealedLog.sample()
        for _ in 0..<2 {
            let tampered = try await tampering.apply(to: log, &random)
            try await agree(
                on: tampered.bundle, log, since: tampered.since, by: tampered.witnesses,
                result: tampered.result)
        }
    }

    @Test func cosignaturesAreVerified() async throws {
        let (log, _) = try SealedLog.sample()
        let note = try log.checkpoint()
        let witnesses = try (1...3).map { try SealedLog.witness($0) }
        let keys = witnesses.map(\.verifier)
        let cosigned = try note.adding(
            witnesses.prefix(2).map { $0.cosign(note.text, at: 1_772_357_400) })
        let bundle = try await log.bundle(at: cosigned)
        try await agree(on: bundle, log, by: Array(keys.prefix(2)), result: .sound)
        try await agree(on: bundle, log, by: keys, quorum: 2, result: .sound)
        try await agree(on: bundle, log, by: keys, result: .incomplete)
        try await agree(on: bundle, log, by: [keys[2]], quorum: 0, result: .sound)
        // Of another checkpoint, and of a time that it wasn't made at.
        let other = try log.prefix(5).checkpoint()
        let wrong = try note.adding([witnesses[0].cosign(other.text, at: 1_772_357_400)])
        try await agree(
            on: try await log.bundle(at: wrong), log, by: [keys[0]], result: .tampered)
        try await agree(
            on: try await log.bundle(at: wrong), log, by: [keys[1]], quorum: 0, result: .sound)
    }

    /// While one key succeeds another, whoever knows either of them believes the log.
    @Test func eitherOfTwoKeysIsEnough() async throws {
        let (log, _) = try SealedLog.sample()
        let successor = try SealedLog.key(2)
        let both = try Checkpoint(origin: SealedLog.origin, head: log.head)
            .signed(by: [successor, log.key])
        let bundle = try await log.bundle(at: both)
        let stranger = try SealedLog.key(9).verifier
        for (keys, result) in [
            ([log.key.verifier], AuditReport.Result.sound), ([successor.verifier], .sound),
            ([successor.verifier, log.key.verifier], .sound), ([stranger], .tampered),
        ] {
            try await agree(on: bundle, log, keys: keys, result: result)
        }
    }

    private func agree(
        on bundle: [UInt8], _ log: SealedLog, keys: [VerifierKey]? = nil,
        since: SignedNote? = nil, by witnesses: [VerifierKey] = [], quorum: Int? = nil,
        result: AuditReport.Result, _ place: SourceLocation = #_sourceLocation
    ) async throws {
        let trust = try AuditTrust(
            logKeys: keys ?? [log.key.verifier], witnesses: witnesses, quorum: quorum)
        let ours = audit(bundle, trust, since: since)
        let theirs = try await IndependentVerifier.verify(bundle, trust, since: since)
        #expect(ours.result == result, "\(ours.findings)", sourceLocation: place)
        #expect(theirs.result == result.rawValue, "\(theirs)", sourceLocation: place)
        #expect(
            theirs.position == ours.position, "\(theirs), \(ours.findings)", sourceLocation: place)
    }
}

/// Tests/TransparencyLogTests/Independent/verify_log.py, as an auditor would run it.
enum IndependentVerifier {
    struct Answer: Codable {
        let result: String
        let position: Int64?
        let reason: String?
    }

    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TransparencyLogTests/Independent/verify_log.py").path

    /// Whether Python is there with what the verifier needs: deploy/test installs it.
    static let isThere: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import cryptography"]
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static func verify(
        _ bundle: [UInt8], _ trust: AuditTrust, since: SignedNote?
    ) async throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "bundle.tar")
        try Data(bundle).write(to: file)
        var arguments = [script, file.path, "--quorum", "\(trust.quorum)"]
        arguments += trust.logKeys.flatMap { ["--key", $0.description] }
        arguments += trust.witnesses.flatMap { ["--witness", $0.description] }
        if let since {
            let saved = folder.appending(path: "saved")
            try Data(since.bytes).write(to: saved)
            arguments += ["--since", saved.path]
        }
        let run = try await Subprocess.run(
            .name("python3"), arguments: Arguments(arguments), output: .string(limit: 100_000),
            error: .string(limit: 100_000))
        let answer = try JSONDecoder().decode(
            Answer.self, from: Data(run.standardOutput.utf8))
        let statuses: [String: TerminationStatus] = [
            "sound": .exited(0), "tampered": .exited(9), "incomplete": .exited(2),
        ]
        #expect(run.terminationStatus == statuses[answer.result])
        return answer
    }
}
