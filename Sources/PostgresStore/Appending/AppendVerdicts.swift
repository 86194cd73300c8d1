internal import EventSourcing
internal import Postgres

/// What `append_events` answered, by the place of the request in the batch.
struct AppendVerdicts {
    private let batch: AppendBatch
    /// nil when all were appended.
    private let refusals: Refusals?
    /// The position before the first event of the batch; nil when nothing was appended.
    private let base: Int64?
    private let recorded: PostgresTimestamp?

    private struct Refusals {
        let status: [Int16]
        let detail: [String?]
        /// Of the repeated ones.
        let first: [Int64?]
        let last: [Int64?]
        let recorded: [PostgresTimestamp?]
        /// How many events of refused commands come before.
        var skipped: [Int64] = []
        /// The same for the whole batch.
        var refused: Int64 = 0
    }

    /// - Throws: `.decoding` or `.protocolViolation` when it isn't an answer to the batch.
    init(_ row: Row, to batch: AppendBatch) throws(PostgresError) {
        self.batch = batch
        base = try row.decode(at: 2)
        recorded = try row.decode(at: 3)
        guard let status = try row.decode([Int16]?.self, at: 0) else {
            refusals = nil
            return
        }
        let none = [Int64?](repeating: nil, count: batch.count)
        var refusals = Refusals(
            status: status, detail: try row.decode(at: 1),
            first: try row.decode([Int64?]?.self, at: 4) ?? none,
            last: try row.decode([Int64?]?.self, at: 5) ?? none,
            recorded: try row.decode([PostgresTimestamp?]?.self, at: 6)
                ?? Array(repeating: nil, count: batch.count))
        guard
            [
                status.count, refusals.detail.count, refusals.first.count, refusals.last.count,
                refusals.recorded.count,
            ].allSatisfy({ $0 == batch.count })
        else {
            throw PostgresError(
                .protocolViolation,
                "append_events answered \(status.count) of \(batch.count) commands")
        }
        var skipped: Int64 = 0
        for (index, status) in status.enumerated() {
            refusals.skipped.append(skipped)
            if status != AppendStatus.appended.rawValue {
                skipped += batch.place(of: index).events
            }
        }
        refusals.refused = skipped
        self.refusals = refusals
    }

    /// Of the events that were appended now; nil when there are none.
    var positions: ClosedRange<Int64>? {
        guard let base else { return nil }
        let events = batch.eventCount - (refusals?.refused ?? 0)
        return events > 0 ? (base + 1)...(base + events) : nil
    }

    func result(of index: Int) -> Result<AppendReceipt, any Error> {
        guard let refusals else { return appended(index, skipped: 0) }
        let detail = refusals.detail[index] ?? ""
        switch AppendStatus(rawValue: refusals.status[index]) {
        case .appended: return appended(index, skipped: refusals.skipped[index])
        case .repeated: return repeated(index, refusals)
        case .reused: return .failure(AppendRefusal.commandReused)
        case .conflict:
            return Result { throw AppendRefusal.versionConflict(try StreamID(stored: detail)) }
        case .stale: return .failure(AppendRefusal.staleClaim)
        case .halted: return .failure(AppendRefusal.halted(scope: detail))
        case .batchNotReleased: return .failure(AppendRefusal.batchNotReleased)
        case .assetBusy: return .failure(AppendRefusal.assetBusy(attempt: detail))
        case .noSlot: return .failure(AppendRefusal.noSlot(scope: detail))
        case .outsideWindow:
            return Result { throw AppendRefusal.outsideWindow(try DispatchWait(stored: detail)) }
        case .frozen:
            return Result { throw AppendRefusal.frozen(try DispatchWait(stored: detail)) }
        case nil:
            return .failure(
                EventStoreError(
                    .failed, "append_events answered status \(refusals.status[index])"))
        }
    }

    private func appended(_ index: Int, skipped: Int64) -> Result<AppendReceipt, any Error> {
        guard let base, let recorded else { return unanswered(index) }
        let place = batch.place(of: index)
        let before = base + place.behind - skipped
        return .success(
            AppendReceipt(
                firstPosition: place.events > 0 ? before + 1 : 0,
                lastPosition: place.events > 0 ? before + place.events : 0,
                recordedAt: Timestamp(recorded), repeated: false))
    }

    private func repeated(_ index: Int, _ refusals: Refusals) -> Result<AppendReceipt, any Error> {
        guard let first = refusals.first[index], let last = refusals.last[index],
            let recorded = refusals.recorded[index]
        else { return unanswered(index) }
        return .success(
            AppendReceipt(
                firstPosition: first, lastPosition: last, recordedAt: Timestamp(recorded),
                repeated: true))
    }

    private func unanswered(_ index: Int) -> Result<AppendReceipt, any Error> {
        .failure(
            EventStoreError(
                .failed, "append_events left out where command \(index + 1) of its batch stands"))
    }
}

extension DispatchWait {
    /// Reads what take_permit says: when it opens, in how many microseconds that is, and the freeze;
    /// `-` for none.
    ///
    /// - Throws: `EventStoreError` when it is something else.
    fileprivate init(stored text: String) throws(EventStoreError) {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        let until = words.first.flatMap { Timestamp($0) }
        guard words.count == 3, words[0] == "-" || until != nil else {
            throw EventStoreError(.failed, "append_events answered '\(text)' for a wait")
        }
        self.init(
            until: until, delay: Int64(words[1]).map { .microseconds($0) },
            freeze: words[2] == "-" ? nil : words[2])
    }
}
