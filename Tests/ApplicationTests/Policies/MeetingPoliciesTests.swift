import EventSourcing
import Foundation
import PatchManagement
import Synchronization
import Testing

@testable import Application

/// A policy that doesn't fit to one above it is ignored, so none may be published that makes it so.
@Suite("A publication switches off no policy of another scope", .timeLimit(.minutes(2)))
struct MeetingPoliciesTests {
    private static let account = #"{"classification":{"sla":{"important_seconds":604800}}}"#
    private static let berlin = """
        {"classification":{"sla":{"urgent_seconds":864000},"defaults":{"exposure":"public"}},\
        "rollout":{"gate":{"max_percent":0}}}
        """

    private func ignored(_ house: House) async throws -> [PolicyScope] {
        try await house.useCases.effectivePolicy(
            site: "berlin", group: nil, asset: nil, gustav, Moment()
        ).policy.ignored
    }

    @Test("What was published below since the what-if is looked at again")
    func since() async throws {
        try await withHouse { house in
            let digest = try await house.examined(Self.account, "account")
            try await house.publish(Self.berlin, "site:berlin")
            #expect(
                try await house.code(house.order(rolf)) {
                    try await house.useCases.publishPolicy(
                        "account", digest: digest, reason: "r", $0)
                } == "policy-does-not-fit")
            #expect(try await ignored(house).isEmpty)
        }
    }

    @Test("What is published below in the same moment is looked at too")
    func meanwhile() async throws {
        try await withHouse { house in
            let account = try await house.examined(Self.account, "account")
            let berlin = try await house.examined(Self.berlin, "site:berlin")
            let isDone = Mutex(false)
            let store = MeddlingStore(store: house.store, type: PolicyPublished.type) {
                guard
                    !isDone.withLock({ done in
                        defer { done = true }
                        return done
                    })
                else { return }
                _ = try await house.useCases.publishPolicy(
                    "site:berlin", digest: berlin, reason: "first", house.order(rolf))
            }
            let others = UseCases(
                bus: CommandBus(store: store), store: store, reads: house.useCases.reads,
                sealedLog: house.useCases.sealedLog, subjectKeys: house.useCases.subjectKeys,
                now: { house.clock.now }, newID: { UUID() })
            #expect(
                try await house.code(house.order(rolf)) {
                    try await others.publishPolicy("account", digest: account, reason: "r", $0)
                } == "policy-does-not-fit")
            #expect(isDone.withLock { $0 })
            #expect(try await ignored(house).isEmpty)
        }
    }

    @Test("What can't all be looked at is a fault of the proposal")
    func cut() {
        let book = PolicyBook()
        let trial = PolicyTrial(
            scope: .account, path: PolicyPath(), before: book, after: book,
            now: Timestamp(seconds: 1_800_000_000))
        var look = PolicyLook(trial)
        look.check(PolicyCrossings(sites: [nil], groups: [nil], assets: []))
        #expect(look.faults.isEmpty)
        let groups = (0...PolicyCrossings.most).map { "g\($0)" }
        look.check(PolicyCrossings(sites: [nil], groups: groups, assets: []))
        #expect(look.faults.count == 1)
    }
}
