import Support
import Testing

@testable import Advisories

@Suite("Long tables are cut between rows, and say the same as the whole")
struct FeedDocumentCutterTests {
    private static let head =
        "#model_version:v2025.03.14,score_date:2026-03-01T00:00:00+0000\n"
        + "cve,epss,percentile,note\n"

    /// Rows of some hundred bytes, with quotes, commas and line ends in them.
    private func table(
        _ size: Int, _ random: inout SeededRandom, end: String = "\n"
    ) -> [UInt8] {
        let head = Self.head.replacing("\n", with: end)
        var text = Array(head.utf8)
        var number = 1000
        while text.count < size {
            let note =
                switch Int.random(in: 0..<5, using: &random) {
                case 0: #""a ""quoted"" word, and a comma""#
                case 1: "\"two\(end)lines\""
                default: String(repeating: "x", count: Int.random(in: 0...400, using: &random))
                }
            text += Array("CVE-2026-\(number),0.\(number % 10),0.5,\(note)\(end)".utf8)
            number += 1
        }
        return text
    }

    private func cut(
        _ bytes: [UInt8], _ random: inout SeededRandom, named name: String = "epss.csv"
    ) throws -> [FeedDocument] {
        var cutter = FeedDocumentCutter(name: name, largest: 60 << 20)
        var documents: [FeedDocument] = []
        var place = 0
        while place < bytes.count {
            let end = min(bytes.count, place + Int.random(in: 1...600_000, using: &random))
            documents += try cutter.append(bytes[place..<end])
            place = end
        }
        return documents + cutter.finish()
    }

    @Test(arguments: ["\n", "\r\n"])
    func partsSayWhatTheWholeSays(end: String) throws {
        var random = SeededRandom.fresh("cut tables")
        let table = table(
            (8 << 20) + Int.random(in: 1...(9 << 20), using: &random), &random, end: end)
        let documents = try cut(table, &random)
        #expect(documents.count > 1)
        #expect(documents.allSatisfy { $0.bytes.count < 5 << 20 })
        #expect(documents.map(\.name) == documents.map(\.name).sorted())
        #expect(documents[0].name == "epss.csv, from line 000000003")
        let head = Array(Self.head.replacing("\n", with: end).utf8)
        #expect(documents.allSatisfy { $0.bytes.starts(with: head) })
        #expect(
            table == head + documents.flatMap { $0.bytes.dropFirst(head.count) },
            "nothing is lost, and nothing is there twice")
        let whole = EPSSFeed.read([FeedDocument(name: "epss.csv", bytes: table)])
        let parts = EPSSFeed.read(documents)
        #expect(parts.refused == 0)
        #expect(parts.records == whole.records)
        #expect(FeedSnapshot(parts) == FeedSnapshot(whole))
    }

    @Test("What is wrong in a part is named by the line of the table")
    func refusals() throws {
        var random = SeededRandom.fresh("cut tables")
        var table = table(9 << 20, &random)
        table += Array("CVE-2026-1,7,0.5,\nCVE-2026-2,0.5\nCVE-2026-3,0.1,0.1,cut".utf8)
        let whole = EPSSFeed.read([FeedDocument(name: "epss.csv", bytes: table)])
        let parts = EPSSFeed.read(try cut(table, &random))
        #expect(whole.refused == 3)
        #expect(parts.refusals.map(\.place) == whole.refusals.map(\.place))
        #expect(parts.refusals.map(\.problem) == whole.refusals.map(\.problem))
        #expect(parts.records == whole.records)
    }

    @Test("A short table and what is JSON stay whole; JSON that is too large is refused")
    func wholes() throws {
        var random = SeededRandom.fresh("cut tables")
        for text in ["", "a,b\n1,2\n", Self.head, "\u{FEFF} {\"a\":1}", "[]", "  \n"] {
            let documents = try cut(Array(text.utf8), &random, named: "x")
            #expect(documents.map(\.name) == ["x"])
            #expect(documents.map(\.bytes) == [Array(text.utf8)])
        }
        let long = Array("{\"a\":\"\(String(repeating: "x\n", count: 5 << 20))\"}".utf8)
        #expect(try cut(long, &random).map(\.bytes) == [long])
        var cutter = FeedDocumentCutter(name: "x", largest: 10)
        #expect(throws: FeedDocumentTooLarge(limit: 10)) {
            try cutter.append(Array("{12345678901}".utf8))
        }
    }

    @Test("A quote that is left open, or a table without a header, is refused and not piled up")
    func malformed() throws {
        var random = SeededRandom.fresh("cut tables")
        let open = Array((Self.head + "CVE-2026-1,0.1,0.1,\"").utf8)
        let lines = Array(String(repeating: "CVE-2026-2,0.1,0.1,\n", count: 1 << 20).utf8)
        let documents = try cut(open + lines, &random)
        #expect(documents.allSatisfy { $0.bytes.count < 6 << 20 })
        #expect(EPSSFeed.read(documents).refused > 0)
        let comments = Array(String(repeating: "# no header\n", count: 1 << 20).utf8)
        let parts = try cut(comments, &random)
        #expect(EPSSFeed.read(parts).refused == parts.count)
        #expect(EPSSFeed.read(parts).records == [])
    }
}
