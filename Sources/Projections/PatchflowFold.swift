internal import Application
internal import EventSourcing

/// All views of the product, each folded from the streams that it shows.
struct PatchflowFold: ViewFold {
    let definition = 1

    func keys(for event: RecordedEvent) throws -> [ViewKey] { [] }

    func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {}
}
