/// Reads comma-separated values row by row while the text arrives in pieces, in memory that one row
/// bounds. Lines end in LF or CRLF; a byte order mark in front and empty lines are passed over.
///
/// ```swift
/// values.append(piece)
/// while let row = try values.next() { ... }
/// ```
/// and the same once more after `finish()`, which gives the last line where no line end follows it.
/// Source: RFC 4180 §2.
package struct CommaSeparatedValues: Sendable {
    package struct Row: Sendable, Hashable {
        /// The line that it begins on, counted from 1.
        package let line: Int
        package let fields: [String]
        /// False of a last line that the text ends with: a publisher's habit, or a text cut off.
        package let hasLineEnd: Bool

        package init(line: Int, fields: [String], hasLineEnd: Bool = true) {
            self.line = line
            self.fields = fields
            self.hasLineEnd = hasLineEnd
        }
    }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    /// Bytes that a row may have, line ends in quotes included.
    package let longestRow: Int
    private var buffer: [UInt8] = []
    /// In `buffer`: where the row begins, and how far its end has been looked for.
    private var start = 0
    private var place = 0
    private var state = State.fieldStart
    private var line = 1
    private var linesInRow = 0
    private var isAtBeginning = true
    private var isFinished = false
    private var hasFailed = false

    package init(longestRow: Int = 1 << 20) { self.longestRow = longestRow }

    package mutating func append(_ piece: some Sequence<UInt8>) {
        precondition(!isFinished, "a piece after the end")
        // Where a row doesn't end, what follows it must not pile up.
        if hasFailed { return }
        buffer.removeFirst(start)
        place -= start
        start = 0
        buffer.append(contentsOf: piece)
    }

    /// Nothing follows any more.
    package mutating func finish() { isFinished = true }

    /// The next row; nil when it isn't complete yet, or when there is none any more.
    ///
    /// - Throws: What is wrong with the row. The next call goes on behind it; behind a row that
    ///   doesn't end within `longestRow` there is nothing more, whatever the pieces are.
    package mutating func next() throws(CommaSeparatedError) -> Row? {
        guard !hasFailed, skipMark() else { return nil }
        while findEnd() {
            let (bytes, line, hasLineEnd) = (start..<place, line, place < buffer.count)
            self.line += linesInRow + 1
            start = min(place + 1, buffer.count)
            place = start
            (state, linesInRow) = (.fieldStart, 0)
            guard bytes.count <= longestRow else {
                // In smaller pieces its end would not have been looked for.
                hasFailed = true
                throw CommaSeparatedError(line: line, field: nil, problem: .tooLong(longestRow))
            }
            var end = bytes.upperBound
            if end > bytes.lowerBound, buffer[end - 1] == ASCII.carriageReturn { end -= 1 }
            if end > bytes.lowerBound {
                return Row(
                    line: line, fields: try fields(bytes.lowerBound..<end, line),
                    hasLineEnd: hasLineEnd)
            }
        }
        if place - start > longestRow {
            hasFailed = true
            throw CommaSeparatedError(line: line, field: nil, problem: .tooLong(longestRow))
        }
        if isFinished, state == .quoted {
            hasFailed = true
            throw CommaSeparatedError(line: line, field: nil, problem: .quoteNotClosed)
        }
        return nil
    }

    /// Whether enough has arrived to know that no byte order mark is in the way.
    private mutating func skipMark() -> Bool {
        guard isAtBeginning else { return true }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if buffer.count < mark.count, !isFinished, mark.starts(with: buffer) { return false }
        isAtBeginning = false
        if buffer.starts(with: mark) {
            start = mark.count
            place = start
        }
        return true
    }

    /// Moves `place` to the line end that closes the row, or to the end of a text that is finished.
    ///
    /// - Returns: Whether there is such an end.
    private mutating func findEnd() -> Bool {
        var (place, state, lines) = (place, state, linesInRow)
        let isAtLineEnd = buffer.withUnsafeBufferPointer { bytes in
            while place < bytes.count {
                let byte = bytes[place]
                if byte == ASCII.lineFeed {
                    if state != .quoted { return true }
                    lines += 1
                } else if byte == ASCII.quote {
                    switch state {
                    case .fieldStart, .quoteInQuoted: state = .quoted
                    case .quoted: state = .quoteInQuoted
                    case .plain: break
                    }
                } else if state != .quoted {
                    state = byte == ASCII.comma ? .fieldStart : .plain
                }
                place += 1
            }
            return false
        }
        (self.place, self.state, linesInRow) = (place, state, lines)
        return isAtLineEnd || isFinished && place > start && state != .quoted
    }

    private func fields(_ bytes: Range<Int>, _ line: Int) throws(CommaSeparatedError) -> [String] {
        var fields: [String] = []
        var place = bytes.lowerBound
        while true {
            func wrong(_ problem: CommaSeparatedError.Problem) -> CommaSeparatedError {
                CommaSeparatedError(line: line, field: fields.count + 1, problem: problem)
            }
            let isQuoted = place < bytes.upperBound && buffer[place] == ASCII.quote
            let rest = buffer[place..<bytes.upperBound]
            let content: ArraySlice<UInt8>
            if isQuoted {
                let (text, end) = quoted(rest.dropFirst())
                content = text
                place = end
            } else {
                content = rest.prefix { $0 != ASCII.comma }
                place = content.endIndex
                if content.contains(ASCII.quote) { throw wrong(.quoteInPlainField) }
                if content.contains(ASCII.carriageReturn) { throw wrong(.carriageReturn) }
            }
            guard let text = String(validating: content, as: UTF8.self) else {
                throw wrong(.notUTF8)
            }
            if place < bytes.upperBound, buffer[place] != ASCII.comma {
                throw wrong(.textAfterQuote)
            }
            fields.append(text)
            if place == bytes.upperBound { return fields }
            place += 1
        }
    }

    /// What stands between quotes, two of them as one, and the place behind the closing one.
    private func quoted(_ bytes: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, end: Int) {
        guard let first = bytes.firstIndex(of: ASCII.quote) else { return (bytes, bytes.endIndex) }
        let next = first + 1
        guard next < bytes.endIndex, bytes[next] == ASCII.quote else {
            return (bytes[..<first], next)
        }
        var text: [UInt8] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if bytes[place] == ASCII.quote {
                place += 1
                guard place < bytes.endIndex, bytes[place] == ASCII.quote else { break }
            }
            text.append(bytes[place])
            place += 1
        }
        return (text[...], place)
    }
}

