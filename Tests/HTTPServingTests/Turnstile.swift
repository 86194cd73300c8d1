/// Lets a few in at a time: each served log takes a dozen connections of the tests' one cluster.
actor Turnstile {
    static let shared = Turnstile(room: 6)

    private var room: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(room: Int) {
        self.room = room
    }

    func enter() async {
        if room > 0 {
            room -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty {
            room += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
