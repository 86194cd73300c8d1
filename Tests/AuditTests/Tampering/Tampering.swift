import EventSourcing
import Foundation
import Support
import TransparencyLog

@testable import Audit

/// What somebody may do to a sealed log who holds everything but the auditor's keys and notes.
enum Tampering: String, CaseIterable {
    case editPayload, editMetadata, delete, insert, reorder, moveBetweenStreams, truncate
    case rewriteWithTiles, rewriteWithoutTheKey, rewriteWithTheKey, restoreOlder, swapKey
    case twoHistories, editTile, editUpperTile, editDocument, dropDocument, dropTile
    case editCheckpoint
    case showUncosigned, copyCosignature, swapKeyBeforeTheWitness

    /// A tampered bundle, and what an auditor must say of it.
    struct Case {
        var bundle: [UInt8]
        /// The checkpoint that the auditor kept, where only that gives it away.
        var since: SignedNote?
        /// The witnesses that the auditor wants to see, where only they give it away.
        var witnesses: [VerifierKey] = []
        var result: AuditReport.Result = .tampered
        var position: Int64?
        var between: [Int64]?
    }

    func apply(to log: SealedLog, _ random: inout SeededRandom) async throws -> Case {
        switch self {
        case .editPayload, .editMetadata, .delete, .insert, .reorder, .moveBetweenStreams:
            try await applyToEntries(of: log, &random)
        case .rewriteWithTiles, .rewriteWithoutTheKey, .rewriteWithTheKey, .restoreOlder,
            .swapKey, .twoHistories:
            try await rewrite(log, &random)
        case .truncate, .editTile, .editUpperTile, .editDocument, .dropDocument, .dropTile,
            .editCheckpoint:
            try await applyToParts(of: log, &random)
        case .showUncosigned, .copyCosignature, .swapKeyBeforeTheWitness:
            try await deceiveAWitness(of: log, &random)
        }
    }

    // MARK: Entries, with tiles and checkpoint as they were signed

