import FoundationEssentials

/// Times as tables show them.
package enum Moment {
    /// `2026-03-01T09:30:00.000000Z` without its fraction: `2026-03-01 09:30:00Z`.
    package static func short(_ text: String) -> String {
        guard text.utf8.count >= 20, text.hasSuffix("Z") else { return text }
        return text.prefix(19).replacing("T", with: " ") + "Z"
    }

    /// nil for what is no time of the API.
    static func date(_ text: String) -> Date? {
        do {
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        } catch {
            return nil
        }
    }

    /// The same without seconds, where a list is wide: `2026-03-01 09:30Z`.
    static func minute(_ text: String) -> String {
        let short = short(text)
        return short == text ? text : short.prefix(16) + "Z"
    }
}
