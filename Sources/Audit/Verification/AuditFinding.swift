/// One thing that is wrong with a bundle, or missing from it.
package struct AuditFinding: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, Sendable {
        /// The bytes are not those that were signed, or not those of a log.
        case tampered
        /// The bytes are those that were signed, and tell of something that may not happen.
        case violation
        /// Something can't be judged, since it is not in the bundle or not known here.
        case incomplete
    }

    package let kind: Kind
    /// The position, counted from 1, of the first event that it concerns, where that is known.
    package let position: Int64?
    /// The first and the last position between which it lies, where that is all that is known.
    package let between: [Int64]?
    /// The invariant that is broken, such as `I14`; nil for what concerns the log as such.
    package let rule: String?
    /// The stream of the event at `position`.
    package let stream: String?
    package let reason: String

    init(
        _ kind: Kind, _ reason: String, position: Int64? = nil,
        between: ClosedRange<Int64>? = nil, rule: String? = nil, stream: StreamKey? = nil
    ) {
        self.kind = kind
        self.position = position
        self.between = between.map { [$0.lowerBound, $0.upperBound] }
        self.rule = rule
        self.stream = stream?.description
        self.reason = reason
    }
}

/// The findings of one verification; the first ones in full, of all others the number.
struct AuditFindings {
    static let most = 100

    private(set) var kept: [AuditFinding] = []
    private(set) var count = 0
    /// Nothing was found that is wrong with the log itself.
    private(set) var isLogSound = true
    private(set) var hasViolations = false
    private(set) var hasGaps = false

    mutating func add(_ finding: AuditFinding) {
        count += 1
        switch finding.kind {
        case .tampered: isLogSound = false
        case .violation: hasViolations = true
        case .incomplete: hasGaps = true
        }
        if kept.count < Self.most { kept.append(finding) }
    }

    mutating func tampered(_ reason: String, at position: Int64? = nil) {
        add(AuditFinding(.tampered, reason, position: position))
    }

    mutating func incomplete(_ reason: String, at position: Int64? = nil) {
        add(AuditFinding(.incomplete, reason, position: position))
    }

    mutating func violation(_ rule: String, _ event: EntryView, _ reason: String) {
        add(
            AuditFinding(
                .violation, "\(event.typeText): \(reason)", position: event.position, rule: rule,
                stream: event.stream))
    }
}
