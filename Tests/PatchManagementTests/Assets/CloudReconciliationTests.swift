import EventSourcing
import Support
import Testing

@testable import PatchManagement

@Suite("A cloud's list held against the assets")
struct CloudReconciliationTests {
    private static let scope = CloudScope(provider: .aws, account: "1", region: "eu-west-1")

    private static func id(_ name: String) -> StreamID {
        AssetRegistration(name: name, address: name).asset
    }

    private static func instance(
        _ id: String, _ addresses: [String] = [], name: String? = nil, group: String? = nil,
        image: String? = nil
    ) -> CloudInstance {
        CloudInstance(
            id: id, name: name, state: .running, addresses: addresses,
            hostNames: name.map { [$0] } ?? [], image: image, group: group)
    }

    private static func asset(
        _ name: String, _ addresses: [String] = [], is instance: CloudInstance? = nil,
        in scope: CloudScope = scope, isEphemeral: Bool = false
    ) -> CloudReconciliation.KnownAsset {
        CloudReconciliation.KnownAsset(
            id: id(name), name: name, addresses: addresses,
            cloud: instance.map { CloudObservation(scope: scope, instance: $0) },
            isEphemeral: isEphemeral)
    }

    private func reconcile(
        _ instances: [CloudInstance], _ assets: [CloudReconciliation.KnownAsset]
    ) -> CloudReconciliation {
        CloudReconciliation(CloudList(scope: Self.scope, instances: instances), assets)
    }

    @Test("What it was before counts first, then the only one with its address or name")
    func matches() {
        let known = Self.instance("i-1", ["10.0.0.1"])
        let outcome = reconcile(
            [
                Self.instance("i-1", ["10.0.0.9"]), Self.instance("i-2", ["10.0.0.2"]),
                Self.instance("i-3", [], name: "db"), Self.instance("i-4", ["10.0.0.4"]),
            ],
            [
                Self.asset("web", ["10.0.0.1"], is: known), Self.asset("app", ["10.0.0.2"]),
                Self.asset("db", ["192.0.2.1"]), Self.asset("other", ["10.0.0.9"]),
            ])
        #expect(outcome.managed.map(\.name) == ["web", "app", "db"])
        #expect(outcome.managed.map(\.match) == [.instance, .address, .hostName])
        #expect(outcome.unmanaged.map(\.id) == ["i-4"])
        #expect(outcome.gone.isEmpty && outcome.ambiguous.isEmpty)
    }

    @Test("Where two fit, none is taken: neither two assets for one nor one asset for two")
    func ambiguity() {
        let outcome = reconcile(
            [
                Self.instance("i-1", ["10.0.0.1"], name: "b"),
                Self.instance("i-2", ["10.0.0.7"]), Self.instance("i-3", ["10.0.0.7"]),
            ],
            [Self.asset("a", ["10.0.0.1"]), Self.asset("b"), Self.asset("c", ["10.0.0.7"])])
        #expect(outcome.managed.isEmpty && outcome.unmanaged.isEmpty)
        #expect(outcome.ambiguous.map(\.assets) == [["a", "b"], ["c"], ["c"]])
    }

    @Test("A private address that another account has as well proves nothing")
    func otherNetworks() {
        let other = CloudScope(provider: .aws, account: "2", region: "eu-west-1")
        let there = Self.asset(
            "there", ["10.0.0.1"], is: Self.instance("i-77", ["10.0.0.1", "8.8.4.4"]), in: other)
        let here = Self.asset("here", ["10.0.0.1", "8.8.4.4"])
        func outcome(_ addresses: [String], name: String? = nil) -> CloudReconciliation {
            reconcile([Self.instance("i-1", addresses, name: name)], [there, here])
        }
        let doubtful = outcome(["10.0.0.1"])
        #expect(doubtful.ambiguous.map(\.assets) == [["here"]])
        #expect(doubtful.managed.isEmpty && doubtful.unmanaged.isEmpty)
        let isPublic = outcome(["10.0.0.1", "8.8.4.4"])
        #expect(isPublic.managed.map(\.name) == ["here"])
        #expect(outcome(["10.0.0.1"], name: "here").managed.map(\.name) == ["here"])
        let unused = reconcile(
            [Self.instance("i-2", ["10.0.0.2"])], [there, Self.asset("app", ["10.0.0.2"])])
        #expect(unused.managed.map(\.name) == ["app"])
    }

