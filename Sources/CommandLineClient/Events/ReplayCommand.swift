import APIContract
package import ArgumentParser

/// `audit replay STREAM`: what each event of a stream changed.
package struct ReplayCommand: ReadCommand {
    package static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replays a stream: each event, and what it changed in what the product shows.",
        discussion: """
            At a terminal step by step: Enter goes on, 'b' goes back, a number goes to that step, \
            'q' ends. Piped, or with -o json|jsonl, all steps at once. With --as-of only what had \
            happened by then.
            """)

    @Argument(help: "The stream: the id of a patch, rollout, deployment, asset or person.")
    var stream: String

    @Flag(help: "From the last step to the first.")
    var backwards = false

    @OptionGroup package var global: GlobalOptions

    package init() {}

    package func run(_ session: Session) async throws {
        let replay = try await StreamReplay(of: stream, asOf: global.asOf, session.client)
        let places = Array(replay.events.indices)
        let order = backwards ? Array(places.reversed()) : places
        guard session.printer.isConversation else {
            try await session.printer.all(order, replay)
            return
        }
        var index = 0
        while order.indices.contains(index) {
            session.printer.write(try await replay.step(order[index]).text)
            guard let next = ask(session.printer, at: index, of: order) else { return }
            index = next
        }
    }

    /// - Returns: The index to go on with; nil to end.
    private func ask(_ printer: Printer, at index: Int, of order: [Int]) -> Int? {
        while true {
            printer.prompt("[Enter] on, b back, 1-\(order.count) go there, q end: ")
            guard let answer = Terminal.current.readLine()?.lowercased() else { return nil }
            switch answer {
            case "": return index + 1
            case "b": return max(0, index - 1)
            case "q": return nil
            default:
                if let step = Int(answer), let place = order.firstIndex(of: step - 1) {
                    return place
                }
                printer.note("'\(answer)' is none of these")
            }
        }
    }
}

extension Printer {
    fileprivate func all(_ order: [Int], _ replay: StreamReplay) async throws {
        switch format {
        case .json:
            var steps: [StreamReplay.Step] = []
            for place in order { steps.append(try await replay.step(place)) }
            try show(steps) { "" }
        case .jsonl, .table, .csv:
            for place in order {
                let step = try await replay.step(place)
                try show(step) { step.text }
            }
        }
    }
}

/// A stream's events, and what each of them changed.
struct StreamReplay {
    struct Step: Codable, Equatable {
        /// From 1.
        let step: Int
        let steps: Int
        let event: EventResource
        /// nil when no resource shows what the stream is about, or it may not be read.
        let changes: [JSONChange]?
    }

    let events: [EventResource]
    private let client: APIClient

    /// - Throws: `ClientFailure`, also when the stream has no event.
    init(of stream: String, asOf: String? = nil, _ client: APIClient) async throws {
        self.client = client
        let page: ListPage<EventResource> = try await client.list(
            "events", query: ["stream": stream, "as_of": asOf])
        guard !page.data.isEmpty else {
            throw ClientFailure.usage(
                "the log \(asOf == nil ? "has" : "had") no stream '\(stream)'; 'patchflow event list' "
                    + "shows which there are")
        }
        events = page.data
    }

    func step(_ place: Int) async throws -> Step {
        Step(
            step: place + 1, steps: events.count, event: events[place],
            changes: try await events[place].changes(client))
    }
}

extension StreamReplay.Step {
    var text: String {
        let head = Table.printable(
            "\(step) of \(steps)  \(event.type)  \(Moment.short(event.recordedAt))  position "
                + "\(event.position)  \(EventCommand.actor(event.actor))")
        return head + "\n" + EventResource.text(of: changes)
    }
}

extension EventResource {
    /// What this event changed in the resource that its stream is about.
    ///
    /// - Returns: nil when no resource shows that, or it may not be read.
    func changes(_ client: APIClient) async throws -> [JSONChange]? {
        guard let state = StreamState(of: stream, client) else { return nil }
        do {
            return JSONChange.all(
                from: try await state.at(position - 1), to: try await state.at(position))
        } catch ClientFailure.problem(let problem) where problem.status == 403 {
            return nil
        }
    }

    static func text(of changes: [JSONChange]?) -> String {
        guard let changes else { return "  (no resource that you may read shows this stream)\n" }
        guard !changes.isEmpty else { return "  (nothing that is shown)\n" }
        return changes.map { "  \(Table.printable($0.line))\n" }.joined()
    }
}
