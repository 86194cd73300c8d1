/// I11: what a row of streams says agrees with the stream's events, which are its versions 1, 2, 3, ...
/// in the order of the log.
package struct StreamCheck {
    /// A row, and what its events come to, read in one statement.
    package struct Row: Sendable {
        package let key: String
        package let version: Int64
        package let firstPosition: Int64?
        package let lastPosition: Int64?
        package let events: Int64
        package let lowestVersion: Int64?
        package let highestVersion: Int64?
        package let lowestPosition: Int64?
        package let highestPosition: Int64?
        /// The position of the first event that stands before one of a lower version.
        package let disorderedAt: Int64?

        package init(
            key: String, version: Int64, firstPosition: Int64?, lastPosition: Int64?,
            events: Int64, lowestVersion: Int64?, highestVersion: Int64?, lowestPosition: Int64?,
            highestPosition: Int64?, disorderedAt: Int64?
        ) {
            self.key = key
            self.version = version
            self.firstPosition = firstPosition
            self.lastPosition = lastPosition
            self.events = events
            self.lowestVersion = lowestVersion
            self.highestVersion = highestVersion
            self.lowestPosition = lowestPosition
            self.highestPosition = highestPosition
            self.disorderedAt = disorderedAt
        }
    }

    package private(set) var check = Check("streams")
    private var rows: Int64 = 0
    private var events: Int64 = 0

    package init() {}

    package mutating func take(_ row: Row) {
        rows += 1
        events += row.events
        if row.events != row.version {
            check.damaged(
                "the stream \(row.key) has version \(row.version) and "
                    + counted(row.events, "event"), at: row.lowestPosition ?? row.firstPosition)
        } else if row.events > 0, row.lowestVersion != 1 || row.highestVersion != row.version {
            check.damaged(
                "the events of the stream \(row.key) are not its versions 1 to \(row.version)",
                at: row.lowestPosition)
        }
        if let place = row.disorderedAt {
            check.damaged("the stream \(row.key) is out of order", at: place)
        }
        if row.firstPosition != row.lowestPosition || row.lastPosition != row.highestPosition {
            check.damaged(
                "the stream \(row.key) is said to lie at positions "
                    + "\(words(row.firstPosition, row.lastPosition)), and lies at "
                    + words(row.lowestPosition, row.highestPosition),
                at: row.lowestPosition ?? row.firstPosition)
        }
    }

    package mutating func unreadable(_ key: String, _ reason: String) {
        rows += 1
        check.damaged("the events of the stream \(key) can't be read: \(reason)")
    }

    package mutating func finish() {
        check.hasLooked(at: "\(counted(rows, "stream")) with \(counted(events, "event"))")
    }

    private func words(_ first: Int64?, _ last: Int64?) -> String {
        guard let first, let last else { return "none" }
        return "\(first) to \(last)"
    }
}
