import FoundationEssentials
import Synchronization

/// How far long work is, on standard error: at a terminal a bar in one line that is drawn over, else
/// a line for each whole per cent; nothing with `-q`.
package final class ProgressBar: Sendable {
    private struct Drawn {
        var text = ""
        var percent: Int64 = -1
        var first: Int64?
    }

    private let label: String
    private let isQuiet: Bool
    private let began = ContinuousClock.now
    private let drawn = Mutex(Drawn())

    /// - Parameter label: What is being done, such as `folding`.
    package init(_ label: String, isQuiet: Bool) {
        self.label = label
        self.isQuiet = isQuiet
    }

    /// - Parameter total: 0 counts as done.
    package func show(_ done: Int64, of total: Int64) {
        if isQuiet { return }
        let percent = total > 0 ? max(0, min(100, done * 100 / total)) : 100
        drawn.withLock { drawn in
            let first = drawn.first ?? done
            drawn.first = first
            let words = "\(percent) %, \(done) of \(total)"
            if Terminal.current.isTerminal(.error) {
                let text =
                    "\(label)  [\(Self.bar(percent))]  \(words)"
                    + Self.pace(done - first, left: total - done, ContinuousClock.now - began)
                if text != drawn.text { write("\r\(text)\u{1B}[K") }
                drawn.text = text
            } else if percent != drawn.percent {
                write("\(label): \(words)\n")
            }
            drawn.percent = percent
        }
    }

    /// Whatever is written next begins a line of its own.
    package func end() {
        drawn.withLock { drawn in
            if !drawn.text.isEmpty { write("\n") }
            drawn = Drawn()
        }
    }

    private func write(_ text: String) { Terminal.current.write(Data(text.utf8), .error) }

    static func bar(_ percent: Int64) -> String {
        let width = 30
        let full = Int(percent) * width / 100
        return String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
    }

    /// Such as `, 1200/s, 14 s left`; nothing in the first second.
    static func pace(_ done: Int64, left: Int64, _ elapsed: Duration) -> String {
        let seconds = elapsed.components.seconds
        guard seconds > 0, done > 0 else { return "" }
        let rate = max(1, done / seconds)
        return ", \(rate)/s" + (left > 0 ? ", \(left / rate + 1) s left" : "")
    }
}
