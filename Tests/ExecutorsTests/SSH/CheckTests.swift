import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

extension RealHosts {
    /// Commands of the policy, on real hosts.
    @Suite struct Checks {
        private func check(
            _ argv: [String], seconds: Int = 20
        ) async throws -> CommandReport {
            let result = await (try Scene(28)).perform(
                .check(argv: argv, seconds: seconds), fence: 1)
            guard case .checked(let report) = result else { throw Surprise(result) }
            return report
        }

        @Test func itsWordsReachTheProgramAsTheyAre() async throws {
            let words = ["a b", "$(id)", "", "';reboot;'", "*", "-n", "\\n", "`id`", "ü"]
            let report = try await check(["/usr/bin/printf", "%s|"] + words)
            #expect(report.exitCode == 0)
            #expect(report.outputTail == words.map { "\($0)|" }.joined())
            #expect(report.outputDigest == Digest(of: report.outputTail))
            #expect(report.outputBytes == report.outputTail.utf8.count)
            #expect(!report.bootID.isEmpty)
        }

        @Test func itsExitCodeIsTold() async throws {
            #expect(try await check(["/bin/false"]).exitCode == 1)
            #expect(try await check(["/nonexistent/program"]).exitCode == 127)
        }

        @Test func whatTakesTooLongIsEnded() async throws {
            let report = try await check(["/bin/sleep", "60"], seconds: 1)
            #expect(report.exitCode == CommandReport.timedOut)
            #expect(report.milliseconds >= 900)
        }

        @Test func aFloodIsCutOff() async throws {
            let report = try await check(
                ["/usr/bin/awk", #"BEGIN { while (1) print "\033[2J" }"#], seconds: 2)
            #expect(report.exitCode == CommandReport.timedOut)
            #expect(report.outputBytes < 5_000_000)
            #expect(!report.outputTail.contains("\u{1B}") && report.outputTail.count <= 4000)
        }
    }
}
