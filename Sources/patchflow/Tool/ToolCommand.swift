internal import ArgumentParser

struct ToolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool",
        abstract: "The arithmetic on its own: lines in, JSON lines out.",
        discussion: """
            cvss, version and purl read standard input to its end and answer every line, in order, \
            with one line of JSON. A line that can't be answered gets its number and the reason, and \
            never ends the stream; empty lines are passed over. read and matches take files. Needs no \
            server, database or network.

            Exit status: 0 every line or file was answered; 1 at least one was not, or the input could \
            not be read.
            """,
        subcommands: [
            ToolScoreCommand.self, ToolVersionCommand.self, ToolPackageCommand.self,
            ToolMatchesCommand.self, ToolReadCommand.self,
        ])
}

struct ToolScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cvss",
        abstract: "Scores CVSS vectors of version 2.0, 3.0, 3.1 and 4.0, one a line.",
        discussion: """
            Answers {"vector", "version", "base", "temporal", "environmental", "severity"}. \
            'temporal' and 'environmental' are null where a vector of 2.0 or 4.0 says nothing of \
            them; for 4.0 'temporal' is the score with the threat metrics (CVSS-BT), \
            'environmental' that with all (CVSS-BTE). 'severity' is that of the score that knows \
            most.
            """)

    func run() throws { try ToolStream.answer(LineQuestion.score) }
}

struct ToolVersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Compares versions, two a line: A B.",
        discussion: """
            Answers {"a", "b", "order"}: -1 when A is older than B, 0 when they are equal, 1 when A \
            is newer.
            """)

    @Option(help: "Whose rules: \(VersionSchemeOption.names).")
    var ecosystem: VersionSchemeOption

    func run() throws {
        try ToolStream.answer { line, answer in
            try LineQuestion.order(line, ecosystem.scheme, &answer)
        }
    }
}

struct ToolPackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purl",
        abstract: "Parses package URLs, one a line, and writes them in canonical form.",
        discussion: """
            Answers {"purl", "canonical", "type", "namespace", "name", "version", "qualifiers", \
            "subpath"}. A line that is a JSON object of these components is built into a URL.
            """)

    func run() throws { try ToolStream.answer(LineQuestion.package) }
}
