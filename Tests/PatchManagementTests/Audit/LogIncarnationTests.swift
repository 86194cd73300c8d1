import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

/// A restore is said in the log itself, with a reason, each above the one before.
@Suite("Incarnations of the log")
struct LogIncarnationTests {
    private func begun(_ number: Int64, reason: String = "restored") -> IncarnationBegun {
        IncarnationBegun(
            number: number, reason: reason, lostSize: 400, lostRoot: Digest(of: "lost"),
            resumedSize: 300, resumedRoot: Digest(of: "resumed"))
    }

    private let context = CommandContext(
        actor: .service(.installer), at: Timestamp(seconds: 1_772_357_400), commandID: UUID())

    @Test("given none, when one begins, then it is recorded as it was said")
    func begins() throws {
        let events = try LogDecider.decide(.beginIncarnation(begun(2)), context, LogHistory())
        #expect(events == [.incarnationBegun(begun(2))])
        #expect(LogDecider.state(after: events).incarnation == 2)
    }

    @Test("given the second, when the second begins, then it is refused, and the third is not")
    func rises() throws {
        let state = LogDecider.state(after: [.incarnationBegun(begun(2))])
        #expect(throws: LogRejection.notAbove(2, 2)) {
            try LogDecider.decide(.beginIncarnation(begun(2)), context, state)
        }
        #expect(try LogDecider.decide(.beginIncarnation(begun(3)), context, state).count == 1)
    }

    @Test("given none, when one begins without a reason, then it is refused")
    func needsAReason() {
        #expect(throws: LogRejection.reasonMissing) {
            try LogDecider.decide(
                .beginIncarnation(begun(2, reason: "  ")), context, LogHistory())
        }
    }
}
