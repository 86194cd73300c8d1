import EventSourcing
import SimulatedFleet
import Support
import Testing
import TransparencyLog

@testable import Audit

/// A selection shows that what it holds is what was signed, and shows nothing of its neighbours.
@Suite struct SelectionTests {
    @Test func aRangeIsSound() async throws {
        let (log, _) = try SealedLog.sample()
        for range in [1...1, 250...260, 256...256, 400...log.size, 1...log.size] {
            let report = audit(try await log.bundle(.range(range)), try log.trust())
            #expect(report.result == .sound, "\(range): \(report.findings)")
            #expect(report.checked.entries == Int64(range.count))
        }
    }

    @Test func anArchiveIsSoundAndHoldsWholeEntryBundles() async throws {
        let (log, _) = try SealedLog.sample()
        for range in [1...1, 1...300, 250...260, 257...512, 400...log.size] {
            let bundle = try await log.bundle(.archive(range))
            let report = audit(bundle, try log.trust())
            #expect(report.result == .sound, "\(range): \(report.findings)")
            let opened = try AuditBundle(MemoryBytes(bundle))
            for position in [range.lowerBound, range.upperBound] {
                let entries = try opened.entries((position - 1) / 256)
                let place = Int(position - 1 - entries.id.leaves.lowerBound)
                #expect(entries.entries[place].bytes == log.entries[Int(position) - 1])
            }
        }
    }

    @Test func aChangedOrMissingPartOfAnArchiveIsFound() async throws {
        let (log, _) = try SealedLog.sample()
        let whole = try Parts(try await log.bundle(.archive(200...550)))
        for id in BundleID.covering(200...550, ofTreeOf: log.size) {
            var changed = whole
            var bytes = try #require(changed[.entries(id)])
            bytes[bytes.count / 2] ^= 1
            changed[.entries(id)] = bytes
            #expect(audit(try changed.packed(), try log.trust()).result == .tampered)
            var missing = whole
            missing[.entries(id)] = nil
            #expect(audit(try missing.packed(), try log.trust()).result == .incomplete)
        }
    }

    @Test func streamsAreSound() async throws {
        let (log, history) = try SealedLog.sample()
        let rollout = try #require(history.log.last { $0.stream.prefix == "ro" }).stream
        let patch = try #require(history.log.first { $0.stream.prefix == "pa" }).stream
        let bundle = try await log.bundle(.streams([rollout, patch]))
        let report = audit(bundle, try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        let own = history.log.filter { [rollout, patch].contains($0.stream) }
        #expect(report.checked.entries == Int64(own.count))
        #expect(report.checked.streams == 2)
        // Who was an approver at that time, only people's streams can tell.
        #expect(report.checked.unjudged > 0)
        let shown = try Parts(bundle).all.compactMap { entry -> [UInt8]? in
            if case .entry = entry.part { return entry.content }
            return nil
        }
        #expect(shown == own.map { log.entries[Int($0.position) - 1] })
    }

    @Test func theRulesHoldInASelectionToo() async throws {
        let (log, history) = try SealedLog.sample()
        let people = Set(history.log.map(\.stream)).filter {
            ["pe", "ro", "pa"].contains($0.prefix)
        }
        let report = audit(
            try await log.bundle(.streams(people.sorted())), try log.trust())
        #expect(report.result == .sound, "\(report.findings)")
        #expect(report.checked.unjudged == 0)
    }

    @Test func aChangedEntryIsFound() async throws {
        var random = SeededRandom.fresh("selections")
        let (log, history) = try SealedLog.sample()
        let stream = random.pick(history.log).stream
        var parts = try Parts(try await log.bundle(.streams([stream])))
        let entries = parts.all.compactMap { entry -> Int64? in
            if case .entry(let position) = entry.part { return position }
            return nil
        }
        let position = random.pick(entries)
        parts[.entry(position)] = log.entries[Int(position % log.size)]
        let report = audit(try parts.packed(), try log.trust())
        #expect(report.result == .tampered)
        #expect(report.position == position, "\(report.findings)")
    }

    @Test func aGapIsFound() async throws {
        let (log, _) = try SealedLog.sample()
        var parts = try Parts(try await log.bundle(.range(100...120)))
        parts[.entry(110)] = nil
        let report = audit(try parts.packed(), try log.trust())
        #expect(report.result == .incomplete)
        #expect(report.position == 110)
    }

    @Test func aTileThatIsNotBelowTheRootIsFound() async throws {
        let (log, _) = try SealedLog.sample()
        var parts = try Parts(try await log.bundle(.range(300...310)))
        let tile = BundlePart.tile(TileID(level: 0, index: 1))
        parts[tile]?[0] ^= 1
        let report = audit(try parts.packed(), try log.trust())
        #expect(report.result == .tampered)
        #expect(report.position == 257)
    }

    @Test func anEarlierCheckpointNeedsItsTiles() async throws {
        let (log, _) = try SealedLog.sample()
        let saved = try log.prefix(77).checkpoint()
        let bare = try await log.bundle(.range(560...561))
        #expect(audit(bare, try log.trust(), since: saved).result == .incomplete)
        let with = try await log.bundle(.range(560...561), since: [77])
        #expect(audit(with, try log.trust(), since: saved).result == .sound)
        var other = log
        other.entries[3] = log.entries[4]
        let fork = try other.prefix(77).checkpoint()
        let report = audit(with, try log.trust(), since: fork)
        #expect(report.result == .tampered)
        #expect(report.between == [1, 77])
    }
}
