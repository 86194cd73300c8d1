internal import TransparencyLog

/// What a verification found.
package struct AuditReport: Codable, Equatable, Sendable {
    package enum Result: String, Codable, Sendable {
        /// Everything that the bundle holds is what was signed, and keeps the rules.
        case sound
        /// Something was changed after it was signed, or never came about by the rules.
        case tampered
        /// Nothing is known to be wrong, and not everything could be judged.
        case incomplete
    }

    package struct Checked: Codable, Equatable, Sendable {
        package var entries: Int64 = 0
        package var streams: Int64 = 0
        package var documents: Int64 = 0
        /// Events whose rules need others that a selection doesn't hold.
        package var unjudged: Int64 = 0
        /// Streams that were held against the rules, by the letters of their kind, such as `fi`.
        package var judged: [String: Int64] = [:]
    }

    package let result: Result
    /// The first finding that decided the result; nil when it is sound.
    package let reason: String?
    /// The lowest position of all findings of the deciding kind, where one is known.
    package let position: Int64?
    /// The positions between which the bad one lies, where no more is known.
    package let between: [Int64]?
    package let origin: String?
    /// Events of the log at the checkpoint; a selection holds fewer.
    package let size: Int64?
    /// Of the tree at the checkpoint, in base64.
    package let root: String?
    /// Names of the log's keys that signed the checkpoint, and of the witnesses that cosigned it.
    package let signers: [String]
    package let witnesses: [String]
    /// The size at the saved checkpoint that this one was compared with.
    package let since: Int64?
    package let checked: Checked
    /// The first hundred.
    package let findings: [AuditFinding]
    package let moreFindings: Int
    /// What a reader should know, and is nothing wrong.
    package let notes: [String]

    private enum CodingKeys: String, CodingKey {
        case result, reason, position, between, origin, size, root, signers, witnesses, since
        case checked, findings
        case moreFindings = "more_findings"
        case notes
    }

    init(
        _ findings: AuditFindings, _ opened: OpenedCheckpoint?, checked: Checked = Checked(),
        notes: [String] = []
    ) {
        // What rules say of a log that isn't what was signed means little.
        let kind: AuditFinding.Kind =
            !findings.isLogSound ? .tampered : findings.hasViolations ? .violation : .incomplete
        result = kind != .incomplete ? .tampered : findings.hasGaps ? .incomplete : .sound
        let deciding = findings.kept.filter { $0.kind == kind }
        let first = deciding.min { ($0.position ?? .max) < ($1.position ?? .max) }
        reason = first?.reason
        position = first?.position
        between = first?.between
        origin = opened?.checkpoint.origin
        size = opened?.checkpoint.head.size
        root = opened?.checkpoint.head.root.base64
        signers = opened?.signers.map(\.name) ?? []
        witnesses = opened?.witnesses ?? []
        since = opened?.since?.head.size
        self.checked = checked
        self.findings = findings.kept
        moreFindings = findings.count - findings.kept.count
        self.notes = notes
    }

    /// Of a bundle that can't even be opened.
    package init(unreadable error: BundleError) {
        var findings = AuditFindings()
        findings.incomplete(error.description)
        self.init(findings, nil)
    }
}
