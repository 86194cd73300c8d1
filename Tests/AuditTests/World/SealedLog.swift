import EventSourcing
import Foundation
import SimulatedFleet
import Support
import TransparencyLog

@testable import Audit

/// A log as a sealer leaves it: entries, tiles, documents, and a key that signs checkpoints.
struct SealedLog: BundleSource {
    static let origin = "patchflow.example/log"

    var entries: [[UInt8]]
    var documents: [Digest: [UInt8]]
    let key: SignerKey

    init(_ events: [RecordedEvent], _ documents: [Digest: Document], key: SignerKey) throws {
        entries = try events.map { try LogEntry($0).bytes }
        self.documents = documents.mapValues(\.bytes)
        self.key = key
    }

    static func key(_ seed: UInt8, name: String = origin) throws -> SignerKey {
        try SignerKey(
            name: name, algorithm: .ed25519, seed: [UInt8](repeating: seed, count: 32))
    }

    static func witness(_ seed: UInt8) throws -> SignerKey {
        try SignerKey(
            name: "witness\(seed).example", algorithm: .cosignature,
            seed: [UInt8](repeating: seed, count: 32))
    }

    var size: Int64 { Int64(entries.count) }

    /// The first `size` entries as a log of its own.
    func prefix(_ size: Int64) -> SealedLog {
        var log = self
        log.entries = Array(entries.prefix(Int(size)))
        return log
    }

    var head: TreeHead {
        var builder = TileBuilder()
        _ = builder.append(entries.map { TreeHash.leaf($0) })
        return builder.head
    }

    func checkpoint(by key: SignerKey? = nil) throws -> SignedNote {
        try Checkpoint(origin: Self.origin, head: head).signed(by: key ?? self.key)
    }

    func trust() throws -> AuditTrust { try AuditTrust(logKeys: [key.verifier]) }

    /// The bundle of this log at its end.
    func bundle(
        _ selection: BundleSelection = .whole, at note: SignedNote? = nil,
        showsNeighbours: Bool = true, since: [Int64] = []
    ) async throws -> [UInt8] {
        var positions: [Int64] = []
        if case .streams(let streams) = selection {
            for (place, entry) in entries.enumerated() {
                let event = try LogEntry(bytes: entry).event()
                if streams.contains(event.stream) { positions.append(Int64(place + 1)) }
            }
        }
        let export = try BundleExport(
            at: try note ?? checkpoint(), selection, positions: positions,
            showsNeighbours: showsNeighbours, since: since)
        let source = IndexedLog(self)
        var bytes: [UInt8] = []
        try await export.write(from: source) { bytes += $0 }
        return bytes
    }

    func tile(_ tile: TileID) async throws -> [UInt8] { try await IndexedLog(self).tile(tile) }

    func entries(_ bundle: BundleID) async throws -> [UInt8] {
        try await IndexedLog(self).entries(bundle)
    }

    func document(_ digest: Digest) async throws -> [UInt8]? { documents[digest] }
}

/// The same with its tiles computed once.
private struct IndexedLog: BundleSource {
    let log: SealedLog
    let tiles: [TileID: [UInt8]]

    init(_ log: SealedLog) {
        self.log = log
        var builder = TileBuilder()
        tiles = Dictionary(
            builder.append(log.entries.map { TreeHash.leaf($0) }).map { ($0.id, $0.bytes) }
        ) { $1 }
    }

    func tile(_ tile: TileID) async throws -> [UInt8] {
        guard let bytes = tiles[tile] else { throw TileError.missing(tile) }
        return bytes
    }

    func entries(_ bundle: BundleID) async throws -> [UInt8] {
        let entries = log.entries[Int(bundle.leaves.lowerBound)..<Int(bundle.leaves.upperBound)]
        return EntryBundle(bundle, entries: try entries.map { try LogEntry(bytes: $0) }).bytes
    }

    func document(_ digest: Digest) async throws -> [UInt8]? { log.documents[digest] }
}

extension SealedLog {
    /// A short history in which everything went well, over three full tiles and a partial one. Made
    /// once, as every test begins with it.
    static func sample() throws -> (log: SealedLog, history: SimulatedHistory) {
        let history = try sampleHistory.get()
        return (try SealedLog(history.log, history.documents, key: try key(1)), history)
    }

    private static let sampleHistory = Result {
        var history = try SimulatedHistory(FleetSettings(seed: 7), assets: 40)
        try history.rollOut()
        return history
    }
}

func audit(
    _ bytes: [UInt8], _ trust: AuditTrust, since: SignedNote? = nil
) -> AuditReport {
    do {
        let bundle = try AuditBundle(MemoryBytes(bytes))
        return AuditVerification(bundle, trusting: trust, since: since?.bytes).report()
    } catch {
        return AuditReport(unreadable: error)
    }
}
