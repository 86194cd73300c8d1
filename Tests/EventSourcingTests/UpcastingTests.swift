import EventSourcing
import JSON
import Testing

/// Stored bytes never change: an older form is led to today's, step by step (I11).
@Suite("Upcasting of events")
struct UpcastingTests {
    /// Its field was renamed first, then it got a unit.
    private struct Waited: EventPayload {
        static let type = "Waited"
        static let schemaVersion = 3
        static let upcasts: [Int: Upcast] = [
            1: { value in
                value["delay"] = value["pause"]
                value["pause"] = nil
            },
            2: { value in
                value["delay_seconds"] = value["delay"]?.integer.map { .integer($0 * 60) }
                value["delay"] = nil
            },
        ]

        let seconds: Int

        private enum CodingKeys: String, CodingKey { case seconds = "delay_seconds" }
    }

    private struct Torn: EventPayload {
        static let type = "Torn"
        static let schemaVersion = 4
        static let upcasts: [Int: Upcast] = [1: { _ in }, 3: { _ in }]
    }

    @Test(
        "Each version goes through all steps from its own on",
        arguments: [(1, #"{"pause":2}"#), (2, #"{"delay":2}"#), (3, #"{"delay_seconds":120}"#)])
    func chain(version: Int, stored: String) throws {
        let read = try Waited.decode(schemaVersion: version, data: Array(stored.utf8))
        #expect(read.seconds == 120)
    }

    @Test("The current version's bytes are taken as they are")
    func current() throws {
        let odd = Array(#"{ "delay_seconds" : 120 }"#.utf8)
        #expect(try Waited.upcast(odd, from: 3) == odd)
    }

    @Test("A version's data isn't taken for that of another")
    func misread() {
        #expect(throws: DecodingError.self) {
            try Waited.decode(schemaVersion: 2, data: Array(#"{"pause":2}"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try Waited.decode(schemaVersion: 1, data: Array(#"{"delay_seconds":120}"#.utf8))
        }
    }

    @Test("A newer version is refused with the type, its version, and what is known")
    func newer() throws {
        let error = EventCodingError.newerVersion(type: "Waited", schemaVersion: 4, known: 3)
        #expect(throws: error) {
            try Waited.decode(schemaVersion: 4, data: Array(#"{"delay_seconds":120}"#.utf8))
        }
        #expect(
            "\(error)" == """
                schema version 4 of 'Waited' is newer than this version of patchflow, which knows \
                up to 3: bring it up to date
                """)
    }

    @Test("A missing step is named by type and version", arguments: [(1, 2), (2, 2), (0, 0)])
    func missing(from: Int, named: Int) {
        #expect(
            throws: EventCodingError.missingStep(type: "Torn", schemaVersion: named, known: 4)
        ) { try Torn.decode(schemaVersion: from, data: Array("{}".utf8)) }
        #expect(throws: Never.self) {
            try Torn.decode(schemaVersion: 3, data: Array("{}".utf8))
        }
    }
}
