import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Support
import Testing

@testable import Projections

/// I12: a parked event is folded late only where the rows come out as if it had never been parked.
@Suite struct ParkedRetryTests {
    @Test func aRetryGivesTheRowsOfARebuildOrRefuses() async throws {
        try await withBooks { books in
            var history = History("retry", books)
            var folded = 0
            var refused = 0
            for round in 0..<6 {
                try await history.live(steps: 80)
                let head = try await books.store.head()
                let reached = try await books.reads.position()
                let poison = (0..<2).map { _ in
                    reached + 1 + Int64(history.random.below(Int(head - reached)))
                }
                try await books.fold(Adjusted(poison: Set(poison)))
                let parked = try await books.parked()
                #expect(Set(parked).isSuperset(of: poison))

                let results = try await books.retry.retry()
                #expect(results.map(\.position) == parked)
                let isWhole = results.allSatisfy {
                    if case .folded = $0.outcome { true } else { false }
                }
                if isWhole {
                    folded += 1
                    #expect(try await books.parked().isEmpty)
                    let report = try await books.rebuild.verify()
                    #expect(report.isEqual, "round \(round), \(poison): \(report.differences)")
                } else {
                    refused += 1
                    #expect(
                        results.contains {
                            guard case .needsRebuild(let later, _) = $0.outcome else {
                                return false
                            }
                            return later > $0.position && later <= head
                        }, "\(results)")
                    #expect(try await books.rebuild.replace().otherParked == 0)
                    #expect(try await books.rebuild.verify().isEqual)
                }
            }
            // The last event of all can always be folded late.
            try await history.live(steps: 20)
            let head = try await books.store.head()
            try await books.fold(Adjusted(poison: [head]))
            #expect(try await books.parked() == [head])
            let result = try #require(try await books.retry.retry([head]).first)
            guard case .folded = result.outcome else {
                Issue.record("\(result), after \(folded) folded and \(refused) refused")
                return
            }
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    @Test func theWholeStreamThatWaitedForItsFirstEventIsFoldedInItsOrder() async throws {
        try await withBooks { books in
            var history = History("first event", books)
            for name in ["lonely-1", "lonely-2"] {
                let asset = AssetRegistration(
                    name: name, address: "10.9.0.1", environment: .lab, group: "lab")
                for command in [
                    AssetCommand.register(asset), .decommission(reason: "sold"),
                ] {
                    try await history.send(
                        command, to: asset.asset, as: AssetDecider.self, by: .vera)
                }
            }
            try await books.fold(Adjusted(poison: [1]))
            let parked = try await books.parked()
            #expect(parked.first == 1)
            let before = try await books.generations.parked(in: books.live())
            #expect(before.first?.type == "AssetRegistered")
            #expect(before.first?.stream?.hasPrefix("as_") == true)
            let results = try await books.retry.retry()
            #expect(results.map(\.position) == parked)
            #expect(
                results.allSatisfy { if case .folded = $0.outcome { true } else { false } },
                "\(results)")
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    @Test func anEventThatStillCannotBeFoldedStaysParkedAndItsTriesAreCounted() async throws {
        try await withBooks { books in
            var history = History("still poisonous", books)
            let head = try await history.live(steps: 60)
            let poison = Adjusted(poison: [head])
            try await books.fold(poison)
            // What was proved before doesn't hold once a row has changed.
            _ = try await Rebuild(
                store: books.store, pool: books.pool, fold: poison, logger: quiet
            ).verify()
            #expect(try await books.generations.all().first?.verified?.position == head)
            let again = ParkedRetry(store: books.store, pool: books.pool, fold: poison)
            for _ in 0..<2 {
                let outcome = try await again.retry().first?.outcome
                guard case .failed(let reason) = outcome else {
                    Issue.record("\(String(describing: outcome))")
                    return
                }
                #expect(reason.contains("Poisoned"))
            }
            let parked = try #require(try await books.generations.parked(in: books.live()).first)
            #expect(parked.retries == 2)
            #expect(parked.retriedAt != nil)
            #expect(try await books.retry.retry([1]).first?.outcome == .notParked)

            #expect(try await books.retry.retry([head]).first.map(\.position) == head)
            #expect(try await books.parked().isEmpty)
            #expect(try await books.generations.all().first?.verified == nil)
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    /// Nothing is wrong with an event that a newer program wrote: the read models wait for that
    /// program instead of going on without it.
    @Test func anEventOfANewerSchemaVersionIsWaitedForAndNotParked() async throws {
        try await withBooks { books in
            var history = History("newer event", books)
            let before = try await history.live(steps: 60)
            let newer = try await books.store.append(
                AppendRequest(
                    context: CommandContext(
                        actor: Actor(id: "pe_1", role: "analyst"),
                        at: Timestamp(seconds: 1_767_225_600), commandID: UUID()),
                    requestDigest: Digest(of: "newer"),
                    streams: [
                        StreamAppend(
                            stream: history.newID("as"), expectedVersion: 0,
                            events: [
                                NewEvent(
                                    type: "AssetDecommissioned", schemaVersion: 9,
                                    data: Array("{\"why\":7}".utf8))
                            ])
                    ]))
            let after = try await history.live(steps: 20)
            #expect(after > newer.lastPosition)
            await #expect {
                while try await books.projector.projectOnce() {}
            } throws: { error in
                "\(error)".hasPrefix(
                    "event \(newer.lastPosition): schema version 9 of 'AssetDecommissioned' is newer"
                )
            }
            #expect(try await books.reads.position() == before)
            #expect(try await books.parked().isEmpty)
            await #expect(throws: NewerThanProgram.self) { try await books.rebuild.replace() }
            #expect(try await books.generations.all().map(\.state) == [.live])
            // The newer program goes on from there.
            try await books.fold(Knowing(position: newer.lastPosition))
            #expect(try await books.reads.position() == after)
            #expect(try await books.parked().isEmpty)
        }
    }

    private struct Knowing: ViewFold {
        let definition = PatchflowFold().definition
        let position: Int64

        func keys(for event: RecordedEvent) throws -> [ViewKey] {
            try PatchflowFold().keys(for: event)
        }

        func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
            if event.position == position { return }
            try PatchflowFold().apply(event, to: &views)
        }
    }
}
