import Advisories
import Testing

@Suite("Reading feeds: one bad document never stops the others")
struct FeedReadingTests {
    private func osv(_ id: String, _ summary: String = "", modified: String = "2026-03-01")
        -> String
    {
        #"{"id": "\#(id)", "modified": "\#(modified)T00:00:00Z", "summary": "\#(summary)"}"#
    }

    private func read(_ texts: [String]) -> FeedReading<Advisory> {
        OSVFeed.read(
            texts.enumerated().map {
                FeedDocument(name: "\($0.offset)", bytes: Array($0.element.utf8))
            })
    }

    @Test("Documents before and after a bad one are read")
    func goesOn() {
        let reading = read([osv("A"), "{", osv("B"), "[]", "", osv("C")])
        #expect(reading.records.map(\.id) == ["A", "B", "C"])
        #expect(reading.documents == 6)
        #expect(reading.refused == 3)
        #expect(reading.refusals.map(\.document) == ["1", "3", "4"])
    }

    @Test("What is said twice counts once; what is said differently is no truth at all")
    func duplicates() {
        let reading = read([osv("A"), osv("B"), osv("A"), osv("B", "other")])
        #expect(reading.records.map(\.id) == ["A", "B"])
        #expect(reading.duplicates == 1)
        #expect(reading.contradicted == 1)
        #expect(
            reading.contradictions.map(\.description)
                == ["3: it says something else of B than 1 does"])
        let table = EPSSFeed.read(FeedSamples.epss + "CVE-2026-1000,0.1,0.2\n")
        #expect(
            table.contradictions.map(\.description)
                == ["sample: line 5: it says something else of CVE-2026-1000 than sample does"])
        let kev = KEVFeed.read(
            FeedSamples.kev.replacing("CVE-2025-0002", with: "CVE-2026-1000"))
        #expect(
            kev.contradictions.map(\.description) == [
                "sample: vulnerabilities[1]: it says something else of CVE-2026-1000 than sample"
                    + " does"
            ])
    }

    @Test("Of two versions of a record the newer one counts, in whatever order they come")
    func versions() {
        let (old, new) = (osv("A", "old", modified: "2026-02-28"), osv("A", "new"))
        for texts in [[old, new], [new, old], [new, old, new]] {
            let reading = read(texts + [osv("B")])
            #expect(reading.records.map(\.summary) == ["new", ""])
            #expect(reading.superseded == 1)
            #expect(reading.contradicted == 0)
        }
        let days = "2026-03-02,0.2,0.2\nCVE-2026-1000,2026-03-01,0.1,0.1\n"
        let table = EPSSFeed.read("cve,date,epss,percentile\nCVE-2026-1000,\(days)")
        #expect(table.records.map(\.score.description) == ["0.2"])
        #expect(table.contradicted == 0)
    }

    @Test("Records of the future are left out with a reason, to the microsecond")
    func future() throws {
        let now = try #require(UTCTime("2026-03-01T00:00:00Z"))
        func reading(latest: UTCTime) -> FeedReading<Advisory> {
            var reading = FeedReading<Advisory>(latest: latest)
            let texts = [
                osv("A"), osv("B", modified: "2026-03-02"), osv("C", modified: "2026-02-28"),
            ]
            for (index, text) in texts.enumerated() {
                let document = FeedDocument(name: "\(index)", bytes: Array(text.utf8))
                OSVFeed.read(document, into: &reading)
            }
            return reading
        }
        let read = reading(latest: now)
        #expect(read.records.map(\.id) == ["A", "C"])
        #expect(
            read.refusals.map(\.description) == [
                "1: B: it is dated 2026-03-02T00:00:00Z, and 2026-03-01T00:00:00Z is the latest"
                    + " that can be"
            ])
        let justBefore = UTCTime(microseconds: now.microseconds - 1)
        #expect(reading(latest: justBefore).records.map(\.id) == ["C"])
        var predictions = FeedReading<ExploitPrediction>(latest: justBefore)
        EPSSFeed.read(
            FeedDocument(name: "epss.csv", bytes: Array(FeedSamples.epss.utf8)),
            into: &predictions)
        #expect(predictions.records == [])
        #expect(predictions.refused == 2)
    }

    @Test("Without keeping records, the same is counted and refused")
    func counted() throws {
        let texts = [
            osv("A"), osv("B"), osv("A"), osv("A", modified: "2026-02-28"), "no record",
            osv("A", modified: "2026-02-27"), osv("B", "other"),
        ]
        var kept = FeedReading<Advisory>()
        var counted = FeedReading<Advisory>(keepsRecords: false)
        for (index, text) in texts.enumerated() {
            let document = FeedDocument(name: "\(index)", bytes: Array(text.utf8))
            OSVFeed.read(document, into: &kept)
            OSVFeed.read(document, into: &counted)
        }
        #expect(kept.records.count == 2)
        #expect(counted.records == [])
        #expect(FeedSnapshot(counted) == FeedSnapshot(kept))
        #expect(counted.refusals == kept.refusals)
        #expect(counted.contradictions == kept.contradictions)
        #expect(counted.contradicted == 1)
        #expect((counted.duplicates, counted.superseded) == (kept.duplicates, kept.superseded))
    }

    @Test("Of several documents the latest says when the feed was issued")
    func issued() {
        let older = FeedSamples.kev.replacing("2026-03-01T17", with: "2026-02-01T17")
            .replacing("2026.03.01", with: "2026.02.01")
        for texts in [[FeedSamples.kev, older], [older, FeedSamples.kev]] {
            let reading = KEVFeed.read(
                texts.map { FeedDocument(name: "x", bytes: Array($0.utf8)) })
            #expect(reading.version == "2026.03.01")
            #expect(reading.issued?.description == "2026-03-01T17:04:19.979600Z")
        }
    }
}

