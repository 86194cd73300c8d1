import Testing

@testable import PostgresStore

/// Whether others write to the log too, told by the positions that one gets.
@Suite struct LogShareTests {
    @Test func whoWritesAloneIsNotCrowded() {
        var share = LogShare()
        var next: Int64 = 1000
        for _ in 0..<100 {
            share.take(next...(next + 31))
            next += 32
            #expect(!share.isCrowded && share.mostAppending == 2)
        }
    }

    @Test func answersOfTwoLanesComeInAnyOrder() {
        var share = LogShare()
        for pair in 0..<100 {
            let first = Int64(pair) * 64 + 1
            share.take((first + 32)...(first + 63))
            share.take(first...(first + 31))
            #expect(!share.isCrowded)
        }
    }

    @Test func othersAreSeenAndForgotten() {
        var share = LogShare()
        var next: Int64 = 1
        for _ in 0..<32 {
            share.take(next...(next + 9))
            next += 20
        }
        #expect(share.isCrowded && share.mostAppending == 1)
        for _ in 0..<32 {
            share.take(next...(next + 9))
            next += 10
        }
        #expect(!share.isCrowded)
    }

    @Test func aNeighbourWhoWritesLittleDoesNotCrowd() {
        var share = LogShare()
        var next: Int64 = 1
        for _ in 0..<100 {
            share.take(next...(next + 9))
            next += 12
            #expect(!share.isCrowded)
        }
    }

    @Test func batchesOfWhichNothingWasAppendedSayNothing() {
        var share = LogShare()
        for _ in 0..<100 { share.take(nil) }
        #expect(!share.isCrowded)
    }
}
