/// One row. Values are decoded when asked for, straight from the server's bytes.
package struct Row: Sendable {
    let storage: ResultStorage
    let index: Int

    package var columnCount: Int { storage.columnCount }

    package var columnNames: [String] { (0..<columnCount).map { storage.columnName($0) } }

    /// - Throws: `.decoding` when the column is NULL or of another type, naming the column.
    package func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self, at column: Int
    ) throws(PostgresError) -> Value {
        guard column >= 0, column < storage.columnCount else {
            throw PostgresError(
                .decoding, "there is no column \(column), the row has \(storage.columnCount)")
        }
        do {
            return try Value.decode(storage.cell(row: index, column: column))
        } catch {
            throw mismatch(error, column: column, type: Value.self)
        }
    }

    /// - Throws: `.decoding` when there is no such column, it is NULL or of another type.
    package func decode<Value: PostgresDecodable>(
        _ type: Value.Type = Value.self, _ name: String
    ) throws(PostgresError) -> Value {
        try decode(type, at: columnIndex(name))
    }

    package subscript<Value: PostgresDecodable>(name: String) -> Value {
        get throws(PostgresError) { try decode(Value.self, name) }
    }

    package subscript<Value: PostgresDecodable>(column: Int) -> Value {
        get throws(PostgresError) { try decode(Value.self, at: column) }
    }

    package func isNull(_ name: String) throws(PostgresError) -> Bool {
        storage.cell(row: index, column: try columnIndex(name)).bytes == nil
    }

    /// Gives `body` the bytes of a json, text or bytea column without copying; nil for NULL.
    /// They are valid only inside `body`.
    package func withBytes<R, Failure: Error>(
        at column: Int, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> R
    ) throws(Failure) -> R {
        precondition((0..<columnCount).contains(column), "column \(column) of \(columnCount)")
        let cell = storage.cell(row: index, column: column)
        return try withExtendedLifetime(storage) { () throws(Failure) -> R in
            try body(cell.bytes)
        }
    }

    private func columnIndex(_ name: String) throws(PostgresError) -> Int {
        guard let column = storage.columnIndex(name) else {
            let names = columnNames.joined(separator: ", ")
            throw PostgresError(.decoding, "there is no column '\(name)', only: \(names)")
        }
        return column
    }

    private func mismatch(
        _ mismatch: CellMismatch, column: Int, type: Any.Type
    ) -> PostgresError {
        let name = storage.columnName(column)
        switch mismatch {
        case .unexpectedNull:
            return PostgresError(
                .decoding, "column '\(name)' is NULL: read it as an optional \(type)")
        case .wrongType(let expected):
            let found = storage.columnType(column)
            return PostgresError(
                .decoding,
                "column '\(name)' has the type with oid \(found), \(type) is read from \(expected)")
        case .malformed(let reason):
            return PostgresError(.decoding, "column '\(name)' can't be read as \(type): \(reason)")
        }
    }
}
