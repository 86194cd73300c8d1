/// Reads a text byte by byte, and knows where it stands, for the errors that name a place.
struct ByteCursor {
    let bytes: [UInt8]
    /// The byte that is read next.
    private(set) var place: Int
    let end: Int

    init(_ text: String) {
        bytes = Array(text.utf8)
        place = 0
        end = bytes.count
    }

    /// - Parameter range: The part of `bytes` to read; places keep counting from the whole.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { place == end }

    /// nil at the end.
    var next: UInt8? { place < end ? bytes[place] : nil }

    subscript(range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    mutating func skip(_ count: Int = 1) { place += count }

    mutating func skip(to place: Int) { self.place = place }

    /// Whether the next byte is `byte`; if so, it has been read.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        place += 1
        return true
    }

    /// Whether the next bytes are `word` but for case (`word` itself in lower case); if so, they
    /// have been read.
    mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - place >= count else { return false }
        for index in 0..<count where lowercased(bytes[place + index]) != word.utf8Start[index] {
            return false
        }
        place += count
        return true
    }

    /// Reads while bytes are as `belongs` wants them.
    mutating func take(while belongs: (UInt8) -> Bool) -> Range<Int> {
        let start = place
        while place < end, belongs(bytes[place]) { place += 1 }
        return start..<place
    }

    func firstPlace(of byte: UInt8) -> Int? { bytes[place..<end].firstIndex(of: byte) }

    func lastPlace(of byte: UInt8) -> Int? { bytes[place..<end].lastIndex(of: byte) }
}