    @Test("What runs on an instance shares its address, and is none")
    func applications() {
        func asset(_ name: String, _ kind: AssetKind) -> CloudReconciliation.KnownAsset {
            CloudReconciliation.KnownAsset(
                id: Self.id(name), name: name, kind: kind, addresses: ["10.0.0.1"])
        }
        let others = [
            asset("shop", .application), asset("bios", .firmware), asset("img", .image),
        ]
        let list = [Self.instance("i-1", ["10.0.0.1"])]
        #expect(reconcile(list, others).unmanaged.map(\.id) == ["i-1"])
        let outcome = reconcile(list, others + [asset("host", .machine)])
        #expect(outcome.managed.map(\.name) == ["host"])
    }

    @Test(
        "Gone is what this list covers and lacks; an address that comes again is another instance")
    func gone() {
        let other = CloudScope(provider: .aws, account: "1", region: "us-east-1")
        let outcome = reconcile(
            [Self.instance("i-9", ["10.0.0.1"])],
            [
                Self.asset("web", ["10.0.0.1"], is: Self.instance("i-1")),
                Self.asset("far", is: Self.instance("i-2"), in: other), Self.asset("metal"),
            ])
        #expect(outcome.gone.map(\.name) == ["web"])
        #expect(outcome.unmanaged.map(\.id) == ["i-9"])
    }

