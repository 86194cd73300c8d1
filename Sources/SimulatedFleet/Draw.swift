import EventSourcing

/// Chance that repeats itself: numbers that follow from a seed and the name of what is drawn, the
/// same in every process and in whatever order they are asked for.
struct Draw {
    private let number: UInt64

    init(_ seed: UInt64, _ words: String...) {
        number = Digest(of: "\(seed)/" + words.joined(separator: "/")).bytes.prefix(8)
            .reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Evenly from 0 up to and without `bound`.
    func below(_ bound: Int) -> Int { Int(number % UInt64(bound)) }

    func isChance(percent: Int) -> Bool { below(100) < percent }
}
