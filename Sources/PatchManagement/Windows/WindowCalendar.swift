package import EventSourcing
internal import JSON

/// The windows and freezes of a policy. Pure: the same policy and moment give the same answer, as long
/// as the zone database stays; whoever plans by it records the moments that it gave.
///
/// An entry that can't be read, as when a zone is gone, is left out and named: it stops itself and no
/// other. Where it is a freeze, everything counts as frozen: what nobody can read might be now.
package struct WindowCalendar: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        /// Work may begin.
        case open(WindowOccurrence)
        /// A window is open, and nothing starts in it any more.
        case pastCutoff(WindowOccurrence)
        case closed
        /// No policy names a window: work may begin at any time.
        case unrestricted
        /// nil for one that can't be read.
        case frozen(ChangeFreeze?)
    }

    package let windows: [MaintenanceWindow]
    package let freezes: [ChangeFreeze]
    /// What is wrong with the entries that were left out, in words.
    package let faults: [String]
    private let hasUnreadFreeze: Bool
    let isRestrictedByWindows: Bool
    /// Of what the policy says of windows.
    package let definition: Digest

    static let mostWindows = 50
    static let mostFreezes = 200

    init(windows: [JSONValue], freezes: [JSONValue]) {
        var faults: [String] = []
        self.windows = windows.compactMap { json in
            do throws(RecurrenceFault) {
                return try MaintenanceWindow(json)
            } catch {
                faults.append("\(Self.title("window", json)): \(error)")
                return nil
            }
        }
        let readable = faults.count
        self.freezes = freezes.compactMap { json in
            do throws(RecurrenceFault) {
                return try ChangeFreeze(json)
            } catch {
                faults.append("\(Self.title("freeze", json)): \(error)")
                return nil
            }
        }
        hasUnreadFreeze = faults.count > readable
        isRestrictedByWindows = !windows.isEmpty
        definition = Digest(of: storedForm(JSONValue.array(windows)))
        self.faults = faults
    }

    /// One that never opens, since what it says can't be known.
    static let closed = WindowCalendar(windows: [.null], freezes: [])

    private static func title(_ kind: String, _ json: JSONValue) -> String {
        json["name"]?.string.map { "\(kind) '\(printable($0))'" } ?? "a \(kind) without a name"
    }

    /// What is wrong with a list of windows or freezes; nil when it may be.
    static func fault(windows value: JSONValue) -> String? {
        fault(value, "windows", mostWindows) { json throws(RecurrenceFault) in
            try MaintenanceWindow(json).name
        }
    }

    static func fault(freezes value: JSONValue) -> String? {
        fault(value, "freezes", mostFreezes) { json throws(RecurrenceFault) in
            try ChangeFreeze(json).name
        }
    }

    private static func fault(
        _ value: JSONValue, _ what: String, _ most: Int,
        _ read: (JSONValue) throws(RecurrenceFault) -> String
    ) -> String? {
        guard let entries = value.array, entries.count <= most else {
            return "list at most \(most) \(what)"
        }
        var names: Set<String> = []
        for (place, entry) in entries.enumerated() {
            do throws(RecurrenceFault) {
                let name = try read(entry)
                guard names.insert(name).inserted else { return "two are named '\(name)'" }
            } catch {
                let name = entry["name"]?.string.map { "'\(printable($0))'" } ?? "\(place + 1)"
                return "\(name): \(error)"
            }
        }
        return nil
    }

    /// The next openings of all windows by their start, then name: those that are open at `moment`
    /// come first.
    package func next(endingAfter moment: Timestamp, limit: Int) -> [WindowOccurrence] {
        let all = windows.flatMap { $0.next(endingAfter: moment, limit: limit) }
        return Array(all.sorted { ($0.start, $0.window) < ($1.start, $1.window) }.prefix(limit))
    }

    /// The freezes that touch an opening.
    package func freezes(in occurrence: WindowOccurrence) -> [ChangeFreeze] {
        freezes.filter { $0.from < occurrence.end && occurrence.start < $0.to }
    }

    /// A freeze stands before every window; of several open windows the one counts in which work may
    /// begin for longest.
    package func state(at moment: Timestamp) -> State {
        if hasUnreadFreeze { return .frozen(nil) }
        if let freeze = freezes.first(where: { $0.holds(at: moment) }) { return .frozen(freeze) }
        guard isRestricted else { return .unrestricted }
        // One that lasts for days may have begun again meanwhile, at most once a day.
        let open = windows.flatMap { window in
            window.next(endingAfter: moment, limit: 10).filter { $0.start <= moment }
        }
        guard let longest = open.max(by: { ($0.lastStart, $1.window) < ($1.lastStart, $0.window) })
        else { return .closed }
        return moment < longest.lastStart ? .open(longest) : .pastCutoff(longest)
    }
}
