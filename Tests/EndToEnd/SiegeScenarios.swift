import Foundation
import Support
import Testing

/// kill -9 of anything at any moment, under load.
@Suite(.serialized)
struct SiegeScenarios {
    @Test("kill -9 of anything under load: nothing is lost, nothing is there twice (I9, I11, I12)")
    func siege() async throws {
        let seed = SeededRandom.fresh("kills under load").seed
        let count =
            ProcessInfo.processInfo.environment["PATCHFLOW_KILLS"].flatMap { Int($0) } ?? 25
        try await withInstallation { installation in
            try await installation.introduce("ada", "auditor")
            let siege = try Siege(installation, seed: seed)
            let killed = try await siege.kill(count)
            if installation.pids(of: "up").isEmpty { try await installation.start() }
            try await siege.settle()

            let (faults, commands) = try await siege.faults()
            #expect(faults == [])
            #expect(commands > count)
            let head = try await siege.head()
            try await eventually("a checkpoint of \(head)") {
                try await installation.latest() ?? 0 >= head
            }
            try await installation.expectSoundProjections()
            let doctor = try await installation.runDirectly(["doctor", "--projections"])
            #expect(doctor.status == 0, "\(doctor.output)\(doctor.error)")
            let bundle = installation.directory + "/bundle.tar"
            try await installation.call("ada", ["audit", "export", "--file", bundle])
            let verified = try await installation.run(
                [
                    "audit", "verify", bundle, "--log-key",
                    installation.directory + "/data/log/verifier.key",
                ])
            // By the rules nobody may have written these; that all are there, as they were signed, is asked.
            let isComplete =
                verified.status == 0
                || verified.output.hasPrefix("TAMPERED: what was signed broke the rules")
            #expect(isComplete, "\(verified.output)\(verified.error)")
            let words = killed.sorted { $0.value > $1.value }.map { "\($1) \($0.rawValue)" }
            print(
                "\(count) kills (\(words.joined(separator: ", "))): \(commands) commands,",
                "\(faults.count) lost or twice")
        }
    }
}
