import EventSourcing
import Testing

@testable import PatchManagement

typealias DisasterStory = StreamStory<DisasterDecider>

@Suite("Disasters")
struct DisasterTests {
    static let id = StreamID(prefix: "di", uuid(73))
    static let carl = EmergencyTests.carl

    static func plan(_ steps: [String] = ["cut off", "restore", "check"]) -> DisasterPlan {
        DisasterPlan(
            name: "the north burns", owner: "web", steps: steps, goal: Moments.days(1),
            reason: "all of it is down")
    }

    static func declared() throws -> DisasterStory {
        var story = DisasterStory()
        try story.tell(.declare(plan(), disaster: id), by: carl)
        return story
    }

    @Test("Each step is an event of its own, and it is closed when all are done")
    func steps() throws {
        var story = try Self.declared()
        try story.tell(.finishStep(2, note: "from yesterday"), by: anna)
        #expect(
            story.refusal(of: .close(reason: "up", leavesOpen: false), by: Self.carl)
                == .stepsOpen([1, 3]))
        #expect(try story.tell(.finishStep(2, note: "again"), by: anna) == [])
        for step in [0, 4] {
            #expect(
                story.refusal(of: .finishStep(step, note: "x"), by: anna)
                    == .noSuchStep(step, count: 3))
        }
        try story.tell(.finishStep(1, note: "cut"), by: anna)
        try story.tell(.finishStep(3, note: "well"), by: anna)
        try story.tell(.close(reason: "up", leavesOpen: false), by: Self.carl)
        #expect(story.state.phase == .closed)
        #expect(story.timers.isEmpty)
        #expect(story.refusal(of: .finishStep(1, note: "x"), by: anna) == .closed)
        #expect(
            story.types == [
                "DisasterDeclared", "StepDone", "StepDone", "StepDone", "DisasterClosed",
            ])
    }

    @Test("A goal that is missed shows, and steps are left out only knowingly")
    func overdue() throws {
        var story = try Self.declared()
        #expect(story.refusal(of: .timer(.goal), by: clock) == .notDueYet(Moments.days(1)))
        story.now = try unwrapped(story.timers["disaster-goal"])
        try story.tell(.timer(.goal), by: clock, timer: "disaster-goal")
        #expect(story.state.phase == .overdue)
        try story.tell(.close(reason: "rebuilt elsewhere", leavesOpen: true), by: Self.carl)
        guard case .closed(let closed) = story.events.last else {
            Issue.record("it is open")
            return
        }
        #expect(closed.open == [1, 2, 3])
    }

    @Test("A plan has a name, an owner, steps and a goal to come")
    func plans() {
        func code(_ plan: DisasterPlan) -> String? {
            DisasterStory().refusal(of: .declare(plan, disaster: Self.id), by: Self.carl)?.code
        }
        #expect(code(Self.plan([])) == "bad-steps")
        #expect(code(Self.plan(["a", "a"])) == "bad-steps")
        #expect(code(Self.plan(["a", " "])) == "bad-steps")
        let past = DisasterPlan(
            name: "x", owner: "y", steps: ["a"], goal: Moments.days(0), reason: "z")
        #expect(code(past) == "goal-in-the-past")
        #expect(code(Self.plan()) == nil)
    }
}
