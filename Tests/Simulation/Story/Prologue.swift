import PatchManagement
import SimulatedFleet

@testable import EventSourcing

/// What happened before a story begins: people were appointed, hosts scanned, two patches tested and
/// approved, and the bundle of both. Most stories begin behind it, as it costs as much as all the rest; those that begin with
/// nothing go through it in bad weather.
struct Prologue: Sendable {
    let state: InMemoryState
    let testimony: SimulatedSystem.Testimony
    let fleet: SimulatedFleet
    let hosts: [AssetRegistration]
    let patches: [StreamID]
    let now: Timestamp

    init(_ story: Story) {
        state = story.store.withState { state in
            var state = state
            state.leaders = []
            return state
        }
        testimony = story.system.testimony
        fleet = story.system.fleet
        hosts = story.hosts
        patches = story.patches
        now = story.now
    }

    static let sources = ["pf-demo", "pf-slow"]

    /// By the number of production hosts.
    static func of(_ production: Int) throws -> Prologue {
        switch production {
        case ...2: try two.get()
        case 3...4: try four.get()
        default: try six.get()
        }
    }

    private static let two = Result { try told(2) }
    private static let four = Result { try told(4) }
    private static let six = Result { try told(6) }

    private static func told(_ production: Int) throws -> Prologue {
        var story = Story(seed: UInt64(production), after: nil)
        try story.begin(production: production)
        for source in sources {
            guard try story.approvedPatch(source) != nil else {
                throw story.stuck("\(source) was not approved")
            }
        }
        guard try story.approvedBundle() != nil else {
            throw story.stuck("the bundle was not approved")
        }
        // What follows from the approvals, and not until they run out.
        try story.run(until: story.now + .seconds(30))
        story.installation.killAll()
        return Prologue(story)
    }
}
