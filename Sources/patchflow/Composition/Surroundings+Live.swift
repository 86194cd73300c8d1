internal import EventSourcing
internal import Foundation
internal import Orchestration

extension Timestamp {
    static var now: Timestamp { Timestamp(Date()) }
}

extension UUID {
    /// A new, time-ordered one.
    static func timeOrdered() -> UUID {
        var generator = SystemRandomNumberGenerator()
        return .version7(at: .now, random: (generator.next(), generator.next()))
    }
}

extension Surroundings {
    /// The real clock, real randomness.
    static var live: Surroundings {
        Surroundings(
            now: { .now }, newID: { .timeOrdered() }, sleep: { try await Task.sleep(for: $0) })
    }
}
