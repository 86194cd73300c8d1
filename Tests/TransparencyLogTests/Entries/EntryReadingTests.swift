import EventSourcing
import FoundationEssentials
import Support
import Testing
import TransparencyLog

@Suite("Reading an entry back: only what would have been written")
struct EntryReadingTests {
    private let text = { () throws -> String in
        String(decoding: try LogEntry(SampleEvents.approved).bytes, as: UTF8.self)
    }

    private func event(_ text: String) throws -> RecordedEvent {
        try LogEntry(bytes: Array(text.utf8)).event()
    }

    @Test("Any JSON text may be the data, and is kept byte for byte")
    func data() throws {
        for data in [
            "null", "true", "false", "0", "-0", "-1.25e+10", "1E5", "10", #""""#, "[]", "{}",
            " {} ", "\n[1 , 2]\t", #"{"a":{"b":[[],{}]},"c":""}"#, #"{"a":1,"a":2}"#,
            #""\u0000\ud800\"\\\/\b\f\n\r\t""#, "\"ä€😀\u{7f}\"", #"","id":""#.debugDescription,
            String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
        ] {
            let written = SampleEvents.event { $0.data = Array(data.utf8) }
            let read = try LogEntry(written).event()
            #expect(read == written)
            #expect(read.data == Array(data.utf8))
        }
    }

    @Test(
        "What isn't one JSON text is refused as data",
        arguments: [
            "", " ", "nul", "nulll", "01", "-", "1.", ".5", "1e", "+1", "1 2", "'a'", "\"",
            "\"\n\"",
            #""\x""#, #""\u12g4""#, #""\u123"#, "[", "]", "[1,]", "[,1]", "[1 2]", "{", "}",
            "{1:2}",
            #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, "[}", "{]", "{}}", "[]]", "{},{}",
            "\u{a0}1",
            #"{"a":1}/**/"#, "NaN", "Infinity", "\u{feff}1", "\u{b}1",
        ])
    func notData(data: String) throws {
        let written = SampleEvents.event { $0.data = Array(data.utf8) }
        #expect(throws: LogEntryError.self) { try LogEntry(written).event() }
    }

    @Test("Bytes that are no UTF-8 are refused wherever they stand")
    func notUTF8() throws {
        let bytes = try LogEntry(SampleEvents.event { $0.data = Array(#""x""#.utf8) }).bytes
        for place in bytes.indices {
            for byte in [0xFF, 0xC0, 0x80, 0xED] as [UInt8] {
                var changed = bytes
                changed[place] = byte
                #expect(throws: LogEntryError.self) { try LogEntry(bytes: changed).event() }
            }
        }
    }

    @Test("No byte can be changed, removed or doubled but within the data's white space or texts")
    func everyByte() throws {
        let event = SampleEvents.event { $0.data = Array("7".utf8) }
        let bytes = try LogEntry(event).bytes
        for place in bytes.indices {
            for changed in [
                bytes[..<place] + bytes[(place + 1)...],
                bytes[...place] + bytes[place...],
                bytes[..<place] + [bytes[place] ^ 0x20] + bytes[(place + 1)...],
                bytes[..<place],
            ] {
                guard let read = try? LogEntry(bytes: Array(changed)).event() else { continue }
                // It is another event's entry then, and not a second one of the same event.
                #expect(read != event || changed == bytes[...])
                #expect(try LogEntry(read).bytes == Array(changed))
            }
        }
    }

    @Test(
        "Another text for the same event is refused",
        arguments: [
            ("4711", "04711"), ("4711", "4711.0"), ("4711", "4.711e3"), ("4711", "-4711"),
            (#"pe_7"#, #"pe\u005f7"#), ("pe_7", #"pe\/7"#), (#""pe_7""#, #""\u00091""#),
            ("0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e51", "0190B8A2-7C11-7D0A-9F3E-5A1B2C3D4E51"),
            ("0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e51", "0190b8a27c117d0a9f3e5a1b2c3d4e51"),
            ("00.120000Z", "00.12Z"), ("00.120000Z", "00.120000+00:00"), ("T09:30", "t09:30"),
            ("2026-03-01", "2026-02-29"), ("09:30:00.000001", "24:00:00.000000"),
            ("{\"actor\"", "{ \"actor\""), ("\"version\":12}", "\"version\":12} "),
            ("\"version\":12}", "\"version\":12}\n"),
            ("\"version\":12}", "\"version\":12,\"x\":1}"),
            (#""on_behalf_of":"pe_9","#, #""on_behalf_of":null,"#),
            (
                #""on_behalf_of":"pe_9","role":"approver""#,
                #""role":"approver","on_behalf_of":"pe_9""#
            ),
            (#""position":4711"#, #""position":"4711""#), ("\"pt_", "\"PT_"), ("\"pt_", "\"p_"),
            ("4711", "9007199254740993"), ("4711", "47110000000000000000"),
        ])
    func notCanonical(from: String, to: String) throws {
        let original = try text()
        let changed = original.replacing(from, with: to)
        #expect(changed != original, "nothing to change: \(from)")
        #expect(throws: LogEntryError.self) { try event(changed) }
    }

    @Test("The place of what is wrong is told")
    func place() throws {
        #expect(throws: LogEntryError.malformed(offset: 0, expected: #"'{"actor":{"id":"'"#)) {
            try event("")
        }
        #expect(throws: LogEntryError.malformed(offset: 16, expected: "a string")) {
            try event(#"{"actor":{"id":""#)
        }
        let end = try text().utf8.count
        #expect(throws: LogEntryError.malformed(offset: end, expected: "the end")) {
            try event(text() + " ")
        }
        #expect(throws: LogEntryError.notCanonical) {
            try event(text().replacing("4711", with: "04711"))
        }
    }

    @Test("Random bytes and random damage never end the process")
    func damage() throws {
        let bytes = try LogEntry(SampleEvents.approved).bytes
        var random = SeededRandom(seed: 6)
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: changed.indices, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.removeSubrange(place...)
                default: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
                if changed.isEmpty { break }
            }
            guard let read = try? LogEntry(bytes: changed).event() else { continue }
            #expect(try LogEntry(read).bytes == changed)
        }
    }
}
