import EventSourcing
import TransparencyLog

@testable import Audit

/// A log as `audit verify` judges it: form, order and the rules of the domain (I1, I3, I5–I8, I13–I15).
struct AuditedLog {
    let violations: [String]

    init(_ log: [RecordedEvent]) throws {
        var audit = EntryAudit(.whole, signers: [])
        var findings = AuditFindings()
        for event in log {
            try LogEntry(event).bytes.withUnsafeBufferPointer { bytes in
                audit.read(bytes, at: event.position, &findings)
            }
        }
        violations = findings.kept.map { finding in
            "\(finding.rule ?? finding.kind.rawValue) at \(finding.position ?? 0) of "
                + "\(finding.stream ?? "the log"): \(finding.reason)"
        }
    }
}
