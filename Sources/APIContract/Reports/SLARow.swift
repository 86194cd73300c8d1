/// Open findings of one group and class by how much time is left.
package struct SLARow: Codable, Sendable, Equatable {
    /// A site, owner or environment; nil for all of them.
    package let group: String?
    /// `all`, `urgent`, `important`, `nonCritical` or `unclassified`.
    package let riskClass: String
    /// In time, breached, and without a deadline.
    package let open: Int64
    package let inTime: Int64
    /// Of those in time; what is due within 3 days is due within 7 and 14 as well.
    package let dueInThreeDays: Int64
    package let dueInSevenDays: Int64
    package let dueInFourteenDays: Int64
    package let breached: Int64
    package let withoutDeadline: Int64

    package init(
        group: String? = nil, riskClass: String, open: Int64, inTime: Int64,
        dueInThreeDays: Int64, dueInSevenDays: Int64, dueInFourteenDays: Int64, breached: Int64,
        withoutDeadline: Int64
    ) {
        self.group = group
        self.riskClass = riskClass
        self.open = open
        self.inTime = inTime
        self.dueInThreeDays = dueInThreeDays
        self.dueInSevenDays = dueInSevenDays
        self.dueInFourteenDays = dueInFourteenDays
        self.breached = breached
        self.withoutDeadline = withoutDeadline
    }
}

extension SLARow: CSVRow {
    package static var columns: [String] {
        [
            "group", "risk_class", "open", "in_time", "due_in_three_days", "due_in_seven_days",
            "due_in_fourteen_days", "breached", "without_deadline",
        ]
    }

    package var cells: [String?] {
        let counts = [
            open, inTime, dueInThreeDays, dueInSevenDays, dueInFourteenDays, breached,
            withoutDeadline,
        ]
        return [group, riskClass] + counts.map { String($0) }
    }
}
