import EventSourcing
import Testing

@testable import PatchManagement

/// A patch stands a load and is asked from outside before it goes back (I13).
@Suite("What a test tries beside the installation")
struct TrialTests {
    private static let trial = {
        var load = HealthProbe(name: "load", kind: .command)
        load.argv = ["/usr/bin/stress", "--cpu", "2"]
        load.limitSeconds = 600
        var web = HealthProbe(name: "web", kind: .http)
        web.port = 80
        web.path = "/"
        return QualificationTrial(stress: load, probes: [web])
    }()

    private func tested(
        _ trial: QualificationTrial? = trial,
        _ answer: @escaping (QualificationStep, Work) -> WorkResult = Sample.healthy
    ) throws -> PatchStory {
        var story = try PatchStory.acquired()
        try story.tell(
            .startQualification(sample: [lab(1)], targetStrata: [], trial: trial), by: tom)
        try story.work(answer)
        return story
    }

    private func checks(_ story: PatchStory) -> [Check] {
        story.patch.qualification?.evidence ?? []
    }

    @Test("the load, then the probes, then the way back")
    func order() throws {
        let story = try tested()
        #expect(story.patch.state == .tested)
        #expect(
            checks(story).map(\.step) == [
                .precheck, .backUp, .install, .verify, .stress, .probe, .rollBack, .verifyRestored,
            ])
        #expect(checks(story).allSatisfy { $0.outcome == .passed && $0.result != nil })
        let stress = checks(story).first { $0.step == .stress }
        #expect(stress?.detail.contains("sha256") == true, "its output is kept by digest")
    }

    @Test("only the load, only probes, or neither")
    func parts() throws {
        for (trial, steps) in [
            (QualificationTrial(stress: Self.trial.stress), [QualificationStep.stress]),
            (QualificationTrial(probes: Self.trial.probes), [.probe]), (nil, []),
        ] as [(QualificationTrial?, [QualificationStep])] {
            let story = try tested(trial)
            #expect(story.patch.state == .tested)
            #expect(checks(story).map(\.step).filter { [.stress, .probe].contains($0) } == steps)
        }
    }

    @Test(
        "a load that fails, or doesn't end, fails the test, and the host goes back",
        arguments: [
            1, CommandReport.timedOut,
        ])
    func failedLoad(exitCode: Int) throws {
        let story = try tested { step, work in
            guard step == .stress else { return Sample.healthy(step, work) }
            return .checked(
                CommandReport(
                    exitCode: exitCode, outputDigest: Digest(of: ""), outputBytes: 0,
                    outputTail: "", milliseconds: 5, bootID: "boot-1"))
        }
        #expect(story.patch.state == .testFailed)
        #expect(checks(story).last?.step == .verifyRestored)
    }

    @Test("a bad probe fails the test; one without an answer makes it inconclusive, never passed")
    func probes() throws {
        let bad = try tested { step, work in
            step == .probe ? Sample.asked(work, isRefusal: true) : Sample.healthy(step, work)
        }
        #expect(bad.patch.state == .testFailed)
        let silent = try tested { step, work in
            step == .probe ? .asked([]) : Sample.healthy(step, work)
        }
        #expect(silent.patch.state == .testInconclusive)
        #expect(checks(silent).last?.step == .verifyRestored)
    }

    @Test("names only what the policy has, and for a load only a command")
    func naming() throws {
        var policy = HealthPolicy()
        policy.probes = [try #require(Self.trial.stress)] + Self.trial.probes
        #expect(try QualificationTrial(stress: nil, probes: [], in: policy) == nil)
        #expect(try QualificationTrial(stress: "load", probes: ["web"], in: policy) == Self.trial)
        for (stress, probes, words) in [
            ("web", [], "name a command"), ("shop", [], "load, web"), (nil, ["shop"], "load, web"),
        ] as [(String?, [String], String)] {
            #expect {
                _ = try QualificationTrial(stress: stress, probes: probes, in: policy)
            } throws: {
                "\($0)".contains(words)
            }
        }
    }
}
