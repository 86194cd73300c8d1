/// Times as tables show them.
enum Moment {
    /// `2026-03-01T09:30:00.000000Z` without its fraction: `2026-03-01 09:30:00Z`.
    static func short(_ text: String) -> String {
        guard text.utf8.count >= 20, text.hasSuffix("Z") else { return text }
        return text.prefix(19).replacing("T", with: " ") + "Z"
    }
}
