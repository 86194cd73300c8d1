/// How many of something, in words.
enum Count {
    /// `1 scan`, `2 scans`.
    static func of(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}
