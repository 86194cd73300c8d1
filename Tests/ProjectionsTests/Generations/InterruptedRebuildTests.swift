import APIContract
import Foundation
import Postgres
import Subprocess
import Support
import Synchronization
import SystemPackage
import Testing

@testable import Projections

/// A rebuild that ends in the middle leaves the live read models as they are, and nothing for ever.
@Suite struct InterruptedRebuildTests {
    @Test func oneThatIsCancelledTakesItsGenerationWithIt() async throws {
        try await withBooks { books in
            var history = History("cancelled", books)
            // More than a page.
            while try await history.live(steps: 200) < 1200 {}
            try await books.project()
            let pages = Mutex(0)
            let rebuilding = Mutex<Task<Rebuild.Report, any Error>?>(nil)
            let rebuild = Rebuild(
                store: books.store, pool: books.pool, logger: quiet
            ) { progress in
                #expect(progress.position <= progress.target)
                pages.withLock { $0 += 1 }
                rebuilding.withLock { $0?.cancel() }
            }
            rebuilding.withLock { $0 = Task { try await rebuild.replace() } }
            let task = try #require(rebuilding.withLock { $0 })
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(pages.withLock { $0 } >= 1)
            #expect(try await books.generations.all().map(\.state) == [.live])
            #expect(try await books.rebuild.verify().isEqual)
        }
    }

    /// `kill -9` of the process itself, with its work in the middle of a page.
    @Test func oneThatIsKilledIsSeenToBeGoneAndRemovedByTheNext() async throws {
        try await withBooks { books in
            var history = History("killed", books)
            try await history.live(steps: 300)
            try await books.project()
            let live = try #require(try await books.generations.all().first)
            try await books.pool.withTransaction { connection in
                // The first page can't be stored as long as this transaction is open.
                try await connection.query("lock table patchflow.projection_rows in share mode")
                _ = try await Subprocess.run(
                    .path(FilePath(Installation.program)),
                    arguments: Arguments(["projection", "rebuild", "--database", books.address]),
                    input: .none, output: .discarded, error: .discarded
                ) { process in
                    try await books.wait(for: [.building, .live])
                    let status = try #require(try await books.generations.all().first)
                    #expect(status.building == .replace)
                    #expect(status.target == live.position)
                    try process.send(signal: .kill)
                }
                try await books.wait(for: [.abandoned, .live])
            }
            // Readers read what they read before.
            #expect(try await books.generations.all().last?.generation == live.generation)
            #expect(try await books.reads.position() == live.position)
            let report = try await books.rebuild.replace()
            #expect(report.isEqual)
            #expect(try await books.generations.all().map(\.state) == [.live, .former])
        }
    }

    /// The same binary as people run it, with the projector's rights and no others.
    @Test func theCommandsNeedNoMoreThanTheProjectorsRights() async throws {
        try await withBooks { books in
            var history = History("command line", books)
            let head = try await history.live(steps: 150)
            let poison = Projector(
                store: books.store, pool: books.pool, fold: Adjusted(poison: [head]),
                logger: quiet)
            while try await poison.projectOnce() {}
            let parked = try await run("parked", "-o", "jsonl", on: books)
            #expect(parked.status == .exited(0))
            let event = try WireJSON.decode(
                ParkedEventResource.self, from: Data(parked.output.utf8))
            #expect(event.position == head)
            #expect(event.reason.contains("Poisoned"))

            let retried = try await run("retry", "--all", on: books)
            #expect(retried.status == .exited(0), "\(retried)")
            #expect(retried.output.contains("folded"))
            let rebuilt = try await run("rebuild", "-o", "json", on: books)
            #expect(rebuilt.status == .exited(0), "\(rebuilt)")
            #expect(rebuilt.error.contains("folding: 100 %, \(head) of \(head)\n"))
            let comparison = try WireJSON.decode(
                ProjectionComparison.self, from: Data(rebuilt.output.utf8))
            #expect(comparison.stateHash == comparison.otherStateHash)
            #expect(comparison.live == comparison.projection)

            let list = try await run("list", "-o", "json", on: books)
            let page = try WireJSON.decode(
                ListPage<ProjectionResource>.self, from: Data(list.output.utf8))
            #expect(page.data.map(\.state) == ["live", "former"])
            #expect(page.data.first?.verified?.stateHash == comparison.stateHash)
            let hashes = try await run("hash", on: books)
            #expect(hashes.status == .exited(0), "\(hashes)")
            #expect(hashes.output.contains(comparison.stateHash))
            #expect(try await run("watch", on: books).status == .exited(0))

            let back = try await run("back", "-q", on: books)
            #expect(back.status == .exited(0), "\(back)")
            #expect(back.output.contains("generation \(page.data[1].id) is live again"))
            #expect(try await run("drop", page.data[1].id, on: books).status == .exited(1))
            #expect(try await run("drop", "--former", on: books).status == .exited(0))
            #expect(try await books.generations.all().map(\.state) == [.live])

            try await books.pool.query(
                "update patchflow.projection_rows set state = 'x' where to_position is null")
            let wrong = try await run("verify", on: books)
            #expect(wrong.status == .exited(9))
            #expect(wrong.output.contains("differs: "))
        }
    }

    private struct Answer {
        let status: TerminationStatus
        let output: String
        let error: String
    }

    private func run(_ words: String..., on books: Books) async throws -> Answer {
        let run = try await Subprocess.run(
            .path(FilePath(Installation.program)),
            arguments: Arguments(["projection"] + words + ["--database", books.address]),
            output: .string(limit: 100_000), error: .string(limit: 100_000))
        return Answer(
            status: run.terminationStatus, output: run.standardOutput, error: run.standardError)
    }
}

extension Books {
    /// For another process, as the projector.
    fileprivate var address: String {
        var parameters = pool.options.parameters
        parameters["user"] = "patchflow_projector"
        return parameters.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }
            .joined(separator: " ")
    }

    fileprivate func wait(for states: [GenerationStatus.State]) async throws {
        struct TooLong: Error { let seen: [GenerationStatus] }
        let end = ContinuousClock.now + .seconds(60)
        while true {
            let seen = try await generations.all()
            if seen.map(\.state) == states, states[0] != .building || seen[0].target != nil {
                return
            }
            guard ContinuousClock.now < end else { throw TooLong(seen: seen) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
