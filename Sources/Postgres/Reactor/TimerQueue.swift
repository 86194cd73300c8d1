/// Deadlines of one reactor, earliest first. Confined to the reactor's thread.
struct TimerQueue {
    struct ID: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    private struct Entry {
        let deadline: ContinuousClock.Instant
        let id: ID
    }

    private var heap: [Entry] = []
    private var actions: [ID: @Sendable () -> Void] = [:]
    private var lastID: UInt64 = 0

    /// The next deadline; may be that of a timer cancelled meanwhile, which costs one idle wake-up.
    var nextDeadline: ContinuousClock.Instant? { actions.isEmpty ? nil : heap.first?.deadline }

    mutating func add(
        at deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void
    ) -> ID {
        lastID += 1
        let id = ID(value: lastID)
        actions[id] = action
        heap.append(Entry(deadline: deadline, id: id))
        siftUp(from: heap.count - 1)
        return id
    }

    mutating func cancel(_ id: ID) {
        actions[id] = nil
        // Cancelled entries stay in the heap until popped: rebuild it when they are the majority.
        guard heap.count > 64, heap.count > 2 * actions.count else { return }
        let live = heap.filter { actions[$0.id] != nil }
        heap.removeAll(keepingCapacity: true)
        for entry in live {
            heap.append(entry)
            siftUp(from: heap.count - 1)
        }
    }

    /// Removes one due timer and returns its action; nil when none is due.
    mutating func popDue(_ now: ContinuousClock.Instant) -> (@Sendable () -> Void)? {
        while let first = heap.first, first.deadline <= now {
            removeFirst()
            if let action = actions.removeValue(forKey: first.id) { return action }
        }
        return nil
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[smallest].deadline { smallest = child }
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }

    private mutating func siftUp(from index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }
}
