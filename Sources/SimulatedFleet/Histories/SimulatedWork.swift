import EventSourcing
import FoundationEssentials
import PatchManagement

/// Work that waits for its time, and what may be dispatched: the store's tables of work, as far as a
/// history needs them.
struct SimulatedWork {
    enum Job {
        case begin(NewActivity)
        case result(NewActivity, fence: Int64, WorkResult)
        case timer(NewTimer)
    }

    struct Row {
        let due: Timestamp
        let stream: StreamID
        let job: Job
    }

    private struct Control {
        var isHalted = false
        var releasedBatch: Int?
    }

    var rows: [Row] = []
    /// What may not begin as things are; looked at again when they change.
    private var blocked: [Row] = []
    private var controls: [String: Control] = [:]
    private var attempts: [StreamID: UUID] = [:]
    private var lastFence: Int64 = 0

    mutating func nextFence() -> Int64 {
        lastFence += 1
        return lastFence
    }

    mutating func block(_ row: Row) { blocked.append(row) }

    mutating func take(_ effects: [(UUID, Effect)], of stream: StreamID, at now: Timestamp) {
        for case (_, .cancelPending) in effects {
            let isPending = { (row: Row) in
                if case .result = row.job { return false }
                return row.stream == stream
            }
            rows.removeAll(where: isPending)
            blocked.removeAll(where: isPending)
        }
        for (_, effect) in effects {
            switch effect {
            case .schedule(let activity):
                rows.append(Row(due: now + activity.delay, stream: stream, job: .begin(activity)))
            case .start(let timer):
                rows.removeAll { row in
                    guard case .timer(let old) = row.job else { return false }
                    return row.stream == stream && old.name == timer.name
                }
                rows.append(Row(due: timer.due, stream: stream, job: .timer(timer)))
            case .control(let change):
                var control = controls[change.scope] ?? Control()
                control.isHalted = change.halted ?? control.isHalted
                control.releasedBatch = change.releasedBatch ?? control.releasedBatch
                controls[change.scope] = control
                unblock()
            case .endAttempt(let asset, let attempt):
                if attempts[asset] == attempt { attempts[asset] = nil }
                unblock()
            // Nothing that is told here has windows or freezes.
            case .calendar: break
            case .cancelPending: break
            }
        }
    }

    private mutating func unblock() {
        rows += blocked
        blocked = []
    }

    /// - Returns: false when the asset may not be touched now.
    mutating func grant(_ permit: Permit) -> Bool {
        if let holder = attempts[permit.asset], holder != permit.attempt { return false }
        if let control = controls[ControlChange.rolloutScope(permit.rollout)] {
            if control.isHalted || control.releasedBatch ?? -1 < permit.batch { return false }
        }
        attempts[permit.asset] = permit.attempt
        return true
    }
}
