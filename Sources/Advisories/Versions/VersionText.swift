/// The text of a version while it is read: its bytes, and errors that name the place in them.
struct VersionText {
    static let longest = 1024

    let scheme: VersionScheme
    let text: String
    var cursor: ByteCursor

    /// - Parameter belongs: What a byte of the text may be at all.
    init(
        _ text: String, _ scheme: VersionScheme, where belongs: (UInt8) -> Bool = isVisible
    ) throws(VersionError) {
        self.scheme = scheme
        self.text = text
        cursor = ByteCursor(text)
        if cursor.isAtEnd { throw wrong(.empty) }
        if cursor.end > Self.longest { throw wrong(.tooLong, at: Self.longest) }
        if let place = cursor.bytes.firstIndex(where: { !belongs($0) }) {
            throw wrong(.badCharacter, at: place)
        }
    }

    /// - Parameter place: Where; nil for where the reading has come to.
    func wrong(_ problem: VersionError.Problem, at place: Int? = nil) -> VersionError {
        VersionError(scheme: scheme, text: text, place: place ?? cursor.place, problem: problem)
    }

    /// Digits, at least one.
    mutating func number() throws(VersionError) -> ArraySlice<UInt8> {
        let digits = cursor.take(while: isDigit)
        if digits.isEmpty { throw wrong(.numberMissing) }
        return cursor[digits]
    }
}
