internal import EventSourcing
private import Synchronization

/// The last known states of streams, so that a command on a busy stream needs no read. It may be
/// behind, never wrong: an append names the version that it decided on.
final class StateCache: Sendable {
    private struct Entry {
        let state: any Sendable
        let version: Int
        let age: UInt64
    }

    private struct Contents {
        var entries: [StreamID: Entry] = [:]
        var clock: UInt64 = 0
    }

    private let contents = Mutex(Contents())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    func state<State: Sendable>(of stream: StreamID, as type: State.Type) -> (State, Int)? {
        contents.withLock { contents in
            guard let entry = contents.entries[stream], let state = entry.state as? State else {
                return nil
            }
            return (state, entry.version)
        }
    }

    func keep(_ state: some Sendable, version: Int, of stream: StreamID) {
        contents.withLock { contents in
            contents.clock += 1
            if let known = contents.entries[stream], known.version > version { return }
            contents.entries[stream] = Entry(state: state, version: version, age: contents.clock)
            if contents.entries.count > limit {
                // The older half goes at once, so that eviction costs little per entry.
                let ages = contents.entries.values.map(\.age).sorted()
                let cut = ages[ages.count / 2]
                contents.entries = contents.entries.filter { $0.value.age > cut }
            }
        }
    }

    func forget(_ stream: StreamID) {
        contents.withLock { _ = $0.entries.removeValue(forKey: stream) }
    }
}
