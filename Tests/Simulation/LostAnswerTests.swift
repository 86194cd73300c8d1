import Support
import Testing

@testable import EventSourcing

/// What the first seeds have found.
@Suite("Stories that went wrong once") struct LostAnswerTests {
    /// A claim, or the release of one, whose answer is lost: the worker lives on and renews, so no
    /// rescuer would ever come.
    @Test("I18: what a worker holds without knowing is worked on all the same")
    func lostAnswersOfTheQueue() throws {
        var seeds = SeededRandom.fresh("lost answers of the queue")
        var weather = Weather()
        weather.queueAnswerLost = 150
        weather.unavailable = 50
        for _ in 0..<10 {
            let seed = seeds.next() >> 11
            var storm = try Storm(seed: seed, weather: weather)
            try storm.tell()
            #expect(try Checker(storm.story).violations.isEmpty, "seed: \(seed)")
        }
    }
}
