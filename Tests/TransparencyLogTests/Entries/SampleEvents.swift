import EventSourcing
import FoundationEssentials
import Support
import Testing

/// Events to make entries of.
enum SampleEvents {
    /// What an event is made of, to be changed field by field.
    struct Fields {
        var position: Int64 = 1
        var stream = StreamID(prefix: "pt", id(4))
        var version = 1
        var type = "PatchApproved"
        var schemaVersion = 1
        var occurredAt = Timestamp(seconds: 1_772_357_400)
        var recordedAt = Timestamp(microseconds: 1_772_357_400_120_000)
        var actor = Actor(id: "pe_7", role: "approver")
        var causationID: UUID? = id(0)
        var data = Array("{}".utf8)
    }

    static let approved = event {
        $0.position = 4711
        $0.version = 12
        $0.schemaVersion = 2
        $0.occurredAt = Timestamp(microseconds: 1_772_357_400_000_001)
        $0.actor = Actor(id: "pe_7", role: "approver", onBehalfOf: "pe_9")
        $0.data = Array(#"{ "patch": "a\u0062",\#n "n":1.50 }"#.utf8)
    }

    static func event(_ change: (inout Fields) -> Void) -> RecordedEvent {
        var fields = Fields()
        change(&fields)
        return RecordedEvent(
            position: fields.position, stream: fields.stream, version: fields.version, id: id(3),
            type: fields.type, schemaVersion: fields.schemaVersion, occurredAt: fields.occurredAt,
            recordedAt: fields.recordedAt, actor: fields.actor, commandID: id(1),
            correlationID: id(2), causationID: fields.causationID, data: fields.data)
    }

    /// An event with texts that need escapes, and an object of texts as its data.
    static func random(seed: UInt64) -> RecordedEvent {
        var random = SeededRandom(seed: seed)
        return event {
            $0.position = Int64.random(in: 0...(1 << 53), using: &random) >> Int64(seed % 54)
            $0.version = Int.random(in: 0...(1 << 53), using: &random) >> Int(seed % 50)
            $0.stream = StreamID(
                prefix: "ro", .version7(at: $0.occurredAt, random: (random.next(), random.next())))
            $0.type = text(&random)
            $0.schemaVersion = Int.random(in: 0...9999, using: &random)
            let years = -62_167_219_200_000_000..<253_402_300_800_000_000
            $0.occurredAt = Timestamp(microseconds: Int64(Int.random(in: years, using: &random)))
            $0.recordedAt = Timestamp(microseconds: Int64(Int.random(in: years, using: &random)))
            $0.actor = Actor(
                id: text(&random), role: text(&random),
                onBehalfOf: Bool.random(using: &random) ? text(&random) : nil)
            if Bool.random(using: &random) { $0.causationID = nil }
            do {
                $0.data = try CanonicalJSON.encode([text(&random): text(&random)])
            } catch {
                Issue.record(error)
            }
        }
    }

    private static func text(_ random: inout SeededRandom) -> String {
        let alphabet = ["a", "Z", "/", "\"", "\\", "\u{7f}", "ä", "e\u{301}", "\u{2028}", "😀"]
        let controls = (0..<32).map { String(UnicodeScalar(UInt8($0))) }
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in
            (Bool.random(using: &random) ? alphabet : controls).randomElement(using: &random) ?? ""
        }.joined()
    }

    private static func id(_ number: Int) -> UUID {
        guard let id = UUID(uuidString: "0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5\(number)") else {
            preconditionFailure("not an id")
        }
        return id
    }
}