/// Which column has which name: the first row of most tables.
package struct CommaSeparatedHeader: Sendable {
    package let names: [String]
    package let line: Int
    private let places: [String: Int]

    /// - Throws: When two columns have one name.
    package init(_ row: CommaSeparatedValues.Row) throws(CommaSeparatedError) {
        var places: [String: Int] = [:]
        for (place, name) in row.fields.enumerated()
        where places.updateValue(place, forKey: name) != nil {
            throw CommaSeparatedError(
                line: row.line, field: place + 1, problem: .columnTwice(name))
        }
        names = row.fields
        line = row.line
        self.places = places
    }

    /// The place of the column that has one of `names`, which are what several publishers call it.
    package func place(of names: String...) -> Int? {
        names.lazy.compactMap { places[$0] }.first
    }

    /// - Throws: When the row hasn't as many fields as there are columns.
    package func check(_ row: CommaSeparatedValues.Row) throws(CommaSeparatedError) {
        guard row.fields.count == names.count else {
            throw CommaSeparatedError(
                line: row.line, field: nil,
                problem: .fieldCount(found: row.fields.count, wanted: names.count))
        }
    }
}

/// What is wrong with a row.
package struct CommaSeparatedError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Problem: Sendable, Equatable {
        case notUTF8
        case quoteInPlainField
        case textAfterQuote
        case carriageReturn
        case quoteNotClosed
        /// Bytes that a row may have.
        case tooLong(Int)
        case columnTwice(String)
        case fieldCount(found: Int, wanted: Int)
    }

    /// Counted from 1.
    package let line: Int
    /// Counted from 1; nil where it is about the whole row.
    package let field: Int?
    package let problem: Problem

    package init(line: Int, field: Int?, problem: Problem) {
        self.line = line
        self.field = field
        self.problem = problem
    }

    package var reason: String {
        switch problem {
        case .notUTF8: "it is not UTF-8"
        case .quoteInPlainField:
            "a quote inside: put the field in quotes, and write two for each of its own"
        case .textAfterQuote: "text follows the closing quote; write a quote within as two"
        case .carriageReturn: "a carriage return that no line feed follows"
        case .quoteNotClosed: "the quote that opens a field is never closed"
        case .tooLong(let limit): "the row is longer than \(limit) bytes; is a quote left open?"
        case .columnTwice(let name): "column '\(shortened(name))' is there twice"
        case .fieldCount(let found, let wanted):
            "\(found) fields, where the header has \(wanted) columns"
        }
    }

    package var description: String {
        "line \(line)" + (field.map { ", field \($0)" } ?? "") + ": \(reason)"
    }
}
