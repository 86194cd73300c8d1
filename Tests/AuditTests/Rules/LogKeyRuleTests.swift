import EventSourcing
import PatchManagement
import SimulatedFleet
import Testing
import TransparencyLog

@testable import Audit

/// While one key of the log succeeds another, each is believed in its time (I11).
@Suite struct LogKeyRuleTests {
    private let (sample, history): (SealedLog, SimulatedHistory)
    private let new: SignerKey

    init() throws {
        let (log, history) = try SealedLog.sample()
        (sample, self.history) = (log, history)
        new = try SealedLog.key(2)
    }

    /// The sample log, and behind it what is said of its keys.
    private func log(with payloads: [any EventPayload]) throws -> SealedLog {
        let last = try #require(history.log.last)
        let said = try payloads.enumerated().map { place, payload in
            try last.changed(
                position: last.position + Int64(place + 1), stream: LogDecider.stream,
                version: place + 1
            ).with(payload)
        }
        return try SealedLog(history.log + said, history.documents, key: sample.key)
    }

    private func report(
        _ log: SealedLog, signedBy signers: [SignerKey], knowing known: [SignerKey]
    ) async throws -> AuditReport {
        let note = try Checkpoint(origin: SealedLog.origin, head: log.head).signed(by: signers)
        let trust = try AuditTrust(logKeys: known.map(\.verifier))
        return audit(try await log.bundle(at: note), trust)
    }

    @Test func aDestroyedKeyIsNotBelievedAnyMore() async throws {
        let old = sample.key
        let succeeded = LogKeySucceeded(
            old: "\(old.verifier)", new: "\(new.verifier)", reason: "a year has passed")
        let destroyed = LogKeyDestroyed(key: "\(old.verifier)", reason: "all know the new one")
        let before = try log(with: [succeeded])
        for (signers, known) in [
            ([old], [old]), ([new, old], [old]), ([new, old], [new]), ([new, old], [new, old]),
        ] {
            #expect(try await report(before, signedBy: signers, knowing: known).result == .sound)
        }
        let after = try log(with: [succeeded, destroyed])
        #expect(try await report(after, signedBy: [new], knowing: [new, old]).result == .sound)
        for known in [[old], [new, old]] {
            let found = try await report(after, signedBy: [old], knowing: known)
            #expect(found.result == .tampered)
            #expect(found.position == after.size, "\(found.findings)")
            #expect(found.findings.first?.rule == "I11")
        }
        #expect(try await report(after, signedBy: [new], knowing: [old]).result == .tampered)
    }
}
