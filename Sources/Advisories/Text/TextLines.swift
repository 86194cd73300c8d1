/// The lines of a text that arrives in pieces, in memory bounded by the longest line.
///
/// A line ends with a line feed, before which a carriage return is dropped. Only UTF-8 is text.
struct TextLines {
    struct Line {
        /// The first line is 1.
        let number: Int
        let text: String
    }

    struct Fault: Error {
        let line: Int
        let reason: String
    }

    private let limit: Int
    private var piece: [UInt8] = []
    private var place = 0
    private var number = 0
    /// The line that has begun and not ended in earlier pieces.
    private var beginning: [UInt8] = []

    /// - Parameter limit: Bytes that a line may have.
    init(limit: Int) { self.limit = limit }

    /// Adds the next bytes; the ones before must have been read until `next` was nil.
    mutating func append(_ bytes: [UInt8]) {
        precondition(place == piece.count, "the last piece has not been read to its end")
        piece = bytes
        place = 0
    }

    /// The next line; nil when the bytes so far hold no more.
    mutating func next() throws(Fault) -> Line? {
        guard place < piece.count else { return nil }
        let start = place
        let end = piece.withUnsafeBufferPointer { bytes in
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            return end
        }
        place = min(end + 1, piece.count)
        if beginning.count + end - start > limit {
            throw Fault(line: number + 1, reason: "the line is longer than \(limit) bytes")
        }
        guard end < piece.count else {
            beginning += piece[start..<end]
            return nil
        }
        defer { beginning.removeAll(keepingCapacity: true) }
        if beginning.isEmpty { return try line(piece[start..<end]) }
        beginning += piece[start..<end]
        return try line(beginning[...])
    }

    /// The rest after the last line feed; nil when the text ended with one.
    mutating func unfinished() throws(Fault) -> Line? {
        guard !beginning.isEmpty else { return nil }
        defer { beginning.removeAll() }
        return try line(beginning[...])
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) throws(Fault) -> Line {
        number += 1
        let bytes = bytes.last == 0x0D ? bytes.dropLast() : bytes
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(line: number, reason: "it is not UTF-8")
        }
        return Line(number: number, text: text)
    }
}
