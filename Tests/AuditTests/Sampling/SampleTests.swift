import EventSourcing
import Foundation
import SimulatedFleet
import Subprocess
import Support
import SystemPackage
import Testing
import TransparencyLog

@testable import Audit

/// An auditor's sample: nobody chooses it, anybody can draw it again, and its population adds up.
@Suite struct SampleTests {
    @Test(
        "the population is all that there is of it in the log", arguments: SamplePopulation.allCases
    )
    func population(_ population: SamplePopulation) async throws {
        let (log, history) = try SealedLog.sample()
        let sample = try await draw(population, 1000, from: log)
        let expected: Set<String> =
            switch population {
            case .deployments: streams(history, "de")
            case .patches: streams(history, "pa")
            case .rollouts: streams(history, "ro")
            case .approvals:
                Set(
                    history.log.filter {
                        $0.type == "PatchApproved" || $0.type == "RolloutApproved"
                    }
                    .map(\.id.text))
            }
        #expect(!expected.isEmpty)
        #expect(Set(sample.items.map(\.id)) == expected)
        #expect(sample.population == Int64(expected.count))
        #expect(sample.whole == sample.population)
        #expect(sample.states.reduce(0) { $0 + $1.count } == sample.population)
        #expect(sample.reconciles)
        #expect(sample.items.map(\.rank) == sample.items.map(\.rank).sorted())
        for item in sample.items where population != .approvals {
            let own = history.log.filter { $0.stream.text == item.id }
            #expect(item.positions == own.map(\.position))
            #expect(item.recordedAt == own.first?.recordedAt)
        }
    }

    @Test("the same seed at the same checkpoint draws the same, another seed or checkpoint another")
    func isDeterministic() async throws {
        let (log, _) = try SealedLog.sample()
        let one = try await draw(.deployments, 10, seed: 42, from: log)
        #expect(one.items.count == 10)
        #expect(try await draw(.deployments, 10, seed: 42, from: log) == one)
        let fewer = try await draw(.deployments, 4, seed: 42, from: log)
        #expect(fewer.items == Array(one.items.prefix(4)))
        #expect(try await draw(.deployments, 10, seed: 43, from: log).items != one.items)
        let earlier = try await draw(.deployments, 10, seed: 42, from: log.prefix(log.size - 1))
        #expect(earlier.items.map(\.rank) != one.items.map(\.rank))
    }

    @Test("what the dates leave out is counted, and the sum is the whole", arguments: [1, 2, 3])
    func reconciles(_: Int) async throws {
        var random = SeededRandom.fresh("a sample's dates")
        let (log, history) = try SealedLog.sample()
        let first = history.log.filter { $0.stream.prefix == "de" && $0.version == 1 }
        let moments = [random.pick(first).recordedAt, random.pick(history.log).recordedAt].sorted()
        let dates = try #require(
            RecordedDates(from: moments[0], to: moments[1] + .microseconds(1)))
        let sample = try await draw(.deployments, 5, dates: dates, from: log)
        #expect(sample.reconciles)
        let inside = first.filter { dates.side(of: $0.recordedAt) == .within }
        #expect(sample.population == Int64(inside.count))
        #expect(sample.whole == Int64(first.count))
        let excluded = sample.excluded.reduce(0) { $0 + $1.count }
        #expect(excluded == sample.whole - sample.population)
        #expect(Set(sample.items.map(\.id)).isSubset(of: inside.map(\.stream.text)))
    }

    @Test("an outcome is read in the form of its version, or not at all")
    func otherVersions() async throws {
        let (_, history) = try SealedLog.sample()
        var events = history.log
        let place = try #require(events.firstIndex { $0.type == "DeploymentSucceeded" })
        events[place] = events[place].changed(
            schemaVersion: 9, data: Array(#"{"change":{"after":"cancelled"}}"#.utf8))
        let log = try SealedLog(events, history.documents, key: SealedLog.key(1))
        let sample = try await draw(.deployments, 1000, from: log)
        let item = try #require(sample.items.first { $0.id == events[place].stream.text })
        #expect(item.state == "unreadable")
        #expect(sample.states.first { $0.name == "unreadable" }?.count == 1)
        #expect(sample.reconciles)
    }

    @Test("an entry that was changed gives no sample (I11)")
    func aTamperedLog() async throws {
        var (log, _) = try SealedLog.sample()
        let checkpoint = try Checkpoint(text: log.checkpoint().text)
        var random = SeededRandom.fresh("a tampered population")
        let place = random.below(log.entries.count)
        log.entries[place][40] ^= 1
        let history = SealedHistory(at: checkpoint, from: log)
        await #expect(throws: HistoryError.self) {
            _ = try await AuditSample(of: .patches, 5, seed: 1, dates: nil, from: history)
        }
    }

    @Test("a selection is no population")
    func aSelection() async throws {
        let (log, _) = try SealedLog.sample()
        let bundle = try AuditBundle(MemoryBytes(try await log.bundle(.range(1...50))))
        #expect(throws: HistoryError.notWhole) { try SealedHistory(bundle) }
    }

    @Test("Python draws the same from the bundle", .enabled(if: IndependentVerifier.isThere))
    func independently() async throws {
        var random = SeededRandom.fresh("samples in Python")
        let (log, history) = try SealedLog.sample()
        for population in SamplePopulation.allCases {
            let seed = random.next()
            let from = random.chance(50) ? random.pick(history.log).recordedAt : nil
            let sample = try await draw(
                population, 7, seed: seed, dates: RecordedDates(from: from, to: nil), from: log)
            var arguments = ["--of", population.rawValue, "--seed", "\(seed)", "--size", "7"]
            if let from { arguments += ["--from", from.description] }
            let other = try await IndependentSample.draw(try await log.bundle(), arguments)
            #expect(other.ids == sample.items.map(\.id))
            #expect(other.positions == sample.items.map(\.positions))
            #expect(other.population == sample.population)
            #expect(other.whole == sample.whole)
            if population == .deployments || population == .approvals {
                let states = sample.states.map { ($0.name, $0.count) }
                #expect(other.states == Dictionary(uniqueKeysWithValues: states))
            }
        }
    }

    // MARK: What is given

    private func draw(
        _ population: SamplePopulation, _ count: Int, seed: UInt64 = 1,
        dates: RecordedDates? = nil, from log: SealedLog
    ) async throws -> AuditSample {
        let bundle = try AuditBundle(MemoryBytes(try await log.bundle()))
        return try await AuditSample(
            of: population, count, seed: seed, dates: dates, from: SealedHistory(bundle))
    }

    private func streams(_ history: SimulatedHistory, _ prefix: String) -> Set<String> {
        Set(history.log.map(\.stream).filter { $0.prefix == prefix }.map(\.text))
    }
}

/// Tests/TransparencyLogTests/Independent/draw_sample.py, as an auditor would run it.
private enum IndependentSample {
    struct Answer: Codable {
        let whole: Int64
        let population: Int64
        let states: [String: Int64]
        let ids: [String]
        let positions: [[Int64]]
    }

    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TransparencyLogTests/Independent/draw_sample.py").path

    static func draw(_ bundle: [UInt8], _ arguments: [String]) async throws -> Answer {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-sample-\(UUID().uuidString).tar")
        try Data(bundle).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let run = try await Subprocess.run(
            .name("python3"), arguments: Arguments([script, file.path] + arguments),
            output: .string(limit: 100_000), error: .string(limit: 100_000))
        #expect(run.terminationStatus == .exited(0), "\(run.standardError)")
        return try JSONDecoder().decode(Answer.self, from: Data(run.standardOutput.utf8))
    }
}
