import APIContract
import FoundationEssentials
import Glibc

/// Where a command's words go: data to standard output, everything else to standard error.
struct Printer: Sendable {
    let format: OutputFormat
    let isQuiet: Bool

    func list<Item: Codable & Sendable>(_ page: ListPage<Item>, _ columns: [Column<Item>]) throws {
        switch format {
        case .json: try json(page)
        case .jsonl: for item in page.data { try jsonLine(item) }
        case .table:
            if page.data.isEmpty {
                note("none")
            } else {
                write(Table.text(page.data, columns, isBold: Self.isTerminal(STDOUT_FILENO)))
            }
        }
    }

    /// Prints one thing: as JSON, or as the text that `details` makes of it.
    func show(_ value: some Encodable, _ details: () -> String) throws {
        switch format {
        case .json: try json(value)
        case .jsonl: try jsonLine(value)
        case .table: write(details())
        }
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
    func note(_ text: String) {
        if !isQuiet { Self.write(Data("\(text)\n".utf8), to: STDERR_FILENO) }
    }

    func write(_ text: String) { Self.write(Data(text.utf8), to: STDOUT_FILENO) }

    func write(_ bytes: Data) { Self.write(bytes, to: STDOUT_FILENO) }

    static func complain(_ text: String) { write(Data("\(text)\n".utf8), to: STDERR_FILENO) }

    /// Asks a person. Where there is nobody to ask, `--yes` has to be said.
    func confirm(_ question: String, isYes: Bool) throws {
        if isYes { return }
        guard Self.isTerminal(STDIN_FILENO) else {
            throw ClientFailure.usage("\(question) Not at a terminal: say --yes to confirm it")
        }
        Self.write(Data("\(question) [y/N] ".utf8), to: STDERR_FILENO)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw ClientFailure.cancelledAtPrompt
        }
    }

    static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    private static func write(_ bytes: Data, to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = Glibc.write(descriptor, base, rest.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
