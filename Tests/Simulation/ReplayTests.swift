import Foundation
import Support
import Testing

@testable import EventSourcing

/// A story is its seed: told again, every byte of the log is the same, whatever a process' hash
/// tables look like.
@Suite("Stories told again") struct ReplayTests {
    @Test("The same seed gives the same log, byte for byte, in this process and in another")
    func sameLog() async throws {
        let seed = SeededRandom.fresh("the same log").seed >> 11
        let first = try Self.digest(of: seed)
        #expect(try Self.digest(of: seed) == first, "seed: \(seed)")
        let other = try await Self.digestElsewhere(of: seed)
        #expect(other == first.description, "seed: \(seed)")
    }

    /// For the test above: prints the digest of a seed, in a process of its own.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[asked] != nil))
    func tellsItsDigest() throws {
        let seed = try #require(
            ProcessInfo.processInfo.environment[Self.asked].flatMap { UInt64($0) })
        print("\(Self.answer)\(try Self.digest(of: seed))")
    }

    private static let asked = "PATCHFLOW_SIMULATION_DIGEST_OF"
    private static let answer = "digest of the log: "

    /// Of the log, and of how often something was done and drawn on the way to it.
    private static func digest(of seed: UInt64) throws -> Digest {
        var storm = try Storm(seed: seed)
        try storm.tell()
        var text = "\(storm.story.scheduler.steps)\n"
        for event in storm.story.log {
            text += "\(event.position) \(event.stream) \(event.version) \(event.id.text) "
            text += "\(event.type) \(event.recordedAt) \(event.actor.id) "
            text += String(decoding: event.data, as: UTF8.self) + "\n"
        }
        return Digest(of: text)
    }

    private static func digestElsewhere(of seed: UInt64) async throws -> String? {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let output = try await Programs.run(
            "/usr/bin/env",
            [
                "\(asked)=\(seed)", program, "--testing-library", "swift-testing", "--filter",
                "ReplayTests/tellsItsDigest",
            ])
        return output.split(separator: "\n").first { $0.hasPrefix(answer) }
            .map { String($0.dropFirst(answer.count)) }
    }
}
