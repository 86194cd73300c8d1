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
    /// The number of each stream, by which it is known to the rules as well: a look-up by key costs
    /// more than all else that is done with the order of a stream.
    private var numbers: [StreamKey: Int32] = [:]
    /// By number.
    private var streams: [Seen] = []
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
            unjudged: unjudged + rules.unjudged, judged: judged)
    }

    /// Of each kind, how many streams are whole so far and have rules.
    private var judged: [String: Int64] {
        var counts: [UInt32: Int64] = [:]
        for (stream, number) in numbers
        where streams[Int(number)].isFromStart && RuleBook.judged.contains(stream.prefix) {
            counts[stream.prefix, default: 0] += 1
        }
        return Dictionary(
            uniqueKeysWithValues: counts.map { (StreamKey.category(of: $0), $1) })
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
        let number = follow(event, at: position, &findings)
        named.note(event)
        guard findings.isLogSound else { return }
        if streams[number].isFromStart {
            rules.read(event, ofStream: number, among: numbers, &findings)
        } else {
            unjudged += 1
        }
    }

    /// The number of the event's stream.
    private mutating func follow(
        _ event: EntryView, at position: Int64, _ findings: inout AuditFindings
    ) -> Int {
        guard let number = numbers[event.stream].map(Int.init) else {
            if isWhole, event.version != 1 {
                findings.tampered(
                    "\(event.stream) begins with version \(event.version)", at: position)
            }
            numbers[event.stream] = Int32(streams.count)
            streams.append(Seen(version: event.version, isFromStart: event.version == 1))
            return streams.count - 1
        }
        let last = streams[number].version
        if event.version != last + 1 {
            let reason = "version \(event.version) of \(event.stream) follows \(last)"
            if isWhole || event.version <= last {
                findings.tampered(reason, at: position)
            } else {
                findings.incomplete(reason, at: position)
                streams[number].isFromStart = false
            }
        }
        streams[number].version = event.version
        return number
    }
}
