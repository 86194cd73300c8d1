internal import EventSourcing
internal import Postgres

/// What `append_events` answered, by the place of the request in the batch.
struct AppendVerdicts {
    private let status: [Int16]
    private let detail: [String?]
    private let first: [Int64]
    private let last: [Int64]
    private let recorded: [PostgresTimestamp?]

    /// - Throws: `.decoding` or `.protocolViolation` when it isn't an answer for `count` requests.
    init(_ row: Row, count: Int) throws(PostgresError) {
        status = try row.decode(at: 0)
        detail = try row.decode(at: 1)
        first = try row.decode(at: 2)
        last = try row.decode(at: 3)
        recorded = try row.decode(at: 4)
        guard
            [status.count, detail.count, first.count, last.count, recorded.count]
                .allSatisfy({ $0 == count })
        else {
            throw PostgresError(
                .protocolViolation, "append_events answered \(status.count) of \(count) commands")
        }
    }

    func result(of index: Int) -> Result<AppendReceipt, any Error> {
        let detail = detail[index] ?? ""
        switch AppendStatus(rawValue: status[index]) {
        case .appended, .repeated:
            return .success(
                AppendReceipt(
                    firstPosition: first[index], lastPosition: last[index],
                    recordedAt: Timestamp(recorded[index] ?? PostgresTimestamp(microseconds: 0)),
                    repeated: status[index] == AppendStatus.repeated.rawValue))
        case .reused: return .failure(AppendRefusal.commandReused)
        case .conflict:
            return Result { throw AppendRefusal.versionConflict(try StreamID(stored: detail)) }
        case .stale: return .failure(AppendRefusal.staleClaim)
        case .halted: return .failure(AppendRefusal.halted(scope: detail))
        case .batchNotReleased: return .failure(AppendRefusal.batchNotReleased)
        case .assetBusy: return .failure(AppendRefusal.assetBusy(attempt: detail))
        case .noSlot: return .failure(AppendRefusal.noSlot(scope: detail))
        case nil:
            return .failure(
                EventStoreError(.failed, "append_events answered status \(status[index])"))
        }
    }
}
