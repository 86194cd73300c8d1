/// I11: the partitions of events lie side by side from position 1 on, far enough ahead.
package enum PartitionCheck {
    package struct Partition: Sendable {
        package let name: String
        /// From the first position up to, not including, the end; nil for other bounds.
        package let range: Range<Int64>?

        package init(name: String, range: Range<Int64>?) {
            self.name = name
            self.range = range
        }
    }

    /// - Parameters:
    ///   - strays: Tables that are called like a partition and are none.
    ///   - head: Of the log.
    package static func judge(
        _ partitions: [Partition], strays: [String], head: Int64
    ) -> Check {
        var check = Check("partitions")
        for stray in strays.sorted() {
            check.damaged(
                "the table \(stray) was detached from events, or never attached",
                action: "attach it again, or compare it with a backup before it is dropped")
        }
        for partition in partitions where partition.range == nil {
            check.damaged("the partition \(partition.name) has no range of positions")
        }
        var end: Int64 = 1
        for range in partitions.compactMap(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > end {
                check.damaged(
                    "the partition of positions \(end) to \(range.lowerBound - 1) is missing",
                    at: end)
            }
            end = max(end, range.upperBound)
        }
        if end <= head + 1 {
            check.attention(
                "there is no partition for the next event",
                action: "\(StoreFinding.migrate): nothing can be appended until then")
        } else if end - head < 1_000_000 {
            check.attention(
                "partitions reach \(end - 1 - head) positions ahead of the log only",
                action: "see why the store's upkeep in serve, work and project makes none")
        }
        check.hasLooked(
            at:
                "\(counted(partitions.count, "partition")) up to position \(end - 1), the log ends at "
                + "\(head)")
        return check
    }
}
