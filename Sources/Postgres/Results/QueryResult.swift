/// The whole answer to one statement: its rows, in the server's order, and what came with them.
package struct QueryResult: Sendable {
    let storage: ResultStorage
    /// What the server said while it executed the statement, in order. Those of the last statement
    /// of a group go on to the group's end, its implicit COMMIT included.
    package let notices: [PostgresNotice]

    /// For example `INSERT 0 3`.
    package var commandTag: String { storage.commandTag }

    /// In the order of the statement; there also when there are no rows.
    package var columnNames: [String] {
        (0..<storage.columnCount).map { storage.columnName($0) }
    }

    /// Rows inserted, updated, deleted or selected.
    package var affectedRows: Int { storage.affectedRows }

    /// The same with what the server said after it.
    func with(_ more: [PostgresNotice]) -> QueryResult {
        more.isEmpty ? self : QueryResult(storage: storage, notices: notices + more)
    }
}

extension QueryResult: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { storage.rowCount }

    package subscript(position: Int) -> Row {
        precondition(indices.contains(position), "row \(position) of \(count)")
        return Row(storage: storage, index: position)
    }
}