    private func applyToEntries(
        of log: SealedLog, _ random: inout SeededRandom
    ) async throws -> Case {
        var entries = log.entries
        let place = random.below(entries.count - 1)
        switch self {
        case .editPayload: entries[place] = try Self.edited(entries[place], "data", &random)
        case .editMetadata: entries[place] = try Self.edited(entries[place], "actor", &random)
        case .delete: entries.remove(at: place)
        case .insert:
            entries.insert(try Self.edited(entries[place], "data", &random), at: place)
        case .reorder:
            entries.swapAt(place, place + 1 + random.below(entries.count - place - 1))
        default:
            let other = try log.stream(otherThanAt: place, &random)
            entries[place] = try log.moved(place, to: other)
        }
        var parts = try Parts(try await log.bundle())
        for id in BundleID.all(ofTreeOf: log.size) {
            let end = id.leaves.upperBound == log.size ? entries.count : Int(id.leaves.upperBound)
            let own = entries[Int(id.leaves.lowerBound)..<end]
            parts[.entries(id)] = own.flatMap {
                [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0
            }
        }
        return Case(bundle: try parts.packed(), position: Int64(place + 1))
    }

    /// Changes one letter or digit in the first member of that name, so that the entry stays one.
    static func edited(
        _ entry: [UInt8], _ member: String, _ random: inout SeededRandom
    ) throws -> [UInt8] {
        let key = Array("\"\(member)\":".utf8)
        let start = entry.indices.first { entry[$0...].starts(with: key) } ?? 0
        let next =
            switch member {
            case "actor": #","role""#
            case "correlation_id": #","data":"#
            default: #","id":""#
            }
        let end = entry.indices.first { entry[$0...].starts(with: next.utf8) } ?? 0
        // Digits within the texts of values: any of them may be another one.
        let digits = (start..<end).filter { place in
            (UInt8(ascii: "1")...UInt8(ascii: "8")).contains(entry[place])
        }
        var edited = entry
        if digits.isEmpty {
            edited[end - 2] = edited[end - 2] == UInt8(ascii: "x") ? 0x79 : 0x78
        } else {
            edited[random.pick(digits)] ^= 1
        }
        return edited
    }

    // MARK: Whole logs

    private func rewrite(_ log: SealedLog, _ random: inout SeededRandom) async throws -> Case {
        let place = random.below(log.entries.count)
        let saved = Int64(place + 1 + random.below(log.entries.count - place))
        var other = log
        for later in place..<log.entries.count {
            other.entries[later] = try Self.edited(log.entries[later], "actor", &random)
        }
        let stranger = try SealedLog.key(9)
        switch self {
        case .rewriteWithTiles:
            return Case(
                bundle: try await other.bundle(at: try log.checkpoint()), between: [1, log.size])
        case .rewriteWithoutTheKey:
            return Case(bundle: try await other.bundle(at: try other.checkpoint(by: stranger)))
        case .rewriteWithTheKey, .twoHistories:
            return Case(
                bundle: try await other.bundle(), since: try log.prefix(saved).checkpoint(),
                between: [1, saved])
        case .restoreOlder:
            let older = Int64(random.below(log.entries.count))
            return Case(
                bundle: try await log.prefix(older).bundle(), since: try log.checkpoint(),
                position: older + 1, between: [older + 1, log.size])
        default:
            return Case(bundle: try await log.bundle(at: try log.checkpoint(by: stranger)))
        }
    }

    // MARK: Whole logs that a witness has seen

    /// Two auditors are shown two histories that both keep the rules, or one of them a log by another
    /// key: a witness that both ask for cosigns the first, and refuses the other.
    private func deceiveAWitness(
        of log: SealedLog, _ random: inout SeededRandom
    ) async throws -> Case {
        let witness = try SealedLog.witness(1)
        let known = try WitnessedLogs([log.key.verifier])
        func ask(_ note: SignedNote, after remembered: CosignedCheckpoint?) -> WitnessDecision {
            .judge(
                AddCheckpointRequest(
                    oldSize: remembered?.head.size ?? 0, proof: [], note: note),
                known: known, after: remembered, by: witness, at: 1_772_357_400)
        }
        guard case .cosign(let shown, isNew: true) = ask(try log.checkpoint(), after: nil) else {
            throw NoteError.unknownSigners
        }
        var other = log
        for later in random.below(log.entries.count)..<log.entries.count {
            other.entries[later] = try Self.edited(
                log.entries[later], "correlation_id", &random)
        }
        let isSwapped = self == .swapKeyBeforeTheWitness
        let note = try other.checkpoint(by: isSwapped ? SealedLog.key(9) : nil)
        guard case .refuse = ask(note, after: shown) else { throw NoteError.noSignature }
        var tampered = Case(bundle: [], witnesses: [witness.verifier])
        if self == .showUncosigned {
            tampered.bundle = try await other.bundle(at: note)
            tampered.result = .incomplete
        } else {
            let cosignatures = shown.note.cosignatures
            tampered.bundle = try await other.bundle(at: note.adding(cosignatures))
        }
        return tampered
    }

    // MARK: Parts

    private func applyToParts(
        of log: SealedLog, _ random: inout SeededRandom
    ) async throws -> Case {
        var parts = try Parts(try await log.bundle())
        let bundles = BundleID.all(ofTreeOf: log.size)
        switch self {
        case .truncate:
            let kept = random.below(bundles.count)
            for id in bundles[kept...] { parts[.entries(id)] = nil }
            return Case(
                bundle: try parts.packed(), result: .incomplete,
                position: bundles[kept].leaves.lowerBound + 1)
        case .editTile, .editUpperTile, .dropTile:
            let all = TileID.all(ofTreeOf: log.size)
            let tile = random.pick(all.filter { ($0.level > 0) == (self == .editUpperTile) })
            if self == .dropTile {
                parts[.tile(tile)] = nil
                return Case(
                    bundle: try parts.packed(), result: .incomplete,
                    position: tile.firstPosition(below: 0))
            }
            let byte = random.below(32 * tile.width)
            parts[.tile(tile)]?[byte] ^= UInt8(1 + random.below(255))
            return Case(
                bundle: try parts.packed(), position: tile.firstPosition(below: byte / 32))
        case .editDocument, .dropDocument:
            let digest = random.pick(log.documents.keys.sorted())
            let needle = Data(digest.description.utf8)
            let position = log.entries.firstIndex { Data($0).range(of: needle) != nil }
            if self == .dropDocument {
                parts[.document(digest)] = nil
            } else {
                let byte = random.below(log.documents[digest]?.count ?? 1)
                parts[.document(digest)]?[byte] ^= 1
            }
            return Case(
                bundle: try parts.packed(),
                result: self == .dropDocument ? .incomplete : .tampered,
                position: position.map { Int64($0 + 1) })
        default:
            var note = try log.checkpoint().bytes
            let text = note.firstRange(of: Array("\n\n".utf8))?.lowerBound ?? 0
            let place = SealedLog.origin.utf8.count + 6 + random.below(text - 50)
            note[place] = note[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            parts[.checkpoint] = note
            return Case(bundle: try parts.packed())
        }
    }
}

extension SealedLog {
    func stream(otherThanAt place: Int, _ random: inout SeededRandom) throws -> RecordedEvent {
        let own = try LogEntry(bytes: entries[place]).event().stream
        while true {
            let other = try LogEntry(bytes: random.pick(entries)).event()
            if other.stream != own { return other }
        }
    }

    func moved(_ place: Int, to other: RecordedEvent) throws -> [UInt8] {
        let event = try LogEntry(bytes: entries[place]).event()
        return try LogEntry(
            event.changed(stream: other.stream, version: other.version + 1)
        ).bytes
    }
}
