import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Service packs hold other patches, and vendors' sets are one patch")
struct ServicePackTests {
    private let pack = StreamID(prefix: "pa", uuid(41))

    @Test("Only a service pack holds patches, each once, and never itself")
    func faults() throws {
        let identified = RelatedPatches.pack()
        #expect(identified.faults.isEmpty)
        #expect(identified.holds == [RelatedPatches.member, RelatedPatches.other].sorted())
        #expect(RelatedPatches.pack(kind: .update).faults.map(\.field) == ["holds"])
        #expect(
            RelatedPatches.pack(holding: [production(1)]).faults.map(\.field) == ["holds"])
        let many = (0..<201).map { StreamID(prefix: "pa", uuid(1000 + UInt64($0))) }
        #expect(RelatedPatches.pack(holding: many).faults.map(\.field) == ["holds"])
        #expect(
            PatchStory().refusal(
                of: .identify(
                    RelatedPatches.pack(holding: [PatchStory.id]), patch: PatchStory.id,
                    policy: PatchPolicy()), by: vera)?.code == "bad-holds")
    }

    @Test("A pack brings what its members bring, in their version or a later one")
    func lacking() {
        let pack = RelatedPatches.pack()
        func lacking(_ name: String, _ version: String) -> [String] {
            pack.lacking(of: RelatedPatches.part("x", [name], version: version)).map(\.name)
        }
        #expect(lacking("curl", "7.88.1-2").isEmpty)
        #expect(lacking("curl", "7.88.1-1").isEmpty)
        #expect(lacking("curl", "1:7.0-1") == ["curl"])
        #expect(lacking("wget", "1.21-1") == ["wget"])
    }

    @Test(
        "A verified pack names what it holds, and the assets that its approval was for: no others")
    func verified() throws {
        let targets = ApplicableAssets((1...3).map { (production($0), debian12) })
        let story = try RelatedPatches.verifiedPack(for: targets)
        guard case .verified(let event) = try unwrapped(story.events.last) else {
            throw Missing()
        }
        #expect(
            event.pack
                == PackContents(
                    holds: [RelatedPatches.member, RelatedPatches.other].sorted(),
                    covered: targets.assets))
        var plain = try PatchStory.approved()
        try plain.tell(
            .observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        guard case .verified(let event) = try unwrapped(plain.events.last) else {
            throw Missing()
        }
        #expect(event.pack == nil)
    }

    @Test("A member without remaining assets is resolved by its pack, once, wherever it stands")
    func resolved() throws {
        let stories = [
            try PatchStory.assessed(), try PatchStory.acquired(),
            try PatchStory.testing(), try PatchStory.tested(), try PatchStory.awaitingApproval(),
            try PatchStory.approved(),
        ]
        for var story in stories {
            let before = story.state
            try story.tell(.holdInPack(pack), by: workflow)
            #expect(story.state == before)
            try story.tell(.resolveInPack(pack, remaining: 0), by: workflow)
            #expect(story.state == .resolvedElsewhere, "\(String(describing: before))")
            #expect(!story.patch.mayStartRollout(at: story.now))
            #expect(story.activities.isEmpty && story.timers.isEmpty)
            #expect(try story.tell(.resolveInPack(pack, remaining: 0), by: workflow).isEmpty)
            // A test proves that every state has a way out: an analyst takes it back.
            try story.tell(.reopen(reason: "the pack was not enough"), by: anna)
            #expect(story.state != .resolvedElsewhere)
        }
    }

    @Test("A member that nobody has assessed stays open: it may apply where the pack doesn't")
    func unassessed() throws {
        var story = try PatchStory.identified()
        try story.tell(.holdInPack(pack), by: workflow)
        #expect(try story.tell(.resolveInPack(pack, remaining: 0), by: workflow).isEmpty)
        #expect(story.state == .identified)
    }

    @Test("With assets outside of the pack, or rollouts open, a member is marked and goes on")
    func marked() throws {
        var story = try PatchStory.assessed()
        try story.tell(.resolveInPack(pack, remaining: 2), by: workflow)
        #expect(story.state == .assessed)
        #expect(story.patch.membership == PackMembership(pack: pack, remaining: 2))
        #expect(try story.tell(.resolveInPack(pack, remaining: 2), by: workflow).isEmpty)
        var rolling = try PatchStory.approved()
        try rolling.tell(.observeRollouts(Sample.overview(.running)), by: workflow)
        try rolling.tell(.resolveInPack(pack, remaining: 0), by: workflow)
        #expect(rolling.state == .deploying)
    }

    @Test("What is settled already stays as it is; what is put off is resolved all the same")
    func settled() throws {
        var story = try PatchStory.assessed()
        try story.tell(.withdraw(reason: "recalled"), by: vera)
        #expect(try story.tell(.resolveInPack(pack, remaining: 0), by: workflow).isEmpty)
        var later = try PatchStory.assessed()
        try later.tell(
            .defer(until: later.now + .seconds(86_400), reason: "the season"), by: rolf)
        try later.tell(.resolveInPack(pack, remaining: 0), by: workflow)
        #expect(later.state == .resolvedElsewhere)
        // Its timer finds nothing to end.
        later.pass(.seconds(2 * 86_400))
        #expect(try later.tell(.timer(.deferralEnd), by: clock).isEmpty)
    }

    @Test("A set is one patch with all packages of its parts, each with its own source")
    func set() throws {
        let set = try RelatedPatches.set()
        #expect(set.faults.isEmpty)
        #expect(set.purpose == .security)
        #expect(set.packages.map(\.name) == ["curl", "libcurl4", "libnghttp2-14"])
        #expect(set.source(of: "libnghttp2-14") == "nghttp2")
        #expect(set.source(of: "libcurl4") == "curl")
        #expect(
            WatchedPatch(set).sources
                == ["curl": "curl", "libcurl4": "curl", "libnghttp2-14": "nghttp2"])
        #expect(WatchedPatch(Sample.identification).sources == nil)
    }

    @Test("A hotfix for security is never combined with others; everything else may wait for them")
    func combined() {
        for kind in PatchKind.allCases {
            for purpose in PatchPurpose.allCases {
                let isAlone = kind == .hotfix && purpose == .security
                #expect(kind.mayWaitForOthers(purpose) == !isAlone)
            }
        }
    }

    @Test("What can't be one patch is refused: one alone, another kind, another set, two versions")
    func noSet() throws {
        let curl = (RelatedPatches.member, RelatedPatches.part("curl", ["curl"]))
        func refusal(_ parts: [(StreamID, PatchIdentification)]) throws -> String? {
            do {
                let set = try PatchGrouping.identification(
                    vendorID: "DSA-1", title: "x",
                    of: parts.map { (patch: $0.0, identification: $0.1) })
                return set.faults.first?.field
            } catch {
                return error.code
            }
        }
        #expect(try refusal([curl]) == "bad-patches")
        #expect(
            try refusal([
                curl, (RelatedPatches.other, RelatedPatches.part("x", ["x"], kind: .firmware)),
            ]) == "bad-patches")
        #expect(
            try refusal([curl, (RelatedPatches.other, try RelatedPatches.set())]) == "bad-patches")
        #expect(
            try refusal([
                curl, (RelatedPatches.other, RelatedPatches.part("c2", ["curl"], version: "9")),
            ]) == "packages")
    }
}
