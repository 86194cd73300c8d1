import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// The fast reader takes exactly what the log's own reader takes.
@Suite struct EntryScannerTests {
    @Test func itReadsWhatWasWritten() throws {
        let (log, history) = try SealedLog.sample()
        var scanner = EntryScanner()
        for (entry, event) in zip(log.entries, history.log) {
            try entry.withUnsafeBufferPointer { bytes in
                let view = try scanner.read(bytes)
                #expect(view.position == event.position)
                #expect(view.version == Int64(event.version))
                #expect(view.stream.description == event.stream.text)
                #expect(view.typeText == event.type)
                #expect(Array(view.data) == event.data)
                #expect(view.recordedAt == event.recordedAt.microseconds)
                #expect(view.occurredAt == event.occurredAt.microseconds)
                #expect(view.commandID.description == event.commandID.text)
            }
        }
    }

    @Test func itTakesNoOtherText() throws {
        var random = SeededRandom.fresh("entries with a change")
        let (log, _) = try SealedLog.sample()
        let pieces =
            [
                #"\u0041"#, #"\u001f"#, #"\u000a"#, #"\n"#, #"\""#, #"\/"#, "\u{7f}", "é", " ", "0",
                "-", "}", "]", "[", "{", ",", ":", "null", "1e5", "\u{1}",
            ].map { Array($0.utf8) } + [[0xC3], [0xFF], [0x80], []]
        for _ in 0..<4000 {
            var entry = random.pick(log.entries)
            let start = random.below(entry.count)
            let end = min(entry.count, start + random.below(3))
            entry.replaceSubrange(start..<end, with: random.pick(pieces))
            let isRead = entry.withUnsafeBufferPointer { bytes in
                var scanner = EntryScanner()
                do {
                    _ = try scanner.read(bytes)
                    return true
                } catch {
                    return false
                }
            }
            let isEntry: Bool
            do {
                _ = try LogEntry(bytes: entry).event()
                isEntry = true
            } catch {
                isEntry = false
            }
            #expect(
                isRead == isEntry,
                "seed \(random.seed): \(String(decoding: entry, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        "{}", "[[[]]]", #"{"a":{"b":[1,-0.5e+3,"x\u00e9"]},"c":null}"#, " [ ] ", "true",
    ])
    func jsonIsSteppedOver(text: String) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { bytes in
            var scan = JSONScan(bytes)
            let isValue = scan.skipValue()
            #expect(isValue)
            #expect(scan.offset == bytes.count)
        }
    }

    @Test func depthHasNoLimit() {
        for depth in [63, 64, 65, 128, 129, 100_000] {
            let half = String(repeating: #"[{"a":"#, count: depth)
            let bytes = Array((half + "1" + String(repeating: "}]", count: depth)).utf8)
            bytes.withUnsafeBufferPointer { bytes in
                var scan = JSONScan(bytes)
                let isValue = scan.skipValue()
                #expect(isValue)
                #expect(scan.offset == bytes.count)
            }
            let wrong = Array((half + "1" + String(repeating: "]}", count: depth)).utf8)
            wrong.withUnsafeBufferPointer { bytes in
                var scan = JSONScan(bytes)
                let isValue = scan.skipValue()
                #expect(!isValue)
            }
        }
    }
}
