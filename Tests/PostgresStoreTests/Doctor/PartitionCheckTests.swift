import StoreCheck
import Testing

@Suite struct PartitionCheckTests {
    private static func partition(_ range: Range<Int64>?) -> PartitionCheck.Partition {
        PartitionCheck.Partition(name: "p", range: range)
    }

    private static let two = [
        partition(5_000_001..<10_000_001), partition(1..<5_000_001),
    ]

    @Test func partitionsSideBySideFarAheadAreSound() {
        let check = PartitionCheck.judge(Self.two, strays: [], head: 7)
        #expect(check.findings == [])
        #expect(check.looked == "2 partitions up to position 10000000, the log ends at 7")
    }

    @Test func holesAndStraysAreDamage() {
        let holes = PartitionCheck.judge(
            [Self.two[0], Self.partition(nil)], strays: ["x"], head: 7)
        #expect(holes.verdict == .damaged)
        #expect(
            holes.findings.map(\.reason) == [
                "the table x was detached from events, or never attached",
                "the partition p has no range of positions",
                "the partition of positions 1 to 5000000 is missing",
            ])
    }

    @Test(arguments: [
        (9_999_999, "partitions reach 1 positions ahead of the log only"),
        (10_000_000, "there is no partition for the next event"),
    ])
    func tooFewAheadAreSaidAndAreNoDamage(head: Int64, reason: String) {
        let check = PartitionCheck.judge(Self.two, strays: [], head: head)
        #expect(check.verdict == .sound)
        #expect(check.findings.map(\.reason) == [reason])
    }
}