    @Test("An instance of a group is replaced by the new one of it, if that can be told")
    func successors() {
        let old = Self.asset(
            "old", is: Self.instance("i-1", group: "web"), isEphemeral: true)
        let second = Self.asset(
            "second", is: Self.instance("i-2", group: "web"), isEphemeral: true)
        func new(_ number: Int, image: String?) -> CloudInstance {
            Self.instance("n-\(number)", ["10.0.1.\(number)"], group: "web", image: image)
        }
        let fresh = [Self.asset("new-1", ["10.0.1.1"]), Self.asset("new-2", ["10.0.1.2"])]
        let one = reconcile([new(1, image: nil)], [old, fresh[0]])
        #expect(one.gone.map(\.successor) == [Self.id("new-1")])
        let unlike = reconcile(
            [new(1, image: "a"), new(2, image: "b")], [old, second] + fresh)
        #expect(unlike.gone.map(\.successor) == [nil, nil], "who follows whom makes a difference")
        let alike = reconcile([new(1, image: "a"), new(2, image: "a")], [old, second] + fresh)
        #expect(Set(alike.gone.compactMap(\.successor)) == Set(fresh.map(\.id)))
        let pet = Self.asset("pet", is: Self.instance("i-1", group: "web"))
        #expect(
            reconcile([new(1, image: "a")], [pet, fresh[0]]).gone.map(\.successor) == [nil],
            "what isn't declared ephemeral is nobody's to replace")
    }

    @Test("Who follows whom is told until the old one is ended, however many lists come between")
    func carried() {
        func asset(
            _ name: String, _ instance: CloudInstance, isGone: Bool = false
        ) -> CloudReconciliation.KnownAsset {
            CloudReconciliation.KnownAsset(
                id: Self.id(name), name: name, addresses: [],
                cloud: CloudObservation(scope: Self.scope, instance: instance), isGone: isGone,
                isEphemeral: true)
        }
        let (old, new) = (
            Self.instance("i-1", group: "web"), Self.instance("n-1", ["10.0.1.1"], group: "web")
        )
        let first = CloudReconciliation(
            CloudList(scope: Self.scope, instances: [new]),
            [asset("old", old), Self.asset("new", ["10.0.1.1"])])
        #expect(first.gone.map(\.successor) == [Self.id("new")])
        let noted = [asset("old", old, isGone: true), asset("new", new)]
        let list = CloudList(scope: Self.scope, instances: [new])
        let second = CloudReconciliation(list, noted, after: first)
        #expect(second.gone.map(\.successor) == [Self.id("new")])
        #expect(CloudReconciliation(list, noted, after: second) == second)
        // After a crash the assets are noted, and no list came to anything yet.
        #expect(CloudReconciliation(list, noted).gone == first.gone)
        // One that was there all the time follows nobody.
        let third = CloudReconciliation(
            list, [asset("old", old), asset("new", new)],
            after: CloudReconciliation(
                CloudList(scope: Self.scope, instances: [old, new]),
                [asset("old", old), asset("new", new)]))
        #expect(third.gone.map(\.successor) == [nil])
    }

    @Test("Every instance stands in one column, no asset twice, whatever the order")
    func property() throws {
        var random = SeededRandom.fresh("a cloud's list")
        for _ in 0..<300 {
            let addresses = (0..<6).map { "10.0.0.\($0)" }
            let groups: [String?] = [nil, "a", "b"]
            var instances: [CloudInstance] = []
            for number in 0..<random.below(8) {
                instances.append(
                    Self.instance(
                        "i-\(number)", [random.pick(addresses)],
                        name: random.chance(30) ? "h\(random.below(6))" : nil,
                        group: random.pick(groups), image: random.pick([nil, "x"])))
            }
            var assets: [CloudReconciliation.KnownAsset] = []
            for number in 0..<random.below(8) {
                let known =
                    random.chance(40) ? Self.instance("i-\(random.below(10))", group: "a") : nil
                assets.append(
                    Self.asset(
                        "h\(number)", [random.pick(addresses)], is: known,
                        isEphemeral: random.chance(50)))
            }
            let outcome = reconcile(instances, assets)
            let words: Comment = "seed \(random.seed)"
            let columns =
                outcome.managed.map(\.instance.id) + outcome.unmanaged.map(\.id)
                + outcome.ambiguous.map(\.instance.id)
            #expect(columns.sorted() == instances.map(\.id).sorted(), words)
            let used = outcome.managed.map(\.asset)
            #expect(Set(used).count == used.count, words)
            #expect(Set(outcome.gone.map(\.asset)).isDisjoint(with: used), words)
            let heirs = outcome.gone.compactMap(\.successor)
            #expect(Set(heirs).count == heirs.count && Set(heirs).isSubset(of: used), words)
            #expect(outcome.counts.instances == instances.count, words)
            let again = reconcile(
                instances.shuffled(using: &random), assets.shuffled(using: &random))
            #expect(again.document.digest == outcome.document.digest, words)
            // What is noted on the assets holds at the next list.
            let noted = assets.map { asset -> CloudReconciliation.KnownAsset in
                guard let managed = outcome.managed.first(where: { $0.asset == asset.id }) else {
                    return asset
                }
                return Self.asset(
                    asset.name, Array(asset.addresses), is: managed.instance,
                    isEphemeral: asset.isEphemeral)
            }
            let next = reconcile(instances, noted)
            #expect(Set(used).isSubset(of: next.managed.map(\.asset)), words)
        }
    }

    private func reconciling(
        _ instances: Int, day: Int, _ outcome: String = "outcome"
    ) -> CloudReconciling {
        CloudReconciling(
            scope: Self.scope, list: Digest(of: "list \(day)"), taken: Moments.days(day),
            outcome: Digest(of: outcome),
            counts: CloudCounts(
                instances: instances, managed: instances, unmanaged: 0, ambiguous: 0, gone: 0))
    }

    @Test("A list that is older, shrunk by more than half or from the future is refused")
    func refusals() throws {
        var account = CloudAccount()
        func tell(
            _ list: CloudReconciling, accepts: Bool = false, at day: Int = 9
        ) throws -> [CloudAccountEvent] {
            let context = CommandContext(
                actor: Actor(id: "pe_1", role: "analyst"), at: Moments.days(day),
                commandID: uuid(1))
            let events = try CloudAccountDecider.decide(
                .reconcile(list, acceptsShrink: accepts), context, account)
            for event in events { CloudAccountDecider.evolve(&account, event) }
            return events
        }
        #expect(try tell(reconciling(10, day: 2)).count == 1)
        #expect(try tell(reconciling(10, day: 2)).isEmpty, "the same again says nothing")
        guard case .confirmed = try tell(reconciling(10, day: 3)).first else {
            Issue.record("what comes to the same confirms")
            return
        }
        #expect(throws: CloudRejection.older(taken: Moments.days(2), known: Moments.days(3))) {
            try tell(reconciling(10, day: 2, "other"))
        }
        #expect(try tell(reconciling(5, day: 4, "half")).count == 1, "half is not more than half")
        #expect(throws: CloudRejection.shrunk(from: 5, to: 2)) {
            try tell(reconciling(2, day: 5, "fewer"))
        }
        #expect(throws: CloudRejection.shrunk(from: 5, to: 0)) {
            try tell(reconciling(0, day: 5, "none"))
        }
        guard
            case .reconciled(let event) = try tell(reconciling(2, day: 5, "fewer"), accepts: true)
                .first
        else {
            Issue.record("what somebody accepts is taken")
            return
        }
        #expect(event.isShrinkAccepted == true && event.before == Digest(of: "half"))
        do throws(CloudRejection) {
            _ = try CloudAccountDecider.decide(
                .reconcile(reconciling(2, day: 30, "later"), acceptsShrink: false),
                CommandContext(
                    actor: Actor(id: "pe_1", role: "analyst"), at: Moments.days(9),
                    commandID: uuid(1)), account)
            Issue.record("a list of the future was taken")
        } catch {
            #expect(error.code == "bad-taken_at")
        }
    }

    @Test("An asset is one instance, until its account has that no longer")
    func assets() throws {
        var asset = Asset()
        func tell(_ command: AssetCommand) throws -> [AssetEvent] {
            let events = try AssetDecider.decide(
                command,
                CommandContext(
                    actor: Actor(id: "pe_1", role: "analyst"), at: Moments.days(1),
                    commandID: uuid(1)), asset)
            for event in events { AssetDecider.evolve(&asset, event) }
            return events
        }
        func observe(_ id: String) -> AssetCommand {
            .observeInstance(
                CloudObservation(scope: Self.scope, instance: Self.instance(id, image: "ami-1")),
                by: .address)
        }
        let registration = AssetRegistration(name: "web", address: "10.0.0.1")
        _ = try tell(.register(registration))
        #expect(try tell(.missInstance(list: Digest(of: "l"))).isEmpty, "it never was one")
        #expect(try tell(observe("i-1")).count == 1)
        #expect(try tell(observe("i-1")).isEmpty, "unchanged it costs nothing")
        #expect(asset.image == "ami-1")
        #expect(throws: AssetRejection.otherInstance("web", known: "i-1")) {
            try tell(observe("i-2"))
        }
        #expect(try tell(.missInstance(list: Digest(of: "l"))).count == 1)
        #expect(try tell(.missInstance(list: Digest(of: "l"))).isEmpty)
        #expect(try tell(observe("i-1")).count == 1, "it is back")
        #expect(!asset.isGoneFromCloud)
        // A successor is linked once, and never to itself.
        let old = Self.id("old")
        #expect(try tell(.succeed(old)).count == 1)
        #expect(try tell(.succeed(old)).isEmpty)
        #expect(throws: AssetRejection.otherPredecessor("web", known: old)) {
            try tell(.succeed(Self.id("older")))
        }
        #expect(throws: AssetRejection.ownSuccessor("web")) {
            try tell(.decommission(reason: "gone", successor: registration.asset))
        }
        _ = try tell(.decommission(reason: "gone", successor: Self.id("new")))
        #expect(throws: AssetRejection.isDecommissioned("web")) { try tell(observe("i-1")) }
    }
}
