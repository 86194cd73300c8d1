import EventSourcing
import Foundation
import Subprocess
import Support
import SystemPackage
import Testing
import TransparencyLog

@testable import Audit

/// `patchflow audit verify` on files, without server or database.
@Suite struct AuditVerifyTests {
    /// A folder with the bundle of the sample log, a checkpoint from before, and keys.
    private struct Files {
        let folder: URL
        let log: SealedLog

        init() throws {
            log = try SealedLog.sample().log
            folder = FileManager.default.temporaryDirectory.appending(
                path: "patchflow-verify-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try write("key", Array("\(log.key.verifier)\n".utf8))
            try write("saved", try log.prefix(300).checkpoint().bytes)
        }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: folder.appending(path: name))
        }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    private struct Answer {
        let status: TerminationStatus
        let output: String
        let error: String
    }

    private func verify(_ arguments: [String]) async throws -> Answer {
        let run = try await Subprocess.run(
            .path(FilePath(Installation.program)),
            arguments: Arguments(["audit", "verify"] + arguments),
            output: .string(limit: 100_000), error: .string(limit: 100_000))
        return Answer(
            status: run.terminationStatus, output: run.standardOutput, error: run.standardError)
    }

    @Test func aSoundBundleEndsWithZero() async throws {
        let files = try Files()
        defer { files.remove() }
        try files.write("bundle.tar", try await files.log.bundle())
        let answer = try await verify([
            files.path("bundle.tar"), "--log-key", files.path("key"), "--since",
            files.path("saved"),
        ])
        #expect(answer.status == .exited(0), "\(answer)")
        #expect(answer.output.hasPrefix("sound: "))
        #expect(answer.output.contains("\(files.log.size) entries"))
        #expect(answer.output.contains("the saved checkpoint of 300 entries"))
    }

    @Test func aTamperedOneEndsWithNine() async throws {
        let files = try Files()
        defer { files.remove() }
        var random = SeededRandom.fresh("the command line")
        let tampered = try await Tampering.editPayload.apply(to: files.log, &random)
        try files.write("bundle.tar", tampered.bundle)
        let bundle = files.path("bundle.tar")
        let key = files.log.key.verifier.description
        let position = try #require(tampered.position)
        let text = try await verify([bundle, "--log-key", key])
        #expect(text.status == .exited(9), "\(text)")
        #expect(text.output.contains("position \(position)  the entry is not the one that was"))
        let json = try await verify([bundle, "--log-key", key, "-o", "json"])
        #expect(json.status == .exited(9))
        let report = try JSONDecoder().decode(AuditReport.self, from: Data(json.output.utf8))
        #expect(report.result == .tampered)
        #expect(report.position == position)
    }

    @Test func oneThatIsCutOffOrMissingEndsWithTwo() async throws {
        let files = try Files()
        defer { files.remove() }
        let bundle = try await files.log.bundle()
        try files.write("bundle.tar", Array(bundle.prefix(bundle.count / 2)))
        for name in ["bundle.tar", "nothing.tar", "key"] {
            let answer = try await verify([files.path(name), "--log-key", files.path("key")])
            #expect(answer.status == .exited(2), "\(answer)")
            #expect(answer.output.hasPrefix("incomplete: "))
        }
    }

    @Test func withoutAKeyItSaysThatNothingIsProved() async throws {
        let files = try Files()
        defer { files.remove() }
        try files.write("bundle.tar", try await files.log.bundle())
        let answer = try await verify([files.path("bundle.tar")])
        #expect(answer.status == .exited(2), "\(answer)")
        #expect(answer.error.contains("a key inside the bundle would prove nothing"))
        #expect(answer.output.isEmpty)
    }

    @Test func witnessesAreAskedFor() async throws {
        let files = try Files()
        defer { files.remove() }
        try files.write("bundle.tar", try await files.log.bundle())
        let witness = try SealedLog.witness(1).verifier.description
        let arguments = [
            files.path("bundle.tar"), "--log-key", files.path("key"), "--witness", witness,
        ]
        #expect(try await verify(arguments).status == .exited(2))
        #expect(try await verify(arguments + ["--quorum", "0"]).status == .exited(0))
        #expect(
            try await verify(arguments + ["--quorum", "2"]).error.contains("a quorum of 2 of 1"))
    }
}
