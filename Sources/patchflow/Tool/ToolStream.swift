internal import ArgumentParser
internal import SystemPackage

/// Standard input line by line, and an answer on standard output for each, in flat memory.
struct ToolStream {
    static let longestLine = 65_536
    private static let piece = 1 << 16

    private var line = 0
    private var refused = 0
    private var output: [UInt8] = []
    private var answer = JSONLine()

    /// - Parameter question: Answers a line, or throws why it can't; what it has added by then stays.
    static func answer(_ question: (String, inout JSONLine) throws -> Void) throws {
        var stream = ToolStream()
        try stream.run(question)
        if stream.refused > 0 {
            complain("patchflow: \(stream.refused) of \(stream.line) lines were refused")
            throw ExitCode(1)
        }
    }

    private mutating func run(_ question: (String, inout JSONLine) throws -> Void) throws {
        var buffer = [UInt8](repeating: 0, count: Self.piece)
        // The beginning of a line whose end hasn't been read, and whether more of it is dropped.
        var rest: [UInt8] = []
        var isTooLong = false
        while true {
            let count = try buffer.withUnsafeMutableBytes {
                try FileDescriptor.standardInput.read(into: $0)
            }
            var start = 0
            while let end = buffer[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
                rest.append(contentsOf: buffer[start..<end])
                respond(to: rest, isTooLong: isTooLong, question)
                rest.removeAll(keepingCapacity: true)
                isTooLong = false
                start = end + 1
            }
            if count == 0 { break }
            rest.append(contentsOf: buffer[start..<count])
            if rest.count > Self.longestLine {
                rest.removeLast(rest.count - Self.longestLine)
                isTooLong = true
            }
            try flush()
        }
        if !rest.isEmpty { respond(to: rest, isTooLong: isTooLong, question) }
        try flush()
    }

    private mutating func respond(
        to bytes: [UInt8], isTooLong: Bool, _ question: (String, inout JSONLine) throws -> Void
    ) {
        line += 1
        let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
        if bytes.isEmpty { return }
        answer.removeAll()
        do {
            if isTooLong || bytes.count > Self.longestLine { throw LineError.tooLong }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                answer.add("text", String(decoding: bytes, as: UTF8.self))
                throw LineError.notUTF8
            }
            try question(text, &answer)
        } catch {
            refused += 1
            answer.add("line", number: "\(line)")
            answer.add("error", "\(error)")
        }
        answer.end()
        output.append(contentsOf: answer.bytes)
    }

    private mutating func flush() throws {
        if output.isEmpty { return }
        try FileDescriptor.standardOutput.writeAll(output)
        output.removeAll(keepingCapacity: true)
    }
}
