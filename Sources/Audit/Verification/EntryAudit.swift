internal import TransparencyLog

/// What is checked of each entry once its hash is known: its form, its place in the log and in its
/// stream, and then the rules.
struct EntryAudit {
    private struct Seen {
        var version: Int64
        /// Its first event is in the bundle, so its whole state is known.
        var isFromStart: Bool
    }

    private let isWhole: Bool
    private var scanner = EntryScanner()
    private var streams: [StreamKey: Seen] = [:]
    private var rules: RuleBook
    private var lastRecordedAt = Int64.min
    private var entries: Int64 = 0
    private var unjudged: Int64 = 0
    private(set) var named = NamedDocuments()
    /// Of a selection by dates.
    private(set) var dates: DatesAudit?

    /// - Parameter signers: The log's keys that have signed the checkpoint.
    init(_ selection: BundleSelection, signers: [VerifierKey]) {
        isWhole = selection == .whole
        if case .dates(let dates, let positions) = selection {
            self.dates = DatesAudit(dates, positions)
        }
        rules = RuleBook(isWhole: isWhole, signers: signers)
    }

    var checked: AuditReport.Checked {
        AuditReport.Checked(
            entries: entries, streams: Int64(streams.count), documents: 0,
            unjudged: unjudged + rules.unjudged)
    }

    /// - Parameter position: Where the entry stands in the tree.
    mutating func read(
        _ entry: UnsafeBufferPointer<UInt8>, at position: Int64, _ findings: inout AuditFindings
    ) {
        entries += 1
        let event: EntryView
        do {
            event = try scanner.read(entry)
        } catch {
            return findings.tampered(error.description, at: position)
        }
        if event.position != position {
            findings.tampered(
                "the entry says that its position is \(event.position)", at: position)
        }
        if event.recordedAt < lastRecordedAt {
            findings.tampered("the entry was recorded before the one before it", at: position)
        }
        lastRecordedAt = event.recordedAt
        dates?.read(event, at: position, &findings)
        let isFromStart = follow(event, at: position, &findings)
        named.note(event)
        guard findings.isLogSound else { return }
        if isFromStart { rules.read(event, &findings) } else { unjudged += 1 }
    }

    /// Whether the event's stream is known from its start.
    private mutating func follow(
        _ event: EntryView, at position: Int64, _ findings: inout AuditFindings
    ) -> Bool {
        guard let seen = streams[event.stream] else {
            if isWhole, event.version != 1 {
                findings.tampered(
                    "\(event.stream) begins with version \(event.version)", at: position)
            }
            let isFromStart = event.version == 1
            streams[event.stream] = Seen(version: event.version, isFromStart: isFromStart)
            return isFromStart
        }
        if event.version != seen.version + 1 {
            let reason = "version \(event.version) of \(event.stream) follows \(seen.version)"
            if isWhole || event.version <= seen.version {
                findings.tampered(reason, at: position)
            } else {
                findings.incomplete(reason, at: position)
                streams[event.stream]?.isFromStart = false
            }
        }
        streams[event.stream]?.version = event.version
        return streams[event.stream]?.isFromStart ?? false
    }
}
