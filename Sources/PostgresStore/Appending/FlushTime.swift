/// How long a flush takes lately, from the append's answer to that of the flush behind it.
struct FlushTime {
    private static let long: Duration = .microseconds(1500)

    private var average: Duration = .zero

    /// So long that it costs more than a batch of its own.
    var isLong: Bool { average > Self.long }

    mutating func take(_ duration: Duration) { average = (average * 7 + duration) / 8 }
}
