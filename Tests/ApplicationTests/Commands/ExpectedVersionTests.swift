import Application
import EventSourcing
import Foundation
import PatchManagement
import Testing

/// What `If-Match` means for a command, whichever process it comes to.
@Suite struct ExpectedVersionTests {
    private let store = InMemoryStore { Timestamp(Date()) }
    private let person = StreamID(prefix: "pe", UUID())

    private func grant(
        _ role: Role, by bus: CommandBus, _ id: UUID = UUID(), seen version: Int? = nil
    ) async throws -> AppendReceipt {
        var options = CommandBus.Options()
        options.expectedVersion = version
        return try await bus.send(
            .grantRole(role, person: person), to: person, as: PersonDecider.self,
            CommandContext(
                actor: Actor(id: "pe_admin", role: "administrator"), at: Timestamp(Date()),
                commandID: id), options
        ).receipt
    }

    /// A worker or another server wrote after this process did last; the caller has seen it.
    @Test func theVersionThatAnotherProcessWroteIsNotRefused() async throws {
        let (one, other) = (CommandBus(store: store), CommandBus(store: store))
        _ = try await grant(.viewer, by: one)
        _ = try await grant(.tester, by: other)
        _ = try await grant(.analyst, by: one, seen: 2)
        await #expect(throws: StaleVersion.self) {
            try await grant(.approver, by: other, seen: 2)
        }
    }

    /// I10: an accepted command answers as it did then, though its version has passed.
    @Test func anAcceptedCommandIsAnsweredAgain() async throws {
        let bus = CommandBus(store: store)
        _ = try await grant(.viewer, by: bus)
        let id = UUID()
        let first = try await grant(.tester, by: bus, id, seen: 1)
        let again = try await grant(.tester, by: bus, id, seen: 1)
        #expect(again.repeated)
        #expect(again.firstPosition == first.firstPosition)
    }
}