@Suite("Bad input of every kind, for every feed")
struct BadFeedTests {
    /// A reader, and a document that it reads.
    struct Reader: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sample: String
        /// Names of the records, and how many refusals there are.
        let read: @Sendable ([UInt8]) -> (keys: [String], refused: [FeedRefusal])

        init<Feed: FeedReader>(_ name: String, _ feed: Feed.Type, _ sample: String) {
            testDescription = name
            self.sample = sample
            read = { bytes in
                let reading = Feed.read([FeedDocument(name: "x", bytes: bytes)])
                return (reading.records.map(\.key), reading.refusals)
            }
        }

        static let json = [
            Reader("OSV", OSVFeed.self, FeedSamples.osv),
            Reader("CSAF", CSAFFeed.self, FeedSamples.csaf),
            Reader("KEV", KEVFeed.self, FeedSamples.kev),
            Reader("SSVC", SSVCFeed.self, FeedSamples.cve),
        ]
        static let tables = [
            Reader("KEV table", KEVFeed.self, FeedSamples.kevTable),
            Reader("EPSS", EPSSFeed.self, FeedSamples.epss),
            Reader("SSVC table", SSVCFeed.self, FeedSamples.cveTable),
        ]
        static let all = json + tables
    }

    @Test("The samples are good", arguments: Reader.all)
    func good(_ reader: Reader) {
        let result = reader.read(Array(reader.sample.utf8))
        #expect(result.refused == [])
        #expect(!result.keys.isEmpty)
    }

    @Test("Cut off at any byte, a document is refused", arguments: Reader.json)
    func truncated(_ reader: Reader) {
        let bytes = Array(reader.sample.utf8)
        for end in 0..<bytes.count {
            let result = reader.read(Array(bytes[..<end]))
            #expect(result.keys == [], "cut at \(end)")
            #expect(result.refused.count == 1, "cut at \(end)")
        }
    }

    @Test("Cut off at any byte, a table has no row that it didn't have", arguments: Reader.tables)
    func truncatedTable(_ reader: Reader) {
        let bytes = Array(reader.sample.utf8)
        let whole = reader.read(bytes)
        for end in 0..<bytes.count {
            let result = reader.read(Array(bytes[..<end]))
            #expect(whole.keys.starts(with: result.keys), "cut at \(end)")
            let isCutBetweenLines = end > 0 && bytes[end - 1] == UInt8(ascii: "\n")
            #expect(isCutBetweenLines || !result.refused.isEmpty, "cut at \(end)")
        }
    }

    @Test("Not UTF-8: refused with the place", arguments: Reader.all)
    func encoding(_ reader: Reader) throws {
        var bytes = Array(reader.sample.utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: "CVE-".utf8) })
        bytes[place] = 0xFF
        let result = reader.read(bytes)
        #expect(result.refused.count == 1)
        #expect(try #require(result.refused.first).description.hasSuffix("it is not UTF-8"))
        #expect(try #require(result.refused.first).place != .document)
    }

    @Test("Deeply nested: refused, and the stack holds", arguments: Reader.json)
    func nested(_ reader: Reader) throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let result = reader.read(Array(#"{"id": \#(deep)}"#.utf8))
        #expect(result.keys == [])
        #expect(try #require(result.refused.first).description.hasSuffix(" deep"))
    }

    @Test("Enormous: refused at once", arguments: Reader.json)
    func enormous(_ reader: Reader) throws {
        var bytes = [UInt8](repeating: UInt8(ascii: " "), count: 64 << 20)
        bytes[0] = UInt8(ascii: "{")
        bytes.append(UInt8(ascii: "}"))
        let result = reader.read(bytes)
        #expect(result.keys == [])
        #expect(
            try #require(result.refused.first).description.contains("it is longer than 67108864"))
    }

    @Test(
        "A name that stands twice in an object: refused, as nobody knows which counts",
        arguments: Reader.json)
    func twice(_ reader: Reader) throws {
        let rest = reader.sample.dropFirst()
        let result = reader.read(Array(#"{"id": 1, "id": 1, \#(rest)"#.utf8))
        #expect(result.keys == [])
        #expect(try #require(result.refused.first).description.contains("stands twice"))
    }

    @Test(
        "A row longer than any row is: refused, and the others are read",
        arguments: Reader.tables)
    func longRow(_ reader: Reader) throws {
        let long = String(repeating: "x", count: 70_000)
        let result = reader.read(Array((reader.sample + long + "\n").utf8))
        #expect(result.keys.count == 2)
        #expect(try #require(result.refused.first).description.contains("longer than 65536 bytes"))
    }

    /// Each value of a document is replaced by one of another kind.
    @Test(
        "Of a wrong type, here or there: never a crash, and a refusal has a place",
        arguments: Reader.json)
    func wrongTypes(_ reader: Reader) throws {
        let bytes = Array(reader.sample.utf8)
        var tried = 0
        for place in bytes.indices where bytes[place] == UInt8(ascii: ":") {
            guard place + 2 < bytes.count, bytes[place + 1] == UInt8(ascii: " "),
                bytes[place + 2] == UInt8(ascii: "\"")
            else { continue }
            let end = try #require(bytes[(place + 3)...].firstIndex(of: UInt8(ascii: "\"")))
            for value in ["7", "true", "{}", "[]", "1e400"] {
                let changed = Array(bytes[..<(place + 2)]) + Array(value.utf8) + bytes[(end + 1)...]
                let result = reader.read(changed)
                for refusal in result.refused { #expect(refusal.place != .document) }
                tried += 1
            }
        }
        #expect(tried > 40)
    }
}
