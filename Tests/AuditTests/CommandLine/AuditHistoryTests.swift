import EventSourcing
import Foundation
import Subprocess
import Support
import SystemPackage
import Testing
import TransparencyLog

@testable import Audit

/// `patchflow audit sample` and `audit what-if` on a bundle, without server or database.
@Suite struct AuditHistoryTests {
    @Test("a sample from a file is the one that the library draws, signed by whom the key names")
    func sample() async throws {
        let (log, _) = try SealedLog.sample()
        try await withBundle(try await log.bundle()) { file in
            let key = log.key.verifier.description
            let arguments = ["sample", "--bundle", file, "--seed", "42", "--size", "3"]
            let json = try await audit(arguments + ["--log-key", key, "-o", "json"])
            #expect(json.status == .exited(0), "\(json)")
            var drawn = try JSONDecoder().decode(AuditSample.self, from: Data(json.output.utf8))
            #expect(drawn.signedBy == key)
            drawn.signedBy = nil
            let bundle = try AuditBundle(MemoryBytes(try await log.bundle()))
            let expected = try await AuditSample(
                of: .deployments, 3, seed: 42, dates: nil, from: SealedHistory(bundle))
            #expect(drawn == expected)
            #expect(try await audit(arguments + ["-o", "json"]).error.contains("not verified"))

            let text = try await audit(arguments + ["--log-key", key])
            for word in expected.items.map(\.id) + ["succeeded", "3 of 40 deployments"] {
                #expect(text.output.contains(word), "\(text)")
            }
            let empty = try await audit(arguments + ["--log-key", key, "--to", "2020-01-01"])
            #expect(empty.output.contains("nothing to draw"), "\(empty)")
        }
    }

    @Test(
        "a what-if from a file says what would have been otherwise, and why something isn't known")
    func whatIf() async throws {
        let (log, _) = try SealedLog.sample()
        try await withBundle(try await log.bundle()) { file in
            let policy = file + ".policy"
            try Data(#"{"patch": {"evidence_seconds": 0}}"#.utf8).write(to: URL(filePath: policy))
            let arguments = ["what-if", "--bundle", file, "--policy", policy]
            let text = try await audit(arguments)
            #expect(text.status == .exited(0), "\(text)")
            for word in ["the sign-off of the test", "refused", "its patch would have taken"] {
                #expect(text.output.contains(word), "\(text)")
            }
            let json = try await audit(arguments + ["-o", "json"])
            let report = try JSONDecoder().decode(WhatIfReport.self, from: Data(json.output.utf8))
            #expect(report.differences.map(\.kind) == [.refused])
            try Data("patch: {evidence_seconds: 0}\n".utf8).write(to: URL(filePath: policy))
            #expect(try await audit(arguments).output == text.output, "the same in YAML")
            try Data(#"{"patch": {"evidence": 0}}"#.utf8).write(to: URL(filePath: policy))
            let refused = try await audit(arguments)
            #expect(refused.status == .exited(2))
            #expect(refused.error.contains("'patch.evidence' is no field"), "\(refused)")
        }
    }

    @Test("what isn't what was signed gives exit status 9, what can't be read 2")
    func notAsSigned() async throws {
        let (log, _) = try SealedLog.sample()
        var parts = try Parts(try await log.bundle())
        let id = BundlePart.entries(BundleID(index: 0))
        var entries = try #require(parts[id])
        let digits = try #require(
            entries.indices.first { entries[$0...].starts(with: Array(#""command_id":""#.utf8)) })
        let place = digits + 14
        entries[place] = entries[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        parts[id] = entries
        try await withBundle(try parts.packed()) { file in
            let answer = try await audit(["sample", "--bundle", file, "--seed", "1"])
            #expect(answer.status == .exited(9), "\(answer)")
            #expect(answer.output.isEmpty)
        }
        try await withBundle(try await log.bundle(.range(1...9))) { file in
            let answer = try await audit(["sample", "--bundle", file, "--seed", "1"])
            #expect(answer.status == .exited(2))
            #expect(answer.error.contains("export the whole log"), "\(answer)")
        }
        let missing = try await audit(["sample", "--bundle", "/nowhere", "--seed", "1"])
        #expect(missing.status == .exited(2))
        let stranger = try SealedLog.key(9).verifier.description
        try await withBundle(try await log.bundle()) { file in
            let answer = try await audit([
                "sample", "--bundle", file, "--seed", "1", "--log-key", stranger,
            ])
            #expect(answer.status == .exited(9), "\(answer)")
        }
    }

    // MARK: What is given

    private struct Answer {
        let status: TerminationStatus
        let output: String
        let error: String
    }

    private func audit(_ arguments: [String]) async throws -> Answer {
        let run = try await Subprocess.run(
            .path(FilePath(Installation.program)),
            arguments: Arguments(["audit"] + arguments),
            output: .string(limit: 100_000), error: .string(limit: 100_000))
        return Answer(
            status: run.terminationStatus, output: run.standardOutput, error: run.standardError)
    }

    private func withBundle(
        _ bytes: [UInt8], _ body: (String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "bundle.tar")
        try Data(bytes).write(to: file)
        try await body(file.path)
    }
}
