import Postgres
import Support
import Testing

@Suite struct QueryTests {
    @Test func valuesBecomeParameters() async throws {
        try await withDatabase { options in
            let connection = try await Connection.open(options)
            let rows = try await connection.query("select \(7) + 1 as n, \("it's") as t")
            #expect(try rows[0]["n"] == 8)
            #expect(try rows[0]["t"] == "it's")
            await connection.close()
        }
    }
}
