import EventSourcing
import Support
import Testing
import TransparencyLog

@testable import Audit

/// Whatever is changed in what was sealed is found, and its position named (I11).
@Suite struct TamperTests {
    private static let rounds = 8

    @Test(arguments: Tampering.allCases)
    func itIsFound(_ tampering: Tampering) async throws {
        var random = SeededRandom.fresh("tampering: \(tampering)")
        let (log, _) = try SealedLog.sample()
        for round in 0..<Self.rounds {
            let expected = try await tampering.apply(to: log, &random)
            let report = audit(expected.bundle, try log.trust(), since: expected.since)
            let said = "\(tampering), seed \(random.seed), round \(round): \(report.findings)"
            #expect(report.result == expected.result, "\(said)")
            #expect(report.position == expected.position, "\(said)")
            #expect(report.between == expected.between, "\(said)")
            #expect(report.reason != nil, "\(said)")
        }
    }

    /// Who has no checkpoint from before can't tell an older log from a current one, and whoever
    /// has the log's key can write another log: that is what saved checkpoints and witnesses are
    /// for.
    @Test(arguments: [Tampering.restoreOlder, .rewriteWithTheKey, .twoHistories])
    func someOfItOnlyASavedCheckpointShows(_ tampering: Tampering) async throws {
        var random = SeededRandom.fresh("without a saved checkpoint: \(tampering)")
        let (log, _) = try SealedLog.sample()
        let tampered = try await tampering.apply(to: log, &random)
        let trust = try log.trust()
        #expect(audit(tampered.bundle, trust).findings.allSatisfy { $0.rule != nil })
        #expect(audit(tampered.bundle, trust, since: tampered.since).result == .tampered)
        let witnesses = try [SealedLog.witness(1).verifier, SealedLog.witness(2).verifier]
        let watched = try AuditTrust(logKeys: [log.key.verifier], witnesses: witnesses)
        #expect(audit(tampered.bundle, watched).result != .sound)
    }

    @Test func whatWasChangedIsTold() async throws {
        var random = SeededRandom.fresh("reasons")
        let (log, _) = try SealedLog.sample()
        func reason(_ tampering: Tampering) async throws -> String {
            let tampered = try await tampering.apply(to: log, &random)
            return audit(tampered.bundle, try log.trust(), since: tampered.since).reason ?? ""
        }
        #expect(try await reason(.editPayload) == "the entry is not the one that was signed")
        #expect(try await reason(.editTile).contains("was changed: the entry itself is as it was"))
        #expect(try await reason(.rewriteWithTiles).contains("rewritten together"))
        #expect(try await reason(.restoreOlder).contains("smaller than it was"))
        #expect(try await reason(.swapKey).contains("signed by no key that is known"))
    }
}
