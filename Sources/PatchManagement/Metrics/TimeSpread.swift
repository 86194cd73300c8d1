/// How long something took, over many: the mean and the percentiles. Eight bytes for each, so that
/// the percentiles are exact; a million of them are 8 MB.
package struct TimeSpread: Sendable, Equatable {
    private var seconds: [Int64] = []
    package private(set) var sum: Int64 = 0

    package init() {}

    package var count: Int64 { Int64(seconds.count) }

    /// - Parameter duration: In seconds; what was done before its clock began took no time.
    package mutating func add(_ duration: Int64) {
        seconds.append(max(0, duration))
        sum += max(0, duration)
    }

    /// Of each percentile the nearest rank: the shortest time within which at least so many per
    /// cent were done. In seconds, nil when there is nothing to count.
    package func percentiles(_ wanted: [Int]) -> [Int64?] {
        let sorted = seconds.sorted()
        return wanted.map { percent in
            precondition((1...100).contains(percent), "a percentile lies between 1 and 100")
            if sorted.isEmpty { return nil }
            return sorted[(sorted.count * percent + 99) / 100 - 1]
        }
    }
}
