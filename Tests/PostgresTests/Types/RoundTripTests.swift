import FoundationEssentials
import Postgres
import Support
import Testing

/// Every type goes to the server and back unchanged, alone and in arrays.
@Suite struct RoundTripTests {
    @Test func scalars() async throws {
        try await withConnection { connection in
            try await expectSame([true, false], "bool", connection)
            try await expectSame([Int16.min, 0, .max], "int2", connection)
            try await expectSame([Int32.min, 0, .max], "int4", connection)
            try await expectSame([Int64.min, 0, .max], "int8", connection)
            try await expectSame([Int.min, -1, .max], "int8", connection)
            try await expectSame([0.1, -.infinity, .greatestFiniteMagnitude], "float8", connection)
            try await expectSame(
                ["", "a", "naïve 北京 🦊 e\u{301}", "'; drop table t; --", "{,\"\\}"], "text",
                connection)
            try await expectSame(
                [[], [0, 255, 39, 92], Array(0...255)] as [[UInt8]], "bytea", connection)
            try await expectSame([UUID(), UUID()], "uuid", connection)
            try await expectSame(
                [
                    PostgresTimestamp(microseconds: 0),
                    PostgresTimestamp(microseconds: 1_772_357_400_123_456),
                    PostgresTimestamp(microseconds: -1),
                ], "timestamptz", connection)
            try await expectSame([JSONText(#"{"b":  1, "a": null}"#)], "json", connection)
        }
    }

    @Test func nullsAndEmptyArrays() async throws {
        try await withConnection { connection in
            try await expectSame([nil, 1, nil] as [Int64?], "int8", connection)
            try await expectSame([nil, "", "x"] as [String?], "text", connection)
            try await expectSame([[], [nil], ["", nil, "ü"]] as [[String?]], "text[]", connection)
            try await expectSame([[], [1, 2, 3]] as [[Int64]], "int8[]", connection)
            try await expectSame([nil, [], [4]] as [[Int32]?], "int4[]", connection)
            try await expectSame(
                [[[]], [], [[1], [], [2, 3]]] as [[[UInt8]]], "bytea[]", connection)
            try await expectSame([[UUID(), nil]] as [[UUID?]], "uuid[]", connection)
            try await expectSame([[true, nil, false]] as [[Bool?]], "bool[]", connection)
            try await expectSame([nil, [7]] as [[UInt8]?], "bytea", connection)
            try await expectSame([[JSONText("[]")]] as [[JSONText]], "json[]", connection)
        }
    }

    @Test func manyArraysGoThroughUnnest() async throws {
        try await withConnection { connection in
            let count = 10_000
            let numbers = (0..<count).map { Int64($0) }
            let names = (0..<count).map { $0 % 3 == 0 ? nil : "name \($0)" }
            let blobs = (0..<count).map { [UInt8](repeating: UInt8($0 % 256), count: $0 % 7) }
            let rows = try await connection.query(
                """
                select count(*) as rows, count(name) as named, sum(number) as sum,
                    sum(length(blob)) as bytes
                from unnest(\(numbers), \(names), \(blobs)) as t (number, name, blob)
                """)
            #expect(try rows[0]["rows"] == count)
            #expect(try rows[0]["named"] == names.count { $0 != nil })
            // sum(bigint) is numeric.
            #expect(try rows[0]["sum"] == numbers.reduce(0, +))
            #expect(try rows[0]["bytes"] == blobs.reduce(0) { $0 + $1.count })
        }
    }

    @Test(arguments: [
        "0", "1", "-1", "10000", "99990000", "123456789012345678", "9223372036854775807",
        "-9223372036854775808",
    ])
    func wholeNumerics(_ text: String) async throws {
        try await withConnection { connection in
            let rows = try await connection.query("select \(text)::text::numeric")
            #expect(try rows[0].decode(Int64.self, at: 0) == Int64(text))
        }
    }

    @Test(arguments: ["0.5", "-12345.6789", "1e-10", "1e20", "NaN", "Infinity"])
    func fractions(_ text: String) async throws {
        try await withConnection { connection in
            let rows = try await connection.query("select \(text)::text::numeric")
            let value = try rows[0].decode(Double.self, at: 0)
            #expect(value == Double(text) || (value.isNaN && text == "NaN"))
            #expect(throws: PostgresError.self) { try rows[0].decode(Int64.self, at: 0) }
        }
    }

    @Test func aWrongTypeNamesTheColumn() async throws {
        try await withConnection { connection in
            let rows = try await connection.query(
                "select 'x'::text as word, null::int8 as missing, 70000::int8 as large, 1::int4 as one"
            )
            let row = rows[0]
            for (column, type) in [("word", "int8"), ("missing", "NULL"), ("nothing", "nothing")] {
                let error = #expect(throws: PostgresError.self) {
                    let _: Int64 = try row[column]
                }
                #expect(error?.code == .decoding)
                #expect(error?.message.contains("'\(column)'") == true)
                #expect(error?.message.contains(type) == true)
            }
            #expect(throws: PostgresError.self) { try row.decode(Int16.self, "large") }
            #expect(throws: PostgresError.self) { try row.decode([Int32].self, "one") }
            #expect(throws: PostgresError.self) { try row.decode([String].self, "word") }
            #expect(throws: PostgresError.self) { try row.decode(Int64.self, at: 4) }
            #expect(try row.decode(Int64?.self, "missing") == nil)
            #expect(try row.isNull("missing"))
        }
    }

    @Test func jsonKeepsItsBytes() async throws {
        try await withConnection { connection in
            let text = #"{"b":1,   "a":[1,2.0]}"#
            let rows = try await connection.query(
                "select \(JSONText(text)) as json, \(text)::jsonb as jsonb")
            #expect(try rows[0].decode(JSONText.self, "json") == JSONText(text))
            #expect(try rows[0].decode(JSONText.self, "jsonb").bytes.first == UInt8(ascii: "{"))
            let length = rows[0].withBytes(at: 0) { $0?.count }
            #expect(length == text.utf8.count)
        }
    }

    /// Sends each value alone and all in one array, if the type has arrays.
    private func expectSame<Value>(
        _ values: [Value], _ type: String, _ connection: Connection
    ) async throws where Value: PostgresEncodable & PostgresDecodable & Equatable {
        for value in values {
            let rows = try await connection.query(
                "select \(value) as value, pg_typeof(\(value))::text as type")
            #expect(try rows[0].decode(Value.self, "value") == value)
            if !type.hasSuffix("[]") {
                let given = try await connection.query(
                    "select pg_typeof(\(value)) = \(type)::text::regtype as same")
                #expect(try given[0]["same"] == true)
            }
        }
        guard [Value].postgresType.id != 0, !type.hasSuffix("[]") else { return }
        let rows = try await connection.query("select \(values) as values")
        #expect(try rows[0].decode([Value].self, "values") == values)
    }
}

func withConnection<R>(_ body: (Connection) async throws -> R) async throws -> R {
    try await withDatabase { options in
        let connection = try await Connection.open(options)
        let value = try await body(connection)
        await connection.close()
        return value
    }
}
