import Advisories
import Testing

@Suite("Comma-separated values: rows out of pieces of text")
struct CommaSeparatedValuesTests {
    /// Rows and errors in their order, read in pieces of `size` bytes.
    private func read(_ bytes: [UInt8], size: Int = 7, longestRow: Int = 100) -> [String] {
        var values = CommaSeparatedValues(longestRow: longestRow)
        var results: [String] = []
        func drain() {
            while true {
                do {
                    guard let row = try values.next() else { return }
                    results.append("\(row.line): \(row.fields.joined(separator: "|"))")
                } catch {
                    results.append("\(error)")
                }
            }
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            values.append(bytes[start..<min(bytes.count, start + size)])
            drain()
        }
        values.finish()
        drain()
        return results
    }

    private func read(_ text: String) -> [String] { read(Array(text.utf8)) }

    /// Source: RFC 4180 §2.
    @Test(
        "Rows end in LF, CRLF or with the text; quotes hold commas, line ends and doubled quotes",
        arguments: [
            ("a,b\nc,d\n", ["1: a|b", "2: c|d"]),
            ("a,b\r\nc,d", ["1: a|b", "2: c|d"]),
            ("a,\"b, \"\"c\"\"\"\n", ["1: a|b, \"c\""]),
            ("\"a\nb\r\nc\",d\ne,f\n", ["1: a\nb\r\nc|d", "4: e|f"]),
            ("\"\",\n,\"\"\r\n", ["1: |", "2: |"]),
            ("\n\na\n\r\nb\n", ["3: a", "5: b"]),
            ("\u{FEFF}a,b\n", ["1: a|b"]),
            (" a , b\n", ["1:  a | b"]),
            ("", []),
            ("\n", []),
        ])
    func rows(_ text: String, _ rows: [String]) {
        #expect(read(text) == rows)
    }

    @Test(
        "A broken row is refused with its line and field, and the rows behind it are read",
        arguments: [
            ("a,5\" disk\nb,c\n", "line 1, field 2: a quote inside"),
            ("\"a\"x,y\nb,c\n", "line 1, field 1: text follows the closing quote"),
            ("a\rz\nb,c\n", "line 1, field 1: a carriage return"),
        ])
    func refused(_ text: String, _ reason: String) throws {
        let results = read(text)
        #expect(try #require(results.first).hasPrefix(reason))
        #expect(results.dropFirst() == ["2: b|c"])
    }

    @Test("A field that is not UTF-8 is refused, and the rows behind it are read")
    func encoding() {
        let results = read(Array("a,".utf8) + [0xC3, 0x28] + Array("\nb,c\n".utf8))
        #expect(results == ["line 1, field 2: it is not UTF-8", "2: b|c"])
    }

    @Test("Behind a quote that is never closed there is nothing more, and nothing piles up")
    func open() throws {
        #expect(
            read("a,b\nc,\"d\ne,f\n")
                == ["1: a|b", "line 2: the quote that opens a field is never closed"])
        let long = read("a,b\nc,\"d\n" + String(repeating: "e,f\n", count: 100))
        #expect(long.count == 2)
        #expect(try #require(long.last).hasPrefix("line 2: the row is longer than 100 bytes"))
    }

    @Test("However the text is cut into pieces, the rows are the same")
    func pieces() {
        let text = "\u{FEFF}a,\"b\"\"\r\nc\"\r\n\"x\"y,1\n\n\"é\",ü\nlast,\"\""
        let whole = read(Array(text.utf8), size: 1000)
        #expect(whole.count == 4)
        for size in 1...20 { #expect(read(Array(text.utf8), size: size) == whole) }
    }

    @Test("Behind a row that is too long there is nothing more, however the text is cut")
    func tooLong() {
        let text = "a,b\n" + String(repeating: "x", count: 101) + "\nb,c\n"
        for size in Array(1...20) + [1000] {
            let results = read(Array(text.utf8), size: size)
            #expect(results.count == 2, "\(size)")
            #expect(results.last?.hasPrefix("line 2: the row is longer than 100 bytes") == true)
        }
    }

    @Test("A header finds columns by any of their names, once each")
    func header() throws {
        let header = try CommaSeparatedHeader(.init(line: 1, fields: ["cveID", "epss"]))
        #expect(header.place(of: "cve", "cveID") == 0)
        #expect(header.place(of: "score") == nil)
        #expect(
            throws: CommaSeparatedError(line: 1, field: 2, problem: .columnTwice("a"))
        ) { try CommaSeparatedHeader(.init(line: 1, fields: ["a", "a"])) }
        #expect(
            throws: CommaSeparatedError(
                line: 3, field: nil, problem: .fieldCount(found: 1, wanted: 2))
        ) { try header.check(.init(line: 3, fields: ["x"])) }
    }
}
