/// Text from hosts is hostile: whatever it says, it may not move a cursor, ring a bell or fill a
/// screen.
enum HostText {
    /// The longest text that leaves an executor, in characters.
    static let limit = 4000

    /// The end of `text`, without control sequences; lines stay lines.
    static func tail(_ text: some StringProtocol, limit: Int = limit) -> String {
        let clean = strip(text)
        return clean.count > limit ? String(clean.suffix(limit)) : clean
    }

    /// One line, capped.
    static func line(_ text: some StringProtocol, limit: Int = 500) -> String {
        let clean = strip(text).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return String(clean.prefix(limit))
    }

    /// Drops escape sequences, control characters but tab and newline, and what changes the
    /// direction of writing.
    private static func strip(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        var escape = Escape.none
        for scalar in text.unicodeScalars {
            if escape.swallows(scalar) { continue }
            switch scalar.value {
            case 0x09, 0x0a: result.append(scalar)
            case 0..<0x20, 0x7f..<0xa0, 0x200b..<0x2010, 0x2028..<0x202f, 0x2066..<0x206a, 0xfeff,
                0xe0000..<0xe0080:
                continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Where one is inside an escape sequence (ECMA-48).
    private enum Escape {
        case none
        /// After ESC.
        case begun
        /// After ESC [, until a final byte.
        case control
        /// After ESC ], P, X, ^ or _, until BEL or ESC \.
        case text

        mutating func swallows(_ scalar: Unicode.Scalar) -> Bool {
            switch (self, scalar) {
            case (.none, "\u{1b}"), (.text, "\u{1b}"):
                self = .begun
                return true
            case (.none, "\u{9b}"), (.begun, "["):
                self = .control
                return true
            case (.begun, "]"), (.begun, "P"), (.begun, "X"), (.begun, "^"), (.begun, "_"):
                self = .text
                return true
            case (.none, _): return false
            case (.begun, _):
                self = .none
                return true
            // A sequence ends with its line at the latest, so that no output can hide the rest.
            case (.control, "\n"), (.text, "\n"):
                self = .none
                return false
            case (.control, _):
                if (0x40...0x7e).contains(scalar.value) { self = .none }
                return true
            case (.text, _):
                if scalar == "\u{07}" { self = .none }
                return true
            }
        }
    }
}
