import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Support
import Testing

/// I9, walked through: the connection of an append is cut between any two messages, of either side.
/// Before the server has it, after it has committed, before and after its answer: the command is
/// recorded once and acknowledged as it is recorded.
@Suite(.timeLimit(.minutes(3))) struct CutConnectionTests {
    @Test(arguments: PostgresProxy.Side.allCases)
    func cutAfterEachMessage(side: PostgresProxy.Side) async throws {
        try await withStoreDatabase { options in
            let proxy = try PostgresProxy(to: options, cutting: "append_events")
            defer { proxy.close() }
            try await serving(proxy.options) { store in
                // Both lanes connect and prepare their statements.
                for _ in 0..<4 { _ = try await store.append(request(newStream())) }
                var cuts = 0
                while true {
                    proxy.arm(PostgresProxy.Cut(side, after: cuts))
                    let command = request(newStream(), events: 2)
                    let receipt = try await store.append(command)
                    let wasCut = proxy.disarm()
                    try await expectOnce(command, receipt, options)
                    if !wasCut { break }
                    cuts += 1
                }
                print("\(side.rawValue): cut after each of \(cuts) messages")
                // Bind, Execute and Sync of two statements at least, and their answers.
                #expect(cuts >= 6)
                let log = try await store.wholeLog()
                expectDense(log)
                #expect(log.count == 4 + 2 * (cuts + 1))
            }
        }
    }

    private func expectOnce(
        _ command: AppendRequest, _ receipt: AppendReceipt, _ options: ConnectionOptions
    ) async throws {
        let positions = try await withSQL(options) {
            try await $0.query(
                """
                select position from patchflow.events
                where command_id = \(command.context.commandID) order by position
                """
            ).map { try $0.decode(Int64.self, at: 0) }
        }
        #expect(positions == Array(receipt.firstPosition...receipt.lastPosition))
        #expect(positions.count == 2)
    }
}
