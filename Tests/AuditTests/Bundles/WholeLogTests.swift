import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// An untouched log raises no alarm, whatever happened in it (I11).
@Suite struct WholeLogTests {
    @Test func anUntouchedLogIsSound() async throws {
        let (log, _) = try SealedLog.sample()
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.findings.isEmpty, "\(report.findings)")
        #expect(report.result == .sound)
        #expect(report.checked.entries == log.size)
        #expect(report.checked.documents == Int64(log.documents.count))
        #expect(report.checked.unjudged == 0)
        #expect(report.size == log.size)
    }

    @Test func theSameLogGivesTheSameBytes() async throws {
        let (log, _) = try SealedLog.sample()
        #expect(try await log.bundle() == log.bundle())
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 511, 512, 570])
    func aLogOfAnySizeIsSound(size: Int64) async throws {
        let log = try SealedLog.sample().log.prefix(size)
        let report = audit(try await log.bundle(), try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.entries == size)
    }

    @Test func everyEarlierCheckpointIsItsBeginning() async throws {
        let (log, _) = try SealedLog.sample()
        let bundle = try await log.bundle()
        for size in [0, 1, 100, 255, 256, 257, log.size - 1, log.size] {
            let saved = try log.prefix(size).checkpoint()
            let report = audit(bundle, try log.trust(), since: saved)
            #expect(report.result == .sound, "since \(size): \(report.findings)")
            #expect(report.since == size)
        }
    }

    @Test func hostsThatFailRaiseNoAlarm() async throws {
        var random = SeededRandom.fresh("histories with faults")
        var types = Set<String>()
        for _ in 0..<8 {
            let settings = FleetSettings(
                seed: random.next(), faults: try FaultProfile("absences,storm=15"))
            var history = try SimulatedHistory(settings, assets: 25)
            do {
                for _ in 0..<2 { try history.rollOut() }
            } catch is SimulatedHistoryError {
                // The lab's host was one of those that fail.
            } catch is any DomainRejection {
                // As well.
            }
            types.formUnion(history.log.map(\.type))
            let log = try SealedLog(history.log, history.documents, key: SealedLog.key(1))
            let report = audit(try await log.bundle(), try log.trust())
            #expect(report.result == .sound, "seed \(settings.seed): \(report.findings.prefix(3))")
        }
        #expect(
            !types.isDisjoint(with: ["DeploymentFailed", "TargetUnreachable", "RolloutPaused"]),
            "seed \(random.seed): nothing failed in any of them")
    }

    @Test func aQuorumOfWitnessesIsAskedFor() async throws {
        let (log, _) = try SealedLog.sample()
        let witnesses = try [SealedLog.witness(1), SealedLog.witness(2), SealedLog.witness(3)]
        let note = try log.checkpoint()
        let cosigned = try note.adding(
            witnesses.prefix(2).map { $0.cosign(note.text, at: 1_767_300_000) })
        func report(_ quorum: Int, _ note: SignedNote) async throws -> AuditReport {
            audit(
                try await log.bundle(at: note),
                try AuditTrust(
                    logKeys: [log.key.verifier], witnesses: witnesses.map(\.verifier),
                    quorum: quorum))
        }
        #expect(try await report(2, cosigned).result == .sound)
        #expect(try await report(2, cosigned).witnesses.count == 2)
        #expect(try await report(3, cosigned).result == .incomplete)
        #expect(try await report(1, note).result == .incomplete)
        #expect(try await report(0, note).result == .sound)
    }

    @Test func withoutAKeyNothingIsVerified() throws {
        #expect(throws: AuditTrustError.noKey) { try AuditTrust(logKeys: []) }
        let witness = try SealedLog.witness(1).verifier
        #expect(throws: AuditTrustError.notALogKey(witness.name)) {
            try AuditTrust(logKeys: [witness])
        }
    }
}
