import Foundation
import Fuzzing

/// `fuzz targets` names the targets, `fuzz targets foremost` those that are tried the longest. `fuzz
/// SEED COUNT [--from NUMBER] [--seconds MOST] [TARGET ...]` tries COUNT inputs on each, or on those
/// that are named, or as many as there is time for.
///
/// Each input follows from SEED and its number: one that crashes, hangs or breaks a law is named, and
/// `--from NUMBER` with a COUNT of 1 tries it again.
@main
struct Fuzz {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words {
        case ["targets"]: for target in FuzzTarget.all { print(target.name) }
        case ["targets", "foremost"]: for target in FuzzTarget.foremost { print(target.name) }
        default:
            guard let run = Run(words) else {
                print(
                    "usage: fuzz targets [foremost] | fuzz SEED COUNT [--from NUMBER]"
                        + " [--seconds MOST] [TARGET ...]")
                exit(2)
            }
            try run.tryAll()
        }
    }
}

private struct Run {
    private let seed: UInt64
    private let numbers: Range<Int>
    private let most: Duration?
    private let targets: [FuzzTarget]

    /// nil for words that make none.
    init?(_ words: [String]) {
        var words = words
        func take(_ option: String) -> Int? {
            guard let place = words.firstIndex(of: option), place + 1 < words.count else {
                return nil
            }
            defer { words.removeSubrange(place...(place + 1)) }
            return Int(words[place + 1])
        }
        let first = take("--from") ?? 0
        most = take("--seconds").map { Duration.seconds($0) }
        guard words.count >= 2, let seed = UInt64(words[0]), let count = Int(words[1]),
            count > 0, first >= 0
        else { return nil }
        self.seed = seed
        numbers = first..<(first + count)
        let names = words.dropFirst(2)
        targets =
            names.isEmpty
            ? FuzzTarget.all : FuzzTarget.all.filter { names.contains($0.name) }
        guard names.allSatisfy({ name in targets.contains { $0.name == name } }) else { return nil }
    }

    func tryAll() throws {
        for target in targets {
            Watch.begin(target.name, seed: seed)
            let clock = ContinuousClock()
            let begun = clock.now
            let outcome: FuzzTarget.Outcome
            do {
                outcome = try target.run(seed: seed, numbers) { number in
                    Watch.note(number)
                    guard let most, number % 256 == 0 else { return true }
                    return clock.now - begun < most
                }
            } catch {
                Watch.end()
                print("\(error), which is input \(Watch.number) of seed \(seed)")
                exit(1)
            }
            Watch.end()
            let seconds = max((clock.now - begun) / .seconds(1), 0.001)
            print(
                "\(target.name): \(outcome.inputs) inputs,"
                    + " \(outcome.accepted * 100 / max(1, outcome.inputs)) % accepted, in"
                    + " \(Int(seconds.rounded())) s, \(Int(Double(outcome.inputs) / seconds)) a second"
            )
        }
    }
}

/// Tells which input the process ended by, or hung at.
private enum Watch {
    /// Signal handlers read these. They are written by the one thread that there is.
    nonisolated(unsafe) static var number = 0
    nonisolated(unsafe) private static var words: [CChar] = []
    /// For so many inputs there is this long.
    private static let step = 64
    private static let stepSeconds: UInt32 = 30

    static func begin(_ target: String, seed: UInt64) {
        words = Array(
            "\(target), seed \(seed): ended by a signal (14 is a hang) at input ".utf8CString)
        for signal in [SIGALRM, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
            Foundation.signal(signal) { signal in Watch.tell(signal) }
        }
    }

    static func note(_ number: Int) {
        self.number = number
        if number % step == 0 { alarm(stepSeconds) }
    }

    static func end() { alarm(0) }

    /// Writes what is known, with nothing but what a signal handler may call.
    private static func tell(_ signal: Int32) {
        write(2, words, words.count - 1)
        var digits: (UInt8, Int) = (0, 1)
        while number / digits.1 >= 10 { digits.1 *= 10 }
        while digits.1 > 0 {
            digits.0 = UInt8(48 + number / digits.1 % 10)
            withUnsafePointer(to: digits.0) { _ = write(2, $0, 1) }
            digits.1 /= 10
        }
        write(2, "\n", 1)
        _exit(128 + signal)
    }
}
