import EventSourcing
import Support
import Testing

@testable import PatchManagement

@Suite("Planning a rollout")
struct PlannerTests {
    @Test(
        "Batches are numbers, percentages of all, and the rest",
        arguments: [
            ("rest", 10, 1, [10]), ("1,rest", 10, 1, [1, 9]), ("1,50%,rest", 6, 1, [1, 3, 2]),
            ("1%,rest", 10, 1, [1, 9]), ("100%", 7, 1, [7]), ("1,rest", 10, 3, [3, 7]),
            (" 2 , 30% , rest ", 10, 1, [2, 3, 5]), ("5,5,5,rest", 7, 1, [5, 2, 0, 0]),
            ("1%,9%,15%,25%,rest", 200, 1, [2, 18, 30, 50, 100]),
            ("33%,33%,rest", 10, 1, [3, 3, 4]),
            ("1,rest", 1, 1, [1, 0]), ("999999999,rest", 3, 1, [3, 0]),
        ])
    func counts(_ text: String, _ total: Int, _ canary: Int, _ expected: [Int]) throws {
        #expect(try BatchGrammar(text).counts(total: total, canary: canary) == expected)
    }

    @Test(
        "Anything else is refused, and named",
        arguments: [
            ("", "part 1 is ''"), ("1,,rest", "part 2 is ''"), ("0,rest", "part 1 is '0'"),
            ("-1,rest", "part 1 is '-1'"), ("1.5,rest", "part 1 is '1.5'"),
            ("101%,rest", "part 1 is '101%'"), ("0%,rest", "part 1 is '0%'"),
            ("%,rest", "part 1 is '%'"), ("rest,1", "part 1 is 'rest': nothing can follow"),
            ("REST", "part 1 is 'REST'"), ("1;rest", "part 1 is '1;rest'"),
            ("+1", "part 1 is '+1'"),
            ("99999999999999999999", "part 1 is '99999999999999999999'"), ("１", "part 1 is"),
            (String(repeating: "1,", count: 100) + "rest", "101 parts"),
        ])
    func refused(_ text: String, _ words: String) {
        #expect {
            try BatchGrammar(text)
        } throws: {
            ($0 as? PlanningError)?.description.contains(words) == true
        }
    }

    @Test("Batches that leave assets out are refused")
    func leftOver() {
        #expect(throws: PlanningError("batches leave 4 of 10 assets out: end with 'rest'")) {
            try BatchGrammar("1,50%").counts(total: 10, canary: 1)
        }
    }

    private func request(_ count: Int) throws -> RolloutPlanner.Request {
        let targets = (1...max(1, count)).prefix(count).map { number in
            let asset = AssetRegistration(name: "web-\(number)", address: "10.0.1.\(number)")
            return RolloutTarget(
                asset: asset.asset, host: asset.host, site: "default",
                stratum: (number % 3 == 0 ? debian13 : debian12).description,
                criticality: "medium")
        }
        return RolloutPlanner.Request(
            rollout: StreamID(prefix: "ro", uuid(1)), patch: PatchStory.id,
            artefactDigest: Digest(of: "artefact"), pins: [Sample.pin], checks: Sample.checks,
            targets: targets, riskClass: .important, policy: Policy(),
            startsAt: PatchStory.origin)
    }

    @Test("I16: the same request in any order gives the same plan, each target once")
    func stable() throws {
        var random = SeededRandom.fresh("planner")
        var request = try request(40)
        let plan = try RolloutPlanner.plan(request)
        for _ in 0..<10 {
            request.targets.shuffle(using: &random)
            #expect(try RolloutPlanner.plan(request) == plan)
        }
        let planned = plan.batches.joined().map(\.asset)
        #expect(Set(planned) == Set(request.targets.map(\.asset)) && planned.count == 40)
    }

    @Test("The canary has one asset of each platform, whatever the batches say")
    func canary() throws {
        var request = try request(12)
        request.batches = "1,rest"
        let plan = try RolloutPlanner.plan(request)
        #expect(Set(plan.batches[0].map(\.stratum)).count == 2 && plan.batches[0].count == 2)
    }

    @Test("A plan that can't be right is refused, naming field and value")
    func faults() throws {
        func words(_ change: (inout RolloutPlanner.Request) -> Void) throws -> String {
            var request = try request(4)
            change(&request)
            do {
                _ = try RolloutPlanner.plan(request)
                return "no fault"
            } catch {
                return error.description
            }
        }
        #expect(try words { $0.targets = [] }.hasPrefix("targets is empty"))
        #expect(try words { $0.soakSeconds = [] }.hasPrefix("soak_seconds is empty"))
        #expect(try words { $0.soakSeconds = [-1] }.hasPrefix("soak_seconds is -1"))
        #expect(try words { $0.capacity = 0 }.hasPrefix("capacity is 0"))
        #expect(try words { $0.pins = [] }.hasPrefix("pins is empty"))
        #expect(try words { $0.progressDeadlineSeconds = 0 }.hasPrefix("progress_deadline"))
        #expect(try words { $0.gate.maxPercent = 101 }.hasPrefix("max_percent is 101"))
        #expect(try words { $0.targets.append($0.targets[0]) }.contains("twice"))
    }
}
