internal import Application
internal import EventSourcing

/// How events become views. Pure: the same events give the same bytes (I12).
protocol ViewFold: Sendable {
    /// Rises whenever the same events give other views, so that they are built anew.
    var definition: Int { get }

    /// The views that `event` may change or needs to see.
    func keys(for event: RecordedEvent) throws -> [ViewKey]

    /// Changes `views`, which hold what exists of `keys(for: event)`.
    ///
    /// - Throws: when the event can't be read; nothing is changed then.
    func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws
}

/// Folds a stretch of the log in memory.
struct Folding {
    private(set) var versions: [Generation.Version] = []
    private(set) var parked: [Parked] = []
    private var current: [ViewKey: View]
    private var open: [ViewKey: Int] = [:]

    /// An event that could not be folded, and why.
    struct Parked: Equatable {
        let position: Int64
        /// Not known of one that can't be read.
        var stream: StreamID?
        var type: String?
        let reason: String
    }

    /// - Parameter current: The rows before the stretch, as far as its events need them.
    init(current: [ViewKey: View]) {
        self.current = current
    }

    /// - Throws: What `fold` throws; nothing is changed then.
    mutating func apply(_ event: RecordedEvent, by fold: some ViewFold) throws {
        let keys = try fold.keys(for: event)
        var views: [ViewKey: View] = [:]
        for key in keys { views[key] = current[key] }
        let before = views
        try fold.apply(event, to: &views)
        for key in keys {
            guard let view = views[key], view != before[key] else { continue }
            record(view, of: key, at: event.position)
        }
    }

    /// Passes over an event.
    mutating func park(_ event: RecordedEvent, _ error: any Error) {
        parked.append(
            Parked(
                position: event.position, stream: event.stream, type: event.type,
                reason: "\(event.type): \(error)"))
    }

    private mutating func record(_ view: View, of key: ViewKey, at position: Int64) {
        if let index = open[key] { versions[index].to = position }
        open[key] = versions.count
        versions.append(Generation.Version(key: key, view: view, from: position, to: nil))
        current[key] = view
    }
}
