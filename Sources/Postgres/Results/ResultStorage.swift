import CLibPQ

/// Owns one PGresult.
///
/// Invariant behind `@unchecked Sendable`: the result was complete before this was made and is
/// only read from then on, which libpq allows from any thread; it is freed once, in `deinit`.
final class ResultStorage: @unchecked Sendable {
    private let result: OpaquePointer
    let rowCount: Int
    let columnCount: Int

    init(_ result: OpaquePointer) {
        self.result = result
        rowCount = Int(PQntuples(result))
        columnCount = Int(PQnfields(result))
    }

    deinit {
        PQclear(result)
    }

    /// For example `INSERT 0 3`.
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    var affectedRows: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func columnName(_ column: Int) -> String {
        PQfname(result, Int32(column)).map { String(cString: $0) } ?? ""
    }

    func columnType(_ column: Int) -> UInt32 { PQftype(result, Int32(column)) }

    /// Not PQfnumber, which folds capital letters. The first of several that bear the name.
    func columnIndex(_ name: String) -> Int? {
        var name = name
        return name.withUTF8 { wanted in
            (0..<columnCount).first { column in
                guard let candidate = PQfname(result, Int32(column)) else { return false }
                for (index, byte) in wanted.enumerated()
                where UInt8(bitPattern: candidate[index]) != byte || byte == 0 {
                    return false
                }
                return candidate[wanted.count] == 0
            }
        }
    }

    func cell(row: Int, column: Int) -> Cell {
        let (row, column) = (Int32(row), Int32(column))
        let type = PQftype(result, column)
        guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column)
        else { return Cell(bytes: nil, type: type) }
        let length = Int(PQgetlength(result, row, column))
        return Cell(bytes: UnsafeRawBufferPointer(start: value, count: length), type: type)
    }
}
