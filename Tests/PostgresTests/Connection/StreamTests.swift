import Foundation
import Postgres
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct StreamTests {
    /// In a process of its own, whose memory no other test touches.
    @Test func aMillionRowsTakeNoMoreMemoryThanAFew() async throws {
        await #expect(processExitsWith: .success) {
            try await withConnection { connection in
                _ = try await readAll(of: 50_000, connection)
                let before = try residentKilobytes()
                let all = try await readAll(of: 1_000_000, connection)
                #expect(all.rows == 1_000_000)
                #expect(all.sum == 500_000_500_000)
                // As a whole result they take more than 200 MB.
                let growth = all.highest - before
                #expect(growth < 30_000, "the process grew by \(growth) kB")
            }
        }
    }

    @Test func aSlowReaderHoldsTheServerBack() async throws {
        await #expect(processExitsWith: .success) {
            try await withConnection { connection in
                let before = try residentKilobytes()
                var taken = 0
                for try await _ in connection.stream(
                    "select repeat('x', 10000) from generate_series(1, 20000)")
                {
                    taken += 1
                    if taken == 1 {
                        // 200 MB could come meanwhile.
                        try await Task.sleep(for: .milliseconds(500))
                        let growth = try residentKilobytes() - before
                        #expect(growth < 30_000, "the process grew by \(growth) kB")
                    }
                }
                #expect(taken == 20_000)
            }
        }
    }

    @Test func leavingEarlyFreesTheConnection() async throws {
        try await withConnection { connection in
            for _ in 0..<10 {
                var taken = 0
                for try await _ in connection.stream(
                    "select generate_series(1, 100000000), repeat('x', 1000)")
                {
                    taken += 1
                    if taken == 700 { break }
                }
                #expect(try await connection.query("select 5")[0][0] == 5)
            }
        }
    }

    @Test func aFailureAfterSomeRowsIsThrown() async throws {
        try await withConnection { connection in
            var taken = 0
            var rows = connection.stream("select 1 / (5000 - n) from generate_series(1, 10000) n")
                .makeAsyncIterator()
            let error = await #expect(throws: PostgresError.self) {
                while try await rows.next() != nil { taken += 1 }
            }
            #expect(error?.sqlState == "22012")
            #expect(taken == 4999)
            let next = try await connection.query("select 5")
            #expect(try next[0][0] == 5)
        }
    }

    @Test func aStatementThatCannotBePreparedSaysWhy() async throws {
        try await withConnection { connection in
            var rows = connection.stream("select * from nowhere").makeAsyncIterator()
            let error = await #expect(throws: PostgresError.self) { try await rows.next() }
            #expect(error?.sqlState == .undefinedTable)
            let next = try await connection.query("select 5")
            #expect(try next[0][0] == 5)
        }
    }

    @Test func aCancelledTaskStopsItsStream() async throws {
        try await withConnection { connection in
            let reading = Task {
                for try await _ in connection.stream(
                    "select pg_sleep(0.001) from generate_series(1, 1000000)")
                {}
            }
            try await Task.sleep(for: .milliseconds(50))
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            #expect(try await connection.query("select 5")[0][0] == 5)
        }
    }

    @Test func insideATransactionItSeesTheTransaction() async throws {
        try await withConnection { connection in
            try await connection.withTransaction { inside in
                try await inside.query("create table t (id int8)")
                try await inside.query("insert into t select generate_series(1, 3)")
                var ids: [Int] = []
                for try await row in inside.stream("select id from t order by id") {
                    ids.append(try row.decode(Int.self, at: 0))
                }
                #expect(ids == [1, 2, 3])
            }
        }
    }
}

/// Reads `count` rows as they come; `highest` is the most memory that was held meanwhile.
private func readAll(
    of count: Int, _ connection: Connection
) async throws -> (rows: Int, sum: Int, highest: Int) {
    var (rows, sum, highest) = (0, 0, 0)
    for try await row in connection.stream(
        "select n, repeat('x', 100) from generate_series(1::int8, \(count)) n")
    {
        rows += 1
        sum += try row.decode(Int.self, at: 0)
        if rows % 50_000 == 0 { highest = max(highest, try residentKilobytes()) }
    }
    return (rows, sum, highest)
}

/// What this process holds in memory, by the kernel's account.
private func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = try #require(Int(status.split(separator: " ")[1]))
    return pages * 4
}
