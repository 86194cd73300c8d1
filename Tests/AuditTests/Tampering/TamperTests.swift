import EventSourcing
import Foundation
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// Whatever is changed in what was sealed is found, and its position named (I11).
///
/// `deploy/test --long tamper` takes a hundred random places for each kind. What a superuser does to the
/// tables, the read models and the keys of people is in PostgresStoreTests.StoreTamperTests.
@Suite struct TamperTests {
    private static let rounds = Volume.tamperings

    @Test(arguments: Tampering.allCases)
    func itIsFound(_ tampering: Tampering) async throws {
        var random = SeededRandom.fresh("tampering: \(tampering)")
        let (log, _) = try SealedLog.sample()
        var found = 0
        for round in 0..<Self.rounds {
            let expected = try await tampering.apply(to: log, &random)
            let trust = try AuditTrust(logKeys: [log.key.verifier], witnesses: expected.witnesses)
            let report = audit(expected.bundle, trust, since: expected.since)
            let said = "\(tampering), seed \(random.seed), round \(round): \(report.findings)"
            #expect(report.result == expected.result, "\(said)")
            #expect(report.position == expected.position, "\(said)")
            // What a rewriter wrote may break rules as well, which is then said first.
            let isAgainstRules = report.findings.contains { $0.kind == .violation }
            if expected.between == nil || !isAgainstRules {
                #expect(report.between == expected.between, "\(said)")
                #expect(report.reason != nil, "\(said)")
            }
            if report.result != .sound { found += 1 }
        }
        print("\(tampering): \(found) of \(Self.rounds) found")
    }

    /// Nothing is found where nothing was done: histories of other seeds and sizes, each cut off at a
    /// random place, as a log is at any moment; signed, cosigned, and held against an older checkpoint.
    @Test func nothingElseIsFound() async throws {
        var random = SeededRandom.fresh("untouched logs")
        let witness = try SealedLog.witness(1)
        var whole = try SealedLog.sample().log
        var quiet = 0
        for round in 0..<Volume.untouchedLogs {
            if round % 10 == 9 {
                var history = try SimulatedHistory(
                    FleetSettings(seed: random.next()), assets: 20 + random.below(20))
                try history.rollOut()
                whole = try SealedLog(
                    history.log, history.documents, key: SealedLog.key(UInt8(random.below(200))))
            }
            let log = whole.prefix(Int64(random.below(whole.entries.count + 1)))
            let note = try log.checkpoint()
            let cosigned = try note.adding([witness.cosign(note.text, at: 1_772_357_400)])
            let older = try log.prefix(Int64(random.below(log.entries.count + 1))).checkpoint()
            let trust = try AuditTrust(
                logKeys: [log.key.verifier], witnesses: [witness.verifier])
            let report = audit(try await log.bundle(at: cosigned), trust, since: older)
            let said = "seed \(random.seed), round \(round), \(log.size) entries"
            #expect(report.result == .sound, "\(said): \(report.findings)")
            if report.result == .sound { quiet += 1 }
        }
        print("untouched: \(quiet) of \(Volume.untouchedLogs) logs raise no alarm")
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
        // Beside whatever rules the rewritten events break.
        let rewritten = try await Tampering.rewriteWithTiles.apply(to: log, &random)
        let findings = audit(rewritten.bundle, try log.trust(), since: rewritten.since).findings
        #expect(findings.contains { $0.reason.contains("rewritten together") })
        #expect(try await reason(.restoreOlder).contains("smaller than it was"))
        #expect(try await reason(.swapKey).contains("signed by no key that is known"))
    }
}

/// How much of it: little in the quick tier, as much as is asked for in the long one.
private enum Volume {
    static let tamperings = number("PATCHFLOW_TAMPERINGS", 8)
    static let untouchedLogs = number("PATCHFLOW_UNTOUCHED_LOGS", 20)

    private static func number(_ variable: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
    }
}
