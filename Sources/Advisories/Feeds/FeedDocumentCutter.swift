/// Makes documents of what a file holds while it arrives in pieces: one of what is JSON, and of a long
/// table several of a few megabytes, cut between rows, so that no table has to fit into memory.
///
/// ```swift
/// for piece in pieces { documents += try cutter.append(piece) }
/// documents += cutter.finish()
/// ```
/// Each part of a table begins with the table's own comments and header, so that it can be read by
/// itself, and is called `NAME, from line 000012345` by the line of its first row.
package struct FeedDocumentCutter: Sendable {
    private enum Form { case unknown, whole, head, rows }

    /// A table up to this size stays whole, so that its digest is that of the file.
    package static let longestWhole = 8 << 20
    private static let partBytes = 4 << 20
    /// Where a row is longer than that, a quote was left open: it is cut at the next line end.
    private static let longestRow = 1 << 20

    private let name: String
    private let largest: Int
    private var form = Form.unknown
    /// What has not been given away.
    private var held: [UInt8] = []
    /// Comments and header, with their line ends.
    private var head: [UInt8] = []
    private var isCut = false
    /// In `held`: how far it was looked at, and where the row begins that is looked at.
    private var place = 0
    private var rowStart = 0
    private var isQuoted = false
    /// Of `place`, counted from 1; and of the first row that is held.
    private var line = 1
    private var firstLine = 1

    /// - Parameters:
    ///   - name: Of the file.
    ///   - largest: Bytes that a document may have which can't be cut.
    package init(name: String, largest: Int) {
        self.name = name
        self.largest = largest
    }

    /// - Returns: The documents that are complete now.
    /// - Throws: `FeedDocumentTooLarge` for one that can't be cut.
    package mutating func append(
        _ piece: some Sequence<UInt8>
    ) throws(FeedDocumentTooLarge) -> [FeedDocument] {
        held.append(contentsOf: piece)
        if form == .unknown { form = sniffed() }
        if form == .unknown || form == .whole {
            if held.count > largest { throw FeedDocumentTooLarge(limit: largest) }
            return []
        }
        guard isCut || held.count > Self.longestWhole else { return [] }
        isCut = true
        return cut()
    }

    /// Nothing follows any more.
    package mutating func finish() -> [FeedDocument] {
        guard isCut else { return [FeedDocument(name: name, bytes: held)] }
        return held.isEmpty ? [] : [part(held[...])]
    }

    /// JSON begins with a brace or a bracket, and no table does.
    private func sniffed() -> Form {
        let first = FeedDocument(name: name, bytes: Array(held.prefix(4096))).firstByte
        return switch first {
        case nil: .unknown
        case UInt8(ascii: "{")?, UInt8(ascii: "[")?: .whole
        default: .head
        }
    }

    private mutating func cut() -> [FeedDocument] {
        var documents: [FeedDocument] = []
        // Where the next part begins.
        var start = 0
        while let end = nextRowEnd() {
            if form == .head {
                let isHeader = isHeader(held[rowStart..<end])
                rowStart = end
                if isHeader {
                    (form, head) = (.rows, Array(held[..<end]))
                    (start, firstLine) = (end, line)
                } else if end > Self.longestRow {
                    // No header comes any more: what is read of it will be refused.
                    (form, start, firstLine) = (.rows, 0, 1)
                }
                continue
            }
            rowStart = end
            if end - start >= Self.partBytes {
                documents.append(part(held[start..<end]))
                (start, firstLine) = (end, line)
            }
        }
        held.removeFirst(start)
        place -= start
        rowStart -= start
        return documents
    }

    /// Whether it is neither a comment nor empty.
    private func isHeader(_ row: ArraySlice<UInt8>) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = row.starts(with: mark) ? row.dropFirst(mark.count) : row
        return text.first != ASCII.hash
            && text.contains { $0 != ASCII.lineFeed && $0 != ASCII.carriageReturn }
    }

    /// The place behind the row's line end; nil when it isn't there yet.
    private mutating func nextRowEnd() -> Int? {
        var (place, isQuoted, line) = (place, isQuoted, line)
        let rowStart = rowStart
        let isFound = held.withUnsafeBufferPointer { bytes in
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                if byte == ASCII.quote {
                    isQuoted.toggle()
                } else if byte == ASCII.lineFeed {
                    line += 1
                    if !isQuoted || place - rowStart > Self.longestRow { return true }
                }
            }
            return false
        }
        (self.place, self.line) = (place, line)
        self.isQuoted = isFound ? false : isQuoted
        return isFound ? place : nil
    }

    private func part(_ rows: ArraySlice<UInt8>) -> FeedDocument {
        FeedDocument(
            name: FeedTablePart.name(of: name, fromLine: firstLine), bytes: head + rows)
    }
}

/// The names of the documents that a long table was cut into.
enum FeedTablePart {
    private static let words = ", from line "
    /// So that the order of names is that of the rows.
    private static let digits = 9

    static func name(of table: String, fromLine line: Int) -> String {
        let number = String(line)
        return table + words
            + String(repeating: "0", count: max(0, digits - number.count)) + number
    }

    /// The table's line that the part's first row stands on; nil for what isn't a part.
    static func firstLine(inName name: String) -> Int? {
        guard let mark = name.firstRange(of: words) else { return nil }
        return Int(name[mark.upperBound...])
    }
}

package struct FeedDocumentTooLarge: Error, Equatable {
    /// In bytes.
    package let limit: Int
}
