/// A feed in comma-separated values: what to make of a row once the columns are known.
package protocol FeedTable: Sendable {
    associatedtype Record: FeedRecord

    /// For a refusal: `a KEV table with the columns cve and date_added`.
    static var form: String { get }

    /// - Parameters:
    ///   - comments: The fields of the rows that begin with `#` above the header.
    ///   - name: Of the document; some feeds are dated by it only.
    /// - Throws: `FeedTableFault` when a column is missing, or a comment is wrong.
    init(
        _ header: CommaSeparatedHeader, comments: [CommaSeparatedValues.Row], name: String
    ) throws(FeedTableFault)

    /// What the document says of the feed as a whole.
    var issued: UTCTime? { get }
    var version: String? { get }

    func record(_ row: CommaSeparatedValues.Row) throws(FeedTableFault) -> Record
}

extension FeedTable {
    package var issued: UTCTime? { nil }
    package var version: String? { nil }
}

/// What is wrong with a row of a table, and with which of its columns.
package struct FeedTableFault: Error, Sendable {
    package let column: String?
    package let problem: FeedProblem
}

/// Reads one table of a feed while it arrives in pieces, in memory that its records bound.
package struct FeedTableReader<Table: FeedTable>: Sendable {
    private let name: String
    private var values = CommaSeparatedValues(longestRow: 1 << 16)
    private var comments: [CommaSeparatedValues.Row] = []
    private var opened: (header: CommaSeparatedHeader, table: Table)?
    private var isRefused = false
    /// What is to be added to the lines of a table's part, to have those of the table.
    private var linesBefore = 0

    /// Rows that begin with `#` above a header: there is no reason for more.
    private static var mostComments: Int { 16 }

    /// - Parameter name: Of the document.
    package init(name: String, into reading: inout FeedReading<Table.Record>) {
        self.name = name
        reading.begin(name)
    }

    package mutating func append(
        _ piece: some Sequence<UInt8>, into reading: inout FeedReading<Table.Record>
    ) {
        // Where the header is refused, nothing of the rest can be understood.
        if isRefused { return }
        values.append(piece)
        readRows(into: &reading)
    }

    package mutating func finish(into reading: inout FeedReading<Table.Record>) {
        values.finish()
        readRows(into: &reading)
        if opened == nil, !isRefused {
            reading.refuse(
                FeedFault(place: .document, problem: .unknownForm(wanted: Table.form)))
        }
    }

    private mutating func readRows(into reading: inout FeedReading<Table.Record>) {
        while !isRefused {
            do throws(CommaSeparatedError) {
                guard let row = try values.next() else { return }
                if !row.hasLineEnd {
                    reading.refuse(
                        FeedFault(
                            place: .line(row.line + linesBefore, column: nil), problem: .cutOff))
                    isRefused = opened == nil
                } else if let (header, table) = opened {
                    try header.check(row)
                    add(row, table, into: &reading)
                } else if row.fields[0].hasPrefix("#"), comments.count < Self.mostComments {
                    comments.append(row)
                } else {
                    open(try CommaSeparatedHeader(row), into: &reading)
                }
            } catch {
                reading.refuse(FeedFault(error, linesBefore: linesBefore))
                if opened == nil { isRefused = true }
            }
        }
    }

    private mutating func open(
        _ header: CommaSeparatedHeader, into reading: inout FeedReading<Table.Record>
    ) {
        do throws(FeedTableFault) {
            let table = try Table(header, comments: comments, name: name)
            reading.note(issued: table.issued, version: table.version)
            opened = (header, table)
            if let first = FeedTablePart.firstLine(inName: name) {
                linesBefore = first - header.line - 1
            }
        } catch {
            isRefused = true
            reading.refuse(FeedFault(error, line: header.line))
        }
    }

    private func add(
        _ row: CommaSeparatedValues.Row, _ table: Table,
        into reading: inout FeedReading<Table.Record>
    ) {
        let line = row.line + linesBefore
        do throws(FeedTableFault) {
            reading.add(try table.record(row), .line(line, column: nil))
        } catch {
            reading.refuse(FeedFault(error, line: line))
        }
    }

    /// A table that has arrived whole.
    static func read(_ document: FeedDocument, into reading: inout FeedReading<Table.Record>) {
        var reader = Self(name: document.name, into: &reading)
        reader.append(document.bytes, into: &reading)
        reader.finish(into: &reading)
    }
}

extension FeedFault {
    init(_ fault: FeedTableFault, line: Int) {
        self.init(place: .line(line, column: fault.column), problem: fault.problem)
    }

    init(_ error: CommaSeparatedError, linesBefore: Int = 0) {
        self.init(
            place: .line(error.line + linesBefore, column: error.field.map(String.init)),
            problem: .badRow(error.reason))
    }
}

/// A column of a table, found by any of the names that publishers give it.
struct FeedColumn: Sendable {
    let name: String
    let place: Int

    /// - Returns: nil when the table hasn't got it.
    init?(_ header: CommaSeparatedHeader, _ names: String...) {
        for name in names {
            if let place = header.place(of: name) {
                self.name = name
                self.place = place
                return
            }
        }
        return nil
    }

    /// The field's text; nil when it is empty.
    func text(_ row: CommaSeparatedValues.Row) -> String? {
        let text = row.fields[place]
        return text.isEmpty ? nil : text
    }

    func required(_ row: CommaSeparatedValues.Row) throws(FeedTableFault) -> String {
        guard let text = text(row) else { throw fault(.missing(name)) }
        return text
    }

    /// The field as something that is read from a text; nil when it is empty.
    func value<Value>(
        _ row: CommaSeparatedValues.Row, _ wanted: @autoclosure () -> String,
        _ read: (String) -> Value?
    ) throws(FeedTableFault) -> Value? {
        guard let text = text(row) else { return nil }
        guard let value = read(text) else { throw fault(.badValue(text, wanted: wanted())) }
        return value
    }

    func cve(_ row: CommaSeparatedValues.Row) throws(FeedTableFault) -> String {
        let text = try required(row)
        guard isCVE(text) else { throw fault(.badValue(text, wanted: cveForm)) }
        return text
    }

    func fault(_ problem: FeedProblem) -> FeedTableFault {
        FeedTableFault(column: name, problem: problem)
    }
}

let dayForm = "a day such as 2026-03-01"
