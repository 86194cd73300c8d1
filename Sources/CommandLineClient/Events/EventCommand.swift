import APIContract
import ArgumentParser
import FoundationEssentials

struct EventCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "The log: every fact, in order.",
        subcommands: [List.self, Show.self, Tail.self])

    /// - Parameter stream: The only one that is shown, whose name would be in every line.
    static func columns(of stream: String?) -> [Column<EventResource>] {
        [
            Column("position", .right) { String($0.position) },
            Column("recorded") { Moment.short($0.recordedAt) },
            Column("type") { $0.type },
            stream == nil
                ? Column("stream") { $0.stream }
                : Column("version", .right) { String($0.version) },
            Column("actor") { actor($0.actor) },
        ]
    }

    /// Short enough for a line: the role, and of a person's id what tells people apart. 'event show'
    /// and JSON have all of it.
    static func actor(_ actor: ActorResource) -> String {
        guard actor.id.hasPrefix("pe_") else { return actor.role }
        return "\(actor.id.prefix(11)) \(actor.role)"
    }

    struct List: ReadCommand {
        static let configuration = CommandConfiguration(abstract: "Lists events, oldest first.")

        @Option(help: "Only those of this stream, such as a patch's id.")
        var stream: String?

        @Option(help: "Only those of this type, such as PatchApproved.")
        var type: String?

        @Option(help: "Only those after this position.")
        var after: Int64?

        @Option(help: "At most so many.")
        var limit: Int?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            try await session.list(
                "events", query: ["stream": stream, "type": type, "after": after.map(String.init)],
                limit: limit, EventCommand.columns(of: stream))
        }
    }

    struct Show: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an event with its data, and what it changed.",
            discussion: """
                'changes' compares the patch, rollout, deployment or asset that the event is about \
                as of the position before it and as of its own.
                """)

        @Argument(help: "Its position in the log.")
        var position: Int64

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let event: EventResource = try await session.read("events/\(position)")
            let changes = try await event.changes(session.client)
            let data = try WireJSON.encode(event.data, pretty: true)
            try session.printer.show(ShownEvent(event: event, changes: changes)) {
                Table.details([
                    ("position", String(event.position)), ("type", event.type),
                    ("stream", "\(event.stream), version \(event.version)"),
                    ("event", event.id), ("schema version", String(event.schemaVersion)),
                    ("occurred", event.occurredAt), ("recorded", event.recordedAt),
                    ("actor", "\(event.actor.id) (\(event.actor.role))"),
                    ("on behalf of", event.actor.onBehalfOf), ("command", event.commandId),
                    ("correlation", event.correlationId), ("causation", event.causationId),
                ]) + String(decoding: data, as: UTF8.self) + "\nchanges\n"
                    + EventResource.text(of: changes)
            }
        }
    }

    /// The event as the API answers it, with one member more.
    private struct ShownEvent: Encodable {
        let event: EventResource
        let changes: [JSONChange]?

        private enum CodingKeys: String, CodingKey {
            case changes
        }

        func encode(to encoder: any Encoder) throws {
            try event.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(changes, forKey: .changes)
        }
    }

    struct Tail: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows events as they come, until it is interrupted.")

        @Option(help: "Begins after this position instead of at the end.")
        var after: Int64?

        @Option(help: "Only those of this stream.")
        var stream: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            var position: Int64
            if let after {
                position = after
            } else {
                let head: ListPage<EventResource> = try await session.client.list(
                    "events", limit: 1)
                position = head.position
            }
            while true {
                let page: ListPage<EventResource> = try await session.client.list(
                    "events", query: ["after": String(position), "stream": stream])
                for event in page.data {
                    try session.printer.show(event) {
                        Table.printable(
                            "\(event.position)  \(Moment.short(event.recordedAt))  \(event.type)  "
                                + "\(event.stream)  \(EventCommand.actor(event.actor))") + "\n"
                    }
                }
                position = max(position, page.data.last?.position ?? page.position)
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
