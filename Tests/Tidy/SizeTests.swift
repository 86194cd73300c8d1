import Testing

/// A file over 400 lines, or a function over 70, is too long to be read at once.
@Suite struct SizeTests {
    @Test func filesAndFunctionsAreShort() throws {
        for source in try Repository.sources(below: "Sources", "Tests") {
            let violations = SizeRule.violations(in: source)
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test func aLongFileIsFound() {
        let long = SourceFile(path: "X.swift", text: String(repeating: "\n", count: 401))
        #expect(SizeRule.violations(in: long).count == 1)
        let short = SourceFile(path: "X.swift", text: String(repeating: "\n", count: 400))
        #expect(SizeRule.violations(in: short).isEmpty)
    }

    @Test(arguments: [
        "func f(a: Int = { 1 }()) -> String", "init?(x: Int)", "static func < (a: X, b: X) -> Bool",
        "func g<T>(\n    _ x: T\n) async throws(E) -> [T]\nwhere T: Sendable",
    ])
    func aLongFunctionIsFound(declaration: String) {
        let lines = declaration.split(separator: "\n").count
        let body = { String(repeating: "    work(\"}\", \"\\(\"{\")\") // }\n", count: $0) }
        let short = "protocol P {\n    func a()\n}\n\(declaration) {\n\(body(69 - lines))}\n"
        #expect(SizeRule.violations(in: SourceFile(path: "X", text: short)).isEmpty)
        let long = "protocol P {\n    func a()\n}\n\(declaration) {\n\(body(70 - lines))}\n"
        #expect(SizeRule.violations(in: SourceFile(path: "X", text: long)).count == 1)
    }
}

enum SizeRule {
    static let longestFile = 400
    static let longestFunction = 70

    static func violations(in source: SourceFile) -> [String] {
        var violations: [String] = []
        if source.lineCount > longestFile {
            violations.append(
                "\(source.path): \(source.lineCount) lines; split it (at most \(longestFile))")
        }
        let lines = source.codeLines
        for (index, line) in lines.enumerated() where declaresFunction(line) {
            guard let end = endOfBody(lines[index...]) else { continue }
            let length = end - index + 1
            if length > longestFunction {
                violations.append(
                    "\(source.path):\(index + 1): a function of \(length) lines; split it "
                        + "(at most \(longestFunction))")
            }
        }
        return violations
    }

    private static func declaresFunction(_ line: Substring) -> Bool {
        line.contains(
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+(?:\(\w+\))?\s+)*(?:func\s|init[?!]?[(<])/)
    }

    /// The index of the line that closes the body which begins at or after the first line; nil when
    /// the declaration has none, as in a protocol.
    private static func endOfBody(_ lines: ArraySlice<Substring>) -> Int? {
        var parentheses = 0
        var braces = 0
        for (index, line) in zip(lines.indices, lines) {
            if index != lines.startIndex, braces == 0, parentheses == 0,
                line.contains(/^\s*(?:@|\w+\s+)*(?:func|var|let|init|case|associatedtype)\b/)
            {
                return nil
            }
            for byte in line.utf8 {
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
                case UInt8(ascii: "{") where parentheses == 0 || braces > 0: braces += 1
                case UInt8(ascii: "}") where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                case UInt8(ascii: "}") where parentheses == 0: return nil
                default: break
                }
            }
        }
        return nil
    }
}
