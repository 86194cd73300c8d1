import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

/// Which keys sign the log is said in the log itself, with a reason.
@Suite("Keys of the log")
struct LogKeyTests {
    private let context = CommandContext(
        actor: .service(.installer), at: Timestamp(seconds: 1_772_357_400), commandID: UUID())

    private func succeeded(
        _ old: String, _ new: String, reason: String = "a year has passed"
    ) -> LogKeySucceeded {
        LogKeySucceeded(old: old, new: new, reason: reason)
    }

    @Test("given none was named, when one succeeds another, then it is recorded as it was said")
    func succeeds() throws {
        let events = try LogDecider.decide(
            .succeedKey(succeeded("a", "b")), context, LogHistory())
        #expect(events == [.keySucceeded(succeeded("a", "b"))])
        #expect(LogDecider.state(after: events).key == "b")
    }

    @Test("given b is the last, when a third succeeds another than b, then it is refused")
    func chain() throws {
        let state = LogDecider.state(after: [.keySucceeded(succeeded("a", "b"))])
        #expect(throws: LogRejection.otherKey("a", "b")) {
            try LogDecider.decide(.succeedKey(succeeded("a", "c")), context, state)
        }
        #expect(
            try LogDecider.decide(.succeedKey(succeeded("b", "c")), context, state).count == 1)
    }

    @Test("given b is the last, then a is destroyed once, and b is not")
    func destroys() throws {
        var history: [LogEvent] = [.keySucceeded(succeeded("a", "b"))]
        let destroyed = LogKeyDestroyed(key: "a", reason: "all know b")
        let events = try LogDecider.decide(
            .destroyKey(destroyed), context, LogDecider.state(after: history))
        #expect(events == [.keyDestroyed(destroyed)])
        history += events
        let state = LogDecider.state(after: history)
        #expect(try LogDecider.decide(.destroyKey(destroyed), context, state).isEmpty)
        #expect(throws: LogRejection.keyInUse("b")) {
            try LogDecider.decide(
                .destroyKey(LogKeyDestroyed(key: "b", reason: "oh")), context, state)
        }
    }

    @Test("without a reason nothing is recorded")
    func needsAReason() {
        for command in [
            LogCommand.succeedKey(succeeded("a", "b", reason: " ")),
            .destroyKey(LogKeyDestroyed(key: "a", reason: "")),
        ] {
            #expect(throws: LogRejection.reasonMissing) {
                try LogDecider.decide(command, context, LogHistory())
            }
        }
    }
}
