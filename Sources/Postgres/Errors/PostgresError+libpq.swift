import CLibPQ

/// The fields of libpq's PG_DIAG_* constants.
enum DiagnosticField {
    static let severity = Int32(UInt8(ascii: "V"))
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
    static let detail = Int32(UInt8(ascii: "D"))
    static let hint = Int32(UInt8(ascii: "H"))
    static let constraint = Int32(UInt8(ascii: "n"))
    static let table = Int32(UInt8(ascii: "t"))
    static let column = Int32(UInt8(ascii: "c"))
}

func diagnostic(_ result: OpaquePointer, _ field: Int32) -> String? {
    PQresultErrorField(result, field).map { String(cString: $0) }
}

extension PostgresError {
    /// From a result with the status PGRES_FATAL_ERROR.
    static func server(_ result: OpaquePointer, statement: String?) -> PostgresError {
        let sqlState = diagnostic(result, DiagnosticField.sqlState)
        let severity = diagnostic(result, DiagnosticField.severity)
        let message =
            diagnostic(result, DiagnosticField.message)
            ?? trimmed(String(cString: PQresultErrorMessage(result)))
        // Without an SQLSTATE it is libpq itself that speaks: the connection broke.
        let fatal = sqlState == nil || severity == "FATAL" || severity == "PANIC"
        var error = PostgresError(fatal ? .connectionLost : .server, message)
        error.effect = fatal ? .unknown : .none
        error.sqlState = sqlState.map { SQLState(rawValue: $0) }
        error.severity = severity
        error.detail = diagnostic(result, DiagnosticField.detail)
        error.hint = diagnostic(result, DiagnosticField.hint)
        error.constraint = diagnostic(result, DiagnosticField.constraint)
        error.table = diagnostic(result, DiagnosticField.table)
        error.column = diagnostic(result, DiagnosticField.column)
        error.statement = statement.map { String($0.prefix(200)) }
        return error
    }

    /// What libpq last said about `connection`.
    static func connection(
        _ connection: OpaquePointer, _ code: Code, effect: Effect
    ) -> PostgresError {
        PostgresError(code, trimmed(String(cString: PQerrorMessage(connection))), effect: effect)
    }
}

extension PostgresNotice {
    init(_ result: OpaquePointer) {
        severity = diagnostic(result, DiagnosticField.severity) ?? "NOTICE"
        sqlState = SQLState(rawValue: diagnostic(result, DiagnosticField.sqlState) ?? "00000")
        message = diagnostic(result, DiagnosticField.message) ?? ""
        detail = diagnostic(result, DiagnosticField.detail)
    }
}

private func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text.isEmpty ? "the connection failed without a message" : String(text)
}
