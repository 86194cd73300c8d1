import Advisories
import Foundation
import Testing

@Suite("Debian versions: the order of dpkg")
struct DebianVersionTests {
    @Test(
        "Older, then newer",
        arguments: [
            ("1.0~rc1", "1.0"), ("1.0", "1.0-1"), ("1.0-1", "1.0-1+deb12u1"), ("9", "10"),
            ("1.0~~", "1.0~"), ("1.0~", "1.0"), ("1.0", "1.0a"), ("1.0a", "1.0+"),
            ("99", "1:0"), ("1.2.3-4~bpo12+1", "1.2.3-4"), ("1.0-1", "1.0-1.1"),
            ("1.2-3-1", "1.2-3-2"), ("1.0A", "1.0a"),
            ("123456789012345678901234567890", "123456789012345678901234567891"),
        ])
    func older(_ pair: (String, String)) throws {
        let (left, right) = (try DebianVersion(pair.0), try DebianVersion(pair.1))
        #expect(left < right)
        #expect(!(right < left))
        #expect(left != right)
    }

    @Test(
        "Other text, same version",
        arguments: [("1.0", "0:1.0"), ("1.0", "1.0-0"), ("1.01", "1.1")])
    func equal(_ pair: (String, String)) throws {
        let (left, right) = (try DebianVersion(pair.0), try DebianVersion(pair.1))
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
    }

    @Test(
        "Malformed text is refused, and the error names it",
        arguments: [
            ("", DebianVersionError.Problem.empty), (":1", .epochNotANumber),
            ("a:1", .epochNotANumber), ("-1:1", .epochNotANumber), ("2147483648:1", .epochTooBig),
            ("1:", .emptyUpstream), ("-1", .emptyUpstream), ("1-", .emptyRevision),
            ("a1", .upstreamBeginsWithoutDigit), (" 1", .upstreamBeginsWithoutDigit),
            ("1 0", .badCharacterInUpstream), ("1_0", .badCharacterInUpstream),
            ("1-1:1", .epochNotANumber), ("1:1-1:1", .badCharacterInRevision),
            ("1-a_b", .badCharacterInRevision), ("1;rm", .badCharacterInUpstream),
        ])
    func malformed(_ text: String, _ problem: DebianVersionError.Problem) {
        let error = #expect(throws: DebianVersionError.self) { try DebianVersion(text) }
        #expect(error?.problem == problem)
        #expect(error?.text == text)
    }

    @Test("The order is the one of dpkg itself, on random pairs")
    func againstDpkg() throws {
        let dpkg = "/usr/bin/dpkg"
        guard FileManager.default.isExecutableFile(atPath: dpkg) else {
            print("skipped: there is no dpkg here to compare with")
            return
        }
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        var pairs: [(String, String)] = []
        for _ in 0..<2500 {
            let first = version(&random)
            pairs.append((first, random.below(3) == 0 ? version(&random) : near(first, &random)))
        }
        let answers = try dpkgOrders(of: pairs)
        try #require(answers.count == pairs.count)
        for (pair, answer) in zip(pairs, answers) {
            let order = try DebianVersion(pair.0).order(relativeTo: DebianVersion(pair.1))
            #expect(order.signum() == answer, "\(pair.0) against \(pair.1), seed \(seed)")
        }
    }

    private func version(_ random: inout SplitMix) -> String {
        var text = random.below(4) == 0 ? "\(random.below(3)):" : ""
        text += "\(random.below(12))" + word(&random, "abzAZ019.+~", 6)
        if random.below(3) > 0 { text += "-" + word(&random, "abzAZ019.+~", 4) + "1" }
        return text
    }

    /// `text` with one character after the first changed, added or taken away, where that is still
    /// a version.
    private func near(_ text: String, _ random: inout SplitMix) -> String {
        var characters = Array(text)
        let index = random.below(characters.count)
        switch random.below(3) {
        case 0: characters[index] = Array("019az~+.").randomElement(using: &random) ?? "0"
        case 1: characters.insert("0", at: index)
        default: characters.remove(at: index)
        }
        let changed = String(characters)
        return (try? DebianVersion(changed)) == nil ? text : changed
    }

    private func word(_ random: inout SplitMix, _ letters: String, _ longest: Int) -> String {
        String(
            (0..<random.below(longest)).compactMap { _ in letters.randomElement(using: &random) })
    }

    private func dpkgOrders(of pairs: [(String, String)]) throws -> [Int] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c",
            """
            while read -r a b; do
              if dpkg --compare-versions "$a" lt "$b"; then echo -1
              elif dpkg --compare-versions "$a" eq "$b"; then echo 0
              else echo 1; fi
            done
            """,
        ]
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("versions-\(UUID().uuidString)")
        try pairs.map { "\($0.0) \($0.1)\n" }.joined()
            .write(to: file, atomically: true, encoding: .utf8)
        defer {
            do { try FileManager.default.removeItem(at: file) } catch {
                print("left over: \(file)")
            }
        }
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
    }
}

/// A small generator whose whole run follows from its seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
