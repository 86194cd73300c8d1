/// How long a flush takes lately, from the append's answer to that of the flush behind it.
struct FlushTime {
    private static let long: Duration = .microseconds(1500)
    /// Flushes of other processes come in between, and so does their work on the processors.
    private static let longAmongOthers: Duration = .microseconds(2500)

    private var average: Duration = .zero

    /// Whether it is so long that it costs more than a batch of its own.
    func isLong(amongOthers: Bool) -> Bool {
        average > (amongOthers ? Self.longAmongOthers : Self.long)
    }

    mutating func take(_ duration: Duration) { average = (average * 7 + duration) / 8 }
}
