import FoundationEssentials
import Synchronization
import Testing

@testable import CommandLineClient

/// Progress is for people, on standard error, and never in the way of data.
@Suite struct ProgressBarTests {
    private func shown(
        atTerminal: Bool, isQuiet: Bool = false, _ body: (ProgressBar) -> Void
    ) -> String {
        let written = Mutex("")
        let terminal = Terminal(
            isTerminal: { $0 == .error && atTerminal }, readLine: { nil },
            write: { bytes, stream in
                #expect(stream == .error)
                written.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            })
        Terminal.$current.withValue(terminal) {
            let bar = ProgressBar("folding", isQuiet: isQuiet)
            body(bar)
            bar.end()
        }
        return written.withLock { $0 }
    }

    private func fold(_ bar: ProgressBar) {
        for done in [Int64(0), 5, 10, 500, 1000] { bar.show(done, of: 1000) }
    }

    @Test func whereItIsPipedThereIsALineForEachPerCentThatChanges() {
        #expect(
            shown(atTerminal: false, fold) == """
                folding: 0 %, 0 of 1000
                folding: 1 %, 10 of 1000
                folding: 50 %, 500 of 1000
                folding: 100 %, 1000 of 1000

                """)
    }

    @Test func atATerminalOneLineIsDrawnOver() {
        let text = shown(atTerminal: true, fold)
        #expect(text.split(separator: "\r").count == 5)
        #expect(text.hasSuffix("\n"))
        #expect(text.count { $0 == "\n" } == 1)
        #expect(text.contains("folding  [###############...............]  50 %, 500 of 1000"))
    }

    @Test func quietSaysNothingAndNothingToDoIsDone() {
        #expect(shown(atTerminal: true, isQuiet: true, fold) == "")
        #expect(shown(atTerminal: false) { $0.show(0, of: 0) } == "folding: 100 %, 0 of 0\n")
    }

    @Test func thePaceIsGivenAfterTheFirstSecond() {
        #expect(ProgressBar.pace(500, left: 100, .milliseconds(900)) == "")
        #expect(ProgressBar.pace(500, left: 1000, .seconds(2)) == ", 250/s, 5 s left")
        #expect(ProgressBar.pace(500, left: 0, .seconds(2)) == ", 250/s")
    }
}
