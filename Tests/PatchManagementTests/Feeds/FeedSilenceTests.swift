import EventSourcing
import Testing

@testable import PatchManagement

@Suite("A feed is silent by the clock of whoever asks, though nobody looks at it")
struct FeedSilenceTests {
    private let start = Timestamp(seconds: 1_800_000_000)

    private func silence(_ change: (inout FeedSilence) -> Void) -> FeedSilence {
        var silence = FeedSilence(silentAfterSeconds: 3600)
        change(&silence)
        return silence
    }

    @Test("One that never said anything is silent after its time, counted from its registration")
    func never() {
        let feed = silence { $0.watchedAt = start }
        #expect(feed.since(start + .seconds(3600)) == nil)
        #expect(feed.since(start + .seconds(3601)) == start)
    }

    @Test("A look that finds it unchanged is a word of it, unless it is in trouble")
    func looks() {
        let later = start + .seconds(7200)
        let good = silence { ($0.confirmedAt, $0.lookedAt) = (start, later) }
        #expect(good.since(later + .seconds(60)) == nil)
        #expect(good.since(later + .seconds(3601)) == later)
        let failing = silence {
            ($0.confirmedAt, $0.lookedAt, $0.troubledSince) = (start, later, start)
        }
        #expect(failing.since(later) == start)
    }

    @Test("What is recorded counts, and what nobody watches is never silent")
    func others() {
        #expect(silence { $0.recorded = start }.since(start) == start)
        let unwatched = silence {
            ($0.recorded, $0.isWatched) = (start, false)
        }
        #expect(unwatched.since(start + .seconds(99_999)) == nil)
        #expect(silence { _ in }.since(start) == nil)
    }
}
