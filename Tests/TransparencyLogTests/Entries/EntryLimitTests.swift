import EventSourcing
import FoundationEssentials
import Testing
import TransparencyLog

/// The limit at the door counts what the sealer will write.
@Suite struct EntryLimitTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func theCountedSizeIsThatOfTheEntryAtTheLongestPosition(seed: UInt64) throws {
        let sample = SampleEvents.random(seed: seed)
        let event = SampleEvents.event {
            $0.position = 1 << 53
            $0.stream = sample.stream
            $0.version = sample.version
            $0.type = sample.type
            $0.schemaVersion = sample.schemaVersion
            $0.actor = sample.actor
            $0.causationID = sample.causationID
            $0.data = sample.data
        }
        let context = CommandContext(
            actor: event.actor, at: event.occurredAt, commandID: event.commandID,
            correlationID: event.correlationID, causationID: event.causationID)
        let counted = EntryLimit.entryBytes(
            of: NewEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data),
            context, stream: event.stream, version: event.version)
        #expect(try LogEntry(event).bytes.count == counted)
    }
}
