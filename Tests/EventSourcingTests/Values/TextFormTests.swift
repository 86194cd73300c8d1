import EventSourcing
import FoundationEssentials
import Testing

@Suite("The text forms of times and ids, which are written and read by hand")
struct TextFormTests {
    @Test(
        "A time has microseconds, always, and the calendar's date",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_772_357_400_120_000, "2026-03-01T09:30:00.120000Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
            (-62_167_219_200_000_000, "0000-01-01T00:00:00.000000Z"),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func times(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test("Years of more than four digits have six, and what is before year 0 a sign")
    func farTimes() {
        #expect(
            Timestamp(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
        #expect(Timestamp(microseconds: .min).description == "-290308-12-21T19:59:05.224192Z")
        #expect(
            Timestamp(seconds: 253_402_300_800).description == "010000-01-01T00:00:00.000000Z")
        #expect(
            Timestamp(seconds: -62_167_219_201).description == "-0001-12-31T23:59:59.000000Z")
    }

    @Test("An id is 36 characters in lower case, and read as nothing else")
    func ids() throws {
        for _ in 0..<100 {
            let id = UUID()
            #expect(id.text == id.uuidString.lowercased())
            #expect(UUID(text: Array(id.text.utf8)[...]) == id)
        }
        let text = Array("0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f".utf8)
        for place in text.indices {
            for byte in [text[place] ^ 0x20, UInt8(ascii: "g"), UInt8(ascii: ":"), 0, 0xFF] {
                var changed = text
                changed[place] = byte
                #expect(UUID(text: changed[...]) == nil, "byte \(byte) at \(place)")
            }
        }
        #expect(UUID(text: text.dropLast()) == nil)
        #expect(UUID(text: (text + text)[...]) == nil)
        #expect(UUID(text: (text + text)[36...]) != nil, "a slice begins where it begins")
    }

    @Test(
        "A stream is two to four letters and an id",
        arguments: [
            "", "ro", "ro_", "_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f",
            "r_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f", "rolls_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f",
            "RO_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f", "r0_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f",
            "ro_0190B8A2-7c11-7d0a-9f3e-5a1b2c3d4e5f", "ro_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5",
            "ro__0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f", "ro_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f_",
            " ro_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f", "ro_0190b8a27c117d0a9f3e5a1b2c3d4e5f",
        ])
    func notStreams(text: String) {
        #expect(StreamID(text) == nil)
        #expect(StreamID("ro_0190b8a2-7c11-7d0a-9f3e-5a1b2c3d4e5f")?.prefix == "ro")
    }
}
