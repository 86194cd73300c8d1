package import APIContract
import FoundationEssentials
import JSON

/// Where a command's words go: data to standard output, everything else to standard error.
package struct Printer: Sendable {
    let format: OutputFormat
    let isQuiet: Bool

    package init(format: OutputFormat, isQuiet: Bool) {
        self.format = format
        self.isQuiet = isQuiet
    }

    package func list<Item: Codable & Sendable>(
        _ page: ListPage<Item>, _ columns: [Column<Item>]
    ) throws {
        switch format {
        case .json: try json(page)
        case .jsonl: for item in page.data { try jsonLine(item) }
        case .csv: write(Table.csv(page.data, columns))
        case .table:
            if page.data.isEmpty {
                note("none")
            } else {
                write(Table.text(page.data, columns, isBold: Self.isBold))
            }
        }
    }

    /// Prints one thing: as JSON, as CSV of its fields, or as the text that `details` makes of it.
    package func show(_ value: some Encodable, _ details: () -> String) throws {
        switch format {
        case .json: try json(value)
        case .jsonl: try jsonLine(value)
        case .csv: try fields(value)
        case .table: write(details())
        }
    }

    /// The fields by name, in the order of the alphabet; what is not a text or a number as JSON.
    private func fields(_ value: some Encodable) throws {
        let json = try WireJSON.decode(JSONValue.self, from: try WireJSON.encode(value))
        guard case .object(let members) = json else { return try jsonLine(value) }
        let names = members.keys.sorted()
        let cells = try names.map { name -> String? in
            switch members[name] {
            case nil, .null: nil
            case .string(let text): text
            case .some(let other): String(decoding: try WireJSON.encode(other), as: UTF8.self)
            }
        }
        write(CSVText.table(names, [cells]))
    }

    func receipt(_ receipt: Receipt) throws {
        if isQuiet { return }
        try show(receipt) {
            let state = receipt.state.map { " \($0)" } ?? ""
            return "\(receipt.id)\(state) (version \(receipt.version), "
                + "position \(receipt.position))\n"
        }
    }

    private func json(_ value: some Encodable) throws {
        write(try WireJSON.encode(value, pretty: true))
        write("\n")
    }

    private func jsonLine(_ value: some Encodable) throws {
        write(try WireJSON.encode(value))
        write("\n")
    }

    /// Words for people, such as progress; none with `-q`.
    package func note(_ text: String) {
        if !isQuiet { Self.complain(text) }
    }

    package func write(_ text: String) { write(Data(text.utf8)) }

    func write(_ bytes: Data) { Terminal.current.write(bytes, .output) }

    /// What is quoted may come from hosts, so only the ends of lines keep their power.
    static func complain(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.map { Table.printable(String($0)) }.joined(separator: "\n")
        Terminal.current.write(Data("\(shown)\n".utf8), .error)
    }

    /// Whether a person reads the text and can answer.
    var isConversation: Bool {
        format == .table && Terminal.current.isTerminal(.input)
            && Terminal.current.isTerminal(.output)
    }

    func prompt(_ question: String) {
        Terminal.current.write(Data(question.utf8), .error)
    }

    /// Asks a person. Where there is nobody to ask, `--yes` has to be said.
    func confirm(_ question: String, isYes: Bool) throws {
        if isYes { return }
        guard Terminal.current.isTerminal(.input) else {
            throw ClientFailure.usage("\(question) Not at a terminal: say --yes to confirm it")
        }
        prompt("\(question) [y/N] ")
        guard let answer = Terminal.current.readLine(), ["y", "yes"].contains(answer.lowercased())
        else {
            throw ClientFailure.cancelledAtPrompt
        }
    }

    private static var isBold: Bool {
        Terminal.current.isTerminal(.output)
            && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }
}
