import Postgres
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct CopyTests {
    @Test func whatGoesInComesOut() async throws {
        try await withConnection { connection in
            try await connection.script(
                "create table a (id int8, name text); create table b (like a)")
            let rows = (0..<20_000).map { "\($0)\tname \\\\ with \\t tab and ü \($0)\n" }
            let copied = try await connection.copyIn(
                "copy a from stdin", from: chunks(rows.map { Array($0.utf8) }))
            #expect(copied == 20_000)
            let strange = try await connection.query("select name from a where id = 7")
            #expect(try strange[0][0] == "name \\ with \t tab and ü 7")

            // Out of one connection into another, as it comes.
            let out = try connection.copyOut("copy (select * from a order by id) to stdout")
            var text: [[UInt8]] = []
            for try await line in out { text.append(line) }
            #expect(text == rows.map { Array($0.utf8) })
            #expect(try await connection.copyIn("copy b from stdin", from: chunks(text)) == 20_000)
            let differing = try await connection.query(
                "select count(*) from (table a except all table b) d")
            #expect(try differing[0][0] == 0)
        }
    }

    @Test func binaryFromOneConnectionToAnother() async throws {
        try await withDatabase { options in
            let from = try await Connection.open(options)
            let to = try await Connection.open(options)
            try await from.script(
                """
                create table a as select n, repeat('y', 500) from generate_series(1, 30000) n;
                create table b (like a);
                """)
            let out = try from.copyOut("copy a to stdout (format binary)")
            #expect(try await to.copyIn("copy b from stdin (format binary)", from: out) == 30_000)
            #expect(try await to.query("select sum(n) from b")[0][0] == 450_015_000)
            await from.close()
            await to.close()
        }
    }

    /// Many small writes against a server that now keeps up and now doesn't: each is let go on.
    @Test func noWriterIsForgotten() async throws {
        try await withDatabase { options in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        let connection = try await Connection.open(options)
                        try await connection.script("create table a\(number) (name text)")
                        let row = Array((String(repeating: "z", count: 900) + "\n").utf8)
                        let rows = try await connection.copyIn(
                            "copy \(identifier: "a\(number)") from stdin",
                            from: chunks(Array(repeating: row, count: 20_000)))
                        #expect(rows == 20_000)
                        await connection.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func cutsMayFallAnywhere() async throws {
        try await withConnection { connection in
            try await connection.script("create table a (name text)")
            let bytes = (0..<100).flatMap { Array("ünder \($0)\n".utf8) }
            try await connection.copyIn("copy a from stdin", from: chunks(bytes.map { [$0] }))
            #expect(try await connection.query("select count(*) from a")[0][0] == 100)
        }
    }

    @Test func aBadRowKeepsNothing() async throws {
        try await withConnection { connection in
            try await connection.script("create table a (id int8)")
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn(
                    "copy a from stdin", from: chunks([Array("1\n".utf8), Array("x\n".utf8)]))
            }
            #expect(error?.sqlState == "22P02")
            #expect(try await connection.query("select count(*) from a")[0][0] == 0)
        }
    }

    @Test func aSenderThatThrowsKeepsNothing() async throws {
        struct Stop: Error {}
        try await withConnection { connection in
            try await connection.script("create table a (id int8)")
            let failing = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield(Array("1\n".utf8))
                continuation.finish(throwing: Stop())
            }
            await #expect(throws: Stop.self) {
                try await connection.copyIn("copy a from stdin", from: failing)
            }
            #expect(try await connection.query("select count(*) from a")[0][0] == 0)
        }
    }

    @Test func whatIsNoCopyIsRefusedAndTheConnectionStays() async throws {
        try await withConnection { connection in
            for bad in ["select 1", "copy nothing from stdin"] as [Query] {
                await #expect(throws: PostgresError.self) {
                    try await connection.copyIn(bad, from: chunks([Array("1\n".utf8)]))
                }
                var out = try connection.copyOut(bad).makeAsyncIterator()
                await #expect(throws: PostgresError.self) { try await out.next() }
                #expect(try await connection.query("select 5")[0][0] == 5)
            }
            #expect(throws: PostgresError.self) {
                _ = try connection.copyOut("copy (select \(1)) to stdout")
            }
        }
    }

    @Test func leavingEarlyFreesTheConnection() async throws {
        try await withConnection { connection in
            var taken = 0
            for try await _ in try connection.copyOut(
                "copy (select generate_series(1, 100000000), repeat('x', 100)) to stdout")
            {
                taken += 1
                if taken == 5000 { break }
            }
            #expect(try await connection.query("select 5")[0][0] == 5)
        }
    }

    @Test func aCancelledSenderKeepsNothing() async throws {
        try await withConnection { connection in
            try await connection.script("create table a (id int8)")
            let (endless, source) = AsyncStream<[UInt8]>.makeStream()
            source.yield(Array("1\n".utf8))
            let copying = Task { try await connection.copyIn("copy a from stdin", from: endless) }
            try await Task.sleep(for: .milliseconds(50))
            copying.cancel()
            await #expect(throws: CancellationError.self) { try await copying.value }
            #expect(try await connection.query("select count(*) from a")[0][0] == 0)
        }
    }

    private func chunks(_ pieces: [[UInt8]]) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            for piece in pieces { continuation.yield(piece) }
            continuation.finish()
        }
    }
}
