internal import ArgumentParser
internal import Audit
internal import EventSourcing
internal import Foundation
internal import SimulatedFleet
internal import SystemPackage
internal import TransparencyLog

/// W8: entries verified a second, offline, on one core.
struct AuditBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "W8: verifies a bundle of simulated history, signatures to rules, on one core.")

    @Option(help: "Events in the bundle, at least.")
    var entries = 200_000
    @Option(help: "Production assets in the history.")
    var assets = 1000
    @Option(help: "How often it is verified; each time is printed.")
    var rounds = 3
    @Option(help: "Of the history.")
    var seed: UInt64 = 1

    func validate() throws {
        guard entries > 0, (1...100_000).contains(assets), rounds > 0 else {
            throw ValidationError("--entries and --rounds are above 0, --assets from 1 to 100000")
        }
    }

    func run() async throws {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-audit-\(UUID().uuidString).tar"
        ).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let key = try SignerKey(
            name: "patchflow.example/bench", algorithm: .ed25519,
            seed: [UInt8](repeating: 1, count: 32))
        let count = try await write(file, key)
        for _ in 0..<rounds {
            let printed = try await BenchProcess.output(
                ["bench", "audit-process", file, key.verifier.description])
            let words = printed.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            guard words.count == 2, words[0] > 0 else {
                throw ValidationError("the verifying process printed '\(printed)'")
            }
            printFigure("W8", "verify", Double(count) / words[0], "entries/s")
            printFigure("W8", "verify_memory", words[1], "MiB")
        }
    }

    /// - Returns: How many entries the bundle has.
    private func write(_ file: String, _ key: SignerKey) async throws -> Int {
        var history = try SimulatedHistory(FleetSettings(seed: seed), assets: assets)
        while history.log.count < entries { try history.rollOut() }
        let log = try BenchLog(history)
        let head = log.head
        let note = try Checkpoint(origin: key.verifier.name, head: head).signed(by: key)
        let descriptor = try FileDescriptor.open(
            FilePath(file), .writeOnly, options: [.create, .truncate],
            permissions: .ownerReadWrite)
        defer { try? descriptor.close() }
        try await BundleExport(at: note, .whole).write(from: log) { bytes in
            try descriptor.writeAll(bytes)
        }
        return history.log.count
    }
}

/// One process of `AuditBenchmark`: prints the seconds that it took, and the most memory that it
/// had, in MiB.
struct AuditBenchmarkProcess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-process", shouldDisplay: false)

    @Argument var file: String
    @Argument var key: String

    func run() async throws {
        let trust = try AuditTrust(logKeys: [try VerifierKey(key)])
        let start = ContinuousClock.now
        let report = try FileBytes.with(file) { file in
            AuditVerification(try AuditBundle(file), trusting: trust).report()
        }
        let took = ContinuousClock.now - start
        guard report.result == .sound else {
            throw ValidationError("the bundle is not sound: \(report.reason ?? "")")
        }
        print("\(Double(took.wholeMicroseconds) / 1_000_000) \(residentMiB())")
    }
}

/// A sealed log in memory.
private struct BenchLog: BundleSource {
    private let entries: [LogEntry]
    private let documents: [Digest: Document]
    private let tiles: [TileID: [UInt8]]
    let head: TreeHead

    init(_ history: SimulatedHistory) throws {
        entries = try history.log.map { try LogEntry($0) }
        documents = history.documents
        var builder = TileBuilder()
        tiles = Dictionary(
            uniqueKeysWithValues: builder.append(entries.map(\.leafHash)).map { ($0.id, $0.bytes) })
        head = builder.head
    }

    func tile(_ tile: TileID) async throws -> [UInt8] {
        guard let bytes = tiles[tile] else { throw TileError.missing(tile) }
        return bytes
    }

    func entries(_ bundle: BundleID) async throws -> [UInt8] {
        let range = Int(bundle.leaves.lowerBound)..<Int(bundle.leaves.upperBound)
        return EntryBundle(bundle, entries: Array(entries[range])).bytes
    }

    func document(_ digest: Digest) async throws -> [UInt8]? { documents[digest]?.bytes }
}
