import Testing

/// What must not be in the sources: publicity, unfinished work, ways to end the process by surprise.
@Suite struct WordTests {
    @Test func sourcesHoldNoForbiddenWord() throws {
        for source in try Repository.sources(below: "Sources") {
            let violations = WordRule.violations(in: source)
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test(arguments: [
        "public struct X {}", "  @frozen public let y = 1", "// TODO: later", "/* FIXME */",
        "let x = try! f()", "fatalError(\"no\")", "let z = a as! B",
    ])
    func aForbiddenWordIsFound(line: String) {
        let source = SourceFile(path: "X.swift", text: "let a = 1\n\(line)\n")
        #expect(WordRule.violations(in: source).count == 1)
    }

    @Test(arguments: [
        "let x = \"public\"", "case `public`", "/// Never public.", "let publicKey = 1",
        "let isTodo = true",
        "let x = \"\"\"\n    try! fatalError(\n    \"\"\"",
    ])
    func anInnocentLineIsNotFound(line: String) {
        #expect(WordRule.violations(in: SourceFile(path: "X.swift", text: line)).isEmpty)
    }
}

enum WordRule {
    static func violations(in source: SourceFile) -> [String] {
        let text = source.text.split(separator: "\n", omittingEmptySubsequences: false)
        return zip(source.codeLines, text).enumerated().compactMap { index, line in
            let word =
                line.0.firstMatch(of: /(?:^|[^`\w])public\b(?!`)|\btry!|\bas!|\bfatalError\s*\(/)?.0
                ?? line.1.firstMatch(of: /\bTODO\b|\bFIXME\b/)?.0
            return word.map { "\(source.path):\(index + 1): '\($0)' may not be used" }
        }
    }
}
