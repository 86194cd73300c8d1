/// A row of a CSV table, as RFC 4180 has them.
package protocol CSVRow {
    static var columns: [String] { get }
    /// In the order of the columns; nil is an empty cell.
    var cells: [String?] { get }
}

package enum CSVText {
    /// A header and a line for each row; lines end with CR LF.
    package static func table(_ columns: [String], _ rows: [[String?]]) -> String {
        ([columns.map(Optional.some)] + rows).map { row in
            row.map { cell($0 ?? "") }.joined(separator: ",") + "\r\n"
        }.joined()
    }

    /// What a spreadsheet would take for a formula gets an apostrophe in front: names come from
    /// anywhere.
    private static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula && Double(text) == nil ? "'" + text : text
        let needsQuotes = safe.utf8.contains { byte in
            [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains(byte)
        }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }
}
