import EventSourcing
import FoundationEssentials
import Testing
import TransparencyLog

@Suite("The entry of an event: canonical JSON of its whole envelope")
struct LogEntryTests {
    @Test("Members stand in the order of their keys, with the stored data as it is")
    func golden() throws {
        let entry = try LogEntry(SampleEvents.approved)
        #expect(
            String(decoding: entry.bytes, as: UTF8.self) == """
                {"actor":{"id":"pe_7","on_behalf_of":"pe_9","role":"approver"},\
                "causation_id":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e50",\
                "command_id":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e51",\
                "correlation_id":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e52",\
                "data":{ "patch": "a\\u0062",\n "n":1.50 },\
                "id":"0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e53",\
                "occurred_at":"2026-03-01T09:30:00.000001Z","position":4711,\
                "recorded_at":"2026-03-01T09:30:00.120000Z","schema_version":2,\
                "stream":"pt_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e54","type":"PatchApproved",\
                "version":12}
                """)
        #expect(try entry.event() == SampleEvents.approved)
    }

    @Test("What is nil is left out")
    func optional() throws {
        let event = SampleEvents.event { $0.causationID = nil }
        let text = String(decoding: try LogEntry(event).bytes, as: UTF8.self)
        #expect(!text.contains("causation_id"))
        #expect(!text.contains("on_behalf_of"))
        #expect(!text.contains("null"))
        #expect(try LogEntry(event).event() == event)
    }

    /// The same envelope through the codec that everything else is stored with.
    private struct Envelope: Encodable {
        let event: RecordedEvent

        private enum CodingKeys: String, CodingKey {
            case position
            case stream
            case version
            case id
            case type
            case schemaVersion = "schema_version"
            case occurredAt = "occurred_at"
            case recordedAt = "recorded_at"
            case actor
            case commandID = "command_id"
            case correlationID = "correlation_id"
            case causationID = "causation_id"
            case data
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(event.position, forKey: .position)
            try members.encode(event.stream, forKey: .stream)
            try members.encode(event.version, forKey: .version)
            try members.encode(event.id, forKey: .id)
            try members.encode(event.type, forKey: .type)
            try members.encode(event.schemaVersion, forKey: .schemaVersion)
            try members.encode(event.occurredAt, forKey: .occurredAt)
            try members.encode(event.recordedAt, forKey: .recordedAt)
            try members.encode(event.actor, forKey: .actor)
            try members.encode(event.commandID, forKey: .commandID)
            try members.encode(event.correlationID, forKey: .correlationID)
            try members.encodeIfPresent(event.causationID, forKey: .causationID)
            try members.encode(
                try CanonicalJSON.decode([String: String].self, from: event.data), forKey: .data)
        }
    }

    @Test("It is what the one JSON codec writes, for any texts, numbers and times")
    func sameAsCodec() throws {
        for seed in UInt64(0)..<1000 {
            let event = SampleEvents.random(seed: seed)
            let entry = try LogEntry(event)
            #expect(
                entry.bytes == (try CanonicalJSON.encode(Envelope(event: event))), "seed \(seed)")
            #expect(try entry.event() == event, "seed \(seed)")
        }
    }

    @Test("Its leaf hash is that of RFC 6962: SHA-256 of a zero and its bytes")
    func leafHash() throws {
        let entry = try LogEntry(SampleEvents.approved)
        #expect(entry.leafHash.digest == Digest(of: [0] + entry.bytes))
    }

    @Test("The largest entry has 65,535 bytes")
    func largest() throws {
        func event(_ length: Int) -> RecordedEvent {
            SampleEvents.event {
                $0.data = Array("\"\(String(repeating: "x", count: length))\"".utf8)
            }
        }
        let around = try LogEntry(event(0)).bytes.count
        let largest = try LogEntry(event(65_535 - around))
        #expect(largest.bytes.count == 65_535)
        #expect(try largest.event() == event(65_535 - around))
        #expect(throws: LogEntryError.tooLarge(bytes: 65_536)) {
            try LogEntry(event(65_536 - around))
        }
    }

    @Test("Numbers and times that JSON and RFC 3339 can't hold are refused by name")
    func outOfRange() throws {
        func refused(_ member: String, _ change: (inout SampleEvents.Fields) -> Void) {
            #expect(throws: LogEntryError.outOfRange(member: member)) {
                try LogEntry(SampleEvents.event(change))
            }
        }
        refused("position") { $0.position = 1 << 53 + 1 }
        refused("position") { $0.position = -1 }
        refused("version") { $0.version = -1 }
        refused("schema_version") { $0.schemaVersion = Int.max }
        refused("occurred_at") { $0.occurredAt = Timestamp(seconds: 253_402_300_800) }
        refused("recorded_at") { $0.recordedAt = Timestamp(microseconds: .min) }
        for seconds in [-62_167_219_200, 253_402_300_799] as [Int64] {
            let event = SampleEvents.event { $0.occurredAt = Timestamp(seconds: seconds) }
            #expect(try LogEntry(event).event() == event)
        }
    }
}
