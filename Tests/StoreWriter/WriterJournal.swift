import EventSourcing
import Foundation
import Glibc

/// What a writer has sent and how it was answered, a line for each, written before it goes on. The
/// kernel keeps the lines when the process is killed, so the next one knows what is in doubt.
///
///     send COMMAND STREAM:VERSION:EVENTS ...
///     ack COMMAND FIRST LAST
///     lost COMMAND
struct WriterJournal: Sendable {
    /// A command without an answer.
    struct Sent: Sendable {
        let command: UUID
        let streams: [Share]
    }

    /// What a command appends to one stream.
    struct Share: Sendable {
        let stream: StreamID
        let version: Int
        let events: Int
    }

    private let descriptor: Int32
    let inDoubt: [Sent]

    init(_ path: String) throws {
        let lines = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        inDoubt = Self.unanswered(lines)
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        // A line that was cut off in its middle was never sent.
        if !lines.isEmpty, !lines.hasSuffix("\n") { write("") }
    }

    private static func unanswered(_ lines: String) -> [Sent] {
        var open: [UUID: Sent] = [:]
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 1, let command = UUID(uuidString: words[1]) else { continue }
            if words[0] == "send" {
                open[command] = Sent(
                    command: command, streams: words.dropFirst(2).compactMap(Share.init))
            } else if words.count == 4 || words[0] == "lost" {
                open[command] = nil
            }
        }
        return Array(open.values)
    }

    func send(_ command: UUID, _ streams: [Share]) {
        let words = streams.map { "\($0.stream):\($0.version):\($0.events)" }
        write("send \(command) " + words.joined(separator: " "))
    }

    func acknowledged(_ command: UUID, _ receipt: AppendReceipt) {
        write("ack \(command) \(receipt.firstPosition) \(receipt.lastPosition)")
    }

    func lost(_ command: UUID) { write("lost \(command)") }

    private func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // One call: a line is there whole or not at all, but for a full disk.
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            fatalError("the journal can't be written")
        }
    }
}

extension WriterJournal.Share {
    fileprivate init?(_ word: String) {
        let parts = word.split(separator: ":")
        guard parts.count == 3, let stream = StreamID(String(parts[0])),
            let version = Int(parts[1]), let events = Int(parts[2])
        else { return nil }
        self.init(stream: stream, version: version, events: events)
    }
}
