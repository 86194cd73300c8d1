/// Lets a few in at a time. All tests of a process share one cluster, and one test that runs
/// stores, workers and read models takes a dozen of its connections.
package actor Turnstile {
    package static let shared = Turnstile(room: 6)

    private var room: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(room: Int) {
        self.room = room
    }

    package nonisolated func pass<Result>(_ body: () async throws -> Result) async throws -> Result
    {
        await enter()
        do {
            let result = try await body()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if room > 0 {
            room -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            room += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
