import Postgres
import Support
import Testing

@Suite(.timeLimit(.minutes(1))) struct NotificationTests {
    @Test func messagesComeInOrderFromOthersAndFromOneself() async throws {
        try await withDatabase { options in
            let listening = try await Connection.open(options)
            let other = try await Connection.open(options)
            let messages = listening.notifications
            try await listening.execute("listen \(identifier: "odd channel")")
            try await listening.query("select pg_notify('odd channel', \("mine"))")
            try await other.pipeline(
                (1...3).map { ["select pg_notify('odd channel', \("\($0)"))"] }
            )
            .forEach { _ = try $0.get() }
            try await other.query("select pg_notify('another', 'not for us')")
            try await other.query("select pg_notify('odd channel', 'last')")
            var payloads: [String] = []
            for try await message in messages {
                #expect(message.channel == "odd channel")
                let sender = message.payload == "mine" ? listening : other
                #expect(message.senderPID == sender.backendPID)
                payloads.append(message.payload)
                if message.payload == "last" { break }
            }
            #expect(payloads == ["mine", "1", "2", "3", "last"])
            await listening.close()
            await other.close()
        }
    }

    @Test func theyComeWhileTheConnectionIsBusy() async throws {
        try await withDatabase { options in
            let listening = try await Connection.open(options)
            let other = try await Connection.open(options)
            var messages = listening.notifications.makeAsyncIterator()
            try await listening.execute("listen news")
            async let working = listening.query("select 1 from pg_sleep(0.2)")
            try await other.query("notify news, 'hello'")
            #expect(try await messages.next()?.payload == "hello")
            #expect(try await working.count == 1)
            await listening.close()
            await other.close()
        }
    }

    @Test func theStreamEndsWithItsConnection() async throws {
        try await withDatabase { options in
            let listening = try await Connection.open(options)
            let messages = listening.notifications
            try await listening.execute("listen news")
            let other = try await Connection.open(options)
            let ended = Task { for try await _ in messages {} }
            try await other.query("select pg_terminate_backend(\(listening.backendPID), 5000)")
            let error = await #expect(throws: PostgresError.self) { try await ended.value }
            #expect(error?.isConnectionLoss == true)
            await other.close()
        }
    }

    @Test func whoIsFarBehindLosesTheOldest() async throws {
        try await withDatabase { options in
            let listening = try await Connection.open(options)
            let messages = listening.notifications
            try await listening.execute("listen news")
            // Different payloads: the server drops duplicates within a transaction.
            try await listening.query(
                "select pg_notify('news', n::text) from generate_series(1, 3000) n")
            try await listening.query("notify news, 'last'")
            var payloads: [String] = []
            for try await message in messages {
                payloads.append(message.payload)
                if message.payload == "last" { break }
            }
            #expect(payloads.count < 2000)
            #expect(payloads.dropLast().last == "3000")
            await listening.close()
        }
    }

    @Test func aCancelledReaderStops() async throws {
        try await withConnection { connection in
            let messages = connection.notifications
            let reader = Task { for try await _ in messages {} }
            reader.cancel()
            try await reader.value
            #expect(try await connection.query("select 1")[0][0] == 1)
        }
    }
}
