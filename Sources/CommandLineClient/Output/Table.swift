import APIContract

/// The side of a column that its cells stand on: numbers stand right.
package enum ColumnSide: Sendable {
    case left, right
}

/// A column of a list: its title, its side, and what it shows of an item.
package struct Column<Item>: Sendable {
    package let title: String
    package let side: ColumnSide
    package let value: @Sendable (Item) -> String
    /// What programs get: nil where nobody has said it.
    package let exact: @Sendable (Item) -> String?

    package init(
        _ title: String, _ side: ColumnSide = .left, _ value: @escaping @Sendable (Item) -> String
    ) {
        self.title = title
        self.side = side
        self.value = value
        exact = { item in
            let text = value(item)
            return text == "-" ? nil : text
        }
    }

    /// - Parameter exact: Where a table cuts or shortens it.
    package init(
        _ title: String, _ side: ColumnSide = .left,
        exact: @escaping @Sendable (Item) -> String?,
        _ value: @escaping @Sendable (Item) -> String
    ) {
        self.title = title
        self.side = side
        self.value = value
        self.exact = exact
    }
}

/// Lays out rows as text: columns two spaces apart, as wide as their widest cell, no blanks at the
/// end of a line.
package enum Table {
    package static func text<Item>(
        _ items: [Item], _ columns: [Column<Item>], isBold: Bool = false
    ) -> String {
        let titles = columns.map { $0.title.uppercased() }
        let rows = items.map { item in columns.map { printable($0.value(item)) } }
        var widths = titles.map(\.count)
        for row in rows {
            for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
        }
        let sides = columns.map(\.side)
        let header = line(titles, sides, widths)
        let lines =
            [isBold ? "\u{1B}[1m\(header)\u{1B}[0m" : header]
            + rows.map { line($0, sides, widths) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The same for programs: uncut, a column for each of the table's.
    package static func csv<Item>(_ items: [Item], _ columns: [Column<Item>]) -> String {
        CSVText.table(
            columns.map { $0.title.replacing(" ", with: "_") },
            items.map { item in columns.map { $0.exact(item) } })
    }

    /// Names and values, one pair a line; pairs without a value are left out.
    package static func details(_ pairs: [(name: String, value: String?)]) -> String {
        let shown = pairs.compactMap { pair in pair.value.map { (pair.name, printable($0)) } }
        let width = shown.map(\.0.count).max() ?? 0
        return shown.map { name, value in "\(padded(name, .left, width))  \(value)\n" }.joined()
    }

    /// What would fill lines, cut.
    static func cut(_ text: String, to length: Int) -> String {
        text.count > length ? "\(text.prefix(length - 1))…" : text
    }

    /// Text from hosts and people must not steer the terminal: control characters become blanks.
    package static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control
                        || scalar.properties.generalCategory == .format ? " " : scalar
                }))
    }

    private static func line(
        _ cells: [String], _ sides: [ColumnSide], _ widths: [Int]
    ) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            text += (index == 0 ? "" : "  ") + padded(cell, sides[index], widths[index])
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private static func padded(
        _ cell: String, _ side: ColumnSide, _ width: Int
    ) -> String {
        let blanks = String(repeating: " ", count: max(0, width - cell.count))
        return side == .left ? cell + blanks : blanks + cell
    }
}
