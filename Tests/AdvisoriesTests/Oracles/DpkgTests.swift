import Advisories
import Foundation
import Fuzzing
import Testing

@Suite("Debian versions: the order of dpkg itself", .enabled(if: Dpkg.isThere))
struct DpkgTests {
    @Test("10,000 random pairs")
    func randomPairs() throws {
        let seed = Oracle.freshSeed("against dpkg")
        var random = SplitMix(state: seed)
        var pairs: [(String, String)] = []
        while pairs.count < 10_000 {
            let first = version(&random)
            pairs.append((first, random.below(3) == 0 ? version(&random) : near(first, &random)))
        }
        let answers = try Oracle.answers(
            of: "/bin/sh", ["-c", Self.script], to: pairs.map { "\($0.0) \($0.1)" })
        try #require(answers.count == pairs.count)
        for (pair, answer) in zip(pairs, answers) {
            let order = try PackageVersion(pair.0, .debian)
                .order(relativeTo: PackageVersion(pair.1, .debian))
            #expect("\(order)" == answer, "\(pair.0) against \(pair.1), seed \(seed)")
        }
    }

    private static let script = """
        while read -r a b; do
          if dpkg --compare-versions "$a" lt "$b"; then echo -1
          elif dpkg --compare-versions "$a" eq "$b"; then echo 0
          else echo 1; fi
        done
        """

    private func version(_ random: inout SplitMix) -> String {
        var text = random.below(4) == 0 ? "\(random.below(3)):" : ""
        // Now and then what dpkg compares with a warning.
        text += random.below(20) == 0 ? "a" : "\(random.below(12))"
        text += word(&random, "abzAZ019.+~", 6)
        if random.below(3) > 0 { text += "-" + word(&random, "abzAZ019.+~", 4) + "1" }
        return text
    }

    /// `text` with one character changed, added or taken away, where that is still a version.
    private func near(_ text: String, _ random: inout SplitMix) -> String {
        var characters = Array(text)
        let index = random.below(characters.count)
        switch random.below(3) {
        case 0: characters[index] = random.pick(Array("019az~+."))
        case 1: characters.insert("0", at: index)
        default: characters.remove(at: index)
        }
        let changed = String(characters)
        return (try? PackageVersion(changed, .debian)) == nil ? text : changed
    }

    private func word(_ random: inout SplitMix, _ letters: String, _ longest: Int) -> String {
        let letters = Array(letters)
        return String((0..<random.below(longest)).map { _ in random.pick(letters) })
    }
}

private enum Dpkg {
    static var isThere: Bool {
        let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg")
        if !isThere { print("skipped: there is no dpkg here to compare with") }
        return isThere
    }
}
