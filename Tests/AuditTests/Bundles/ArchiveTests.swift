import EventSourcing
import Support
import Testing
import TransparencyLog

@testable import Audit

/// A bundle is whoever's work: whatever its bytes are, the answer is an error that says what is
/// wrong and where, and never a wrong reading.
@Suite struct ArchiveTests {
    private func failure(_ bytes: [UInt8]) -> BundleError? {
        do {
            _ = try AuditBundle(MemoryBytes(bytes))
            return nil
        } catch {
            return error
        }
    }

    private func small() async throws -> [UInt8] {
        try await SealedLog.sample().log.prefix(2).bundle()
    }

    @Test func aBundleThatIsCutOffAnywhereIsRefused() async throws {
        let bytes = try await small()
        for length in stride(from: 0, to: bytes.count, by: 61) {
            let error = try #require(failure(Array(bytes.prefix(length))), "\(length)")
            guard case .truncated(_, let at) = error else {
                Issue.record("cut off at \(length): \(error)")
                continue
            }
            #expect(at == Int64(length))
        }
        #expect(failure(Array(bytes.dropLast(1))) != nil)
    }

    @Test func aByteThatIsChangedAnywhereIsFound() async throws {
        var random = SeededRandom.fresh("changed bytes")
        let bytes = try await small()
        let trust = try SealedLog.sample().log.trust()
        for _ in 0..<300 {
            var changed = bytes
            let place = random.below(bytes.count)
            changed[place] ^= UInt8(1 + random.below(255))
            let report = audit(changed, trust)
            #expect(report.result != .sound, "seed \(random.seed): byte \(place)")
        }
    }

    @Test func bytesBehindTheEndAreRefused() async throws {
        let bytes = try await small()
        #expect(failure(bytes + [0]) == .trailingBytes(offset: Int64(bytes.count)))
    }

    @Test func aPartThatComesTwiceIsRefused() async throws {
        var parts = try Parts(try await small())
        parts.all.append(parts.all[0])
        guard case .repeatedPart("checkpoint", _) = failure(try parts.packed()) else {
            Issue.record("it was read")
            return
        }
    }

    @Test(arguments: [
        "../etc/passwd", "/checkpoint", "tile/00/000", "tile/0/000.p/256", "entries/0",
        "entries/01", "documents/../x", "Checkpoint", "tile/entries/1",
    ])
    func aNameOfNoPartIsRefused(name: String) async throws {
        let header = TarHeader(name: name, size: 0).bytes
        let bytes = header + [UInt8](repeating: 0, count: 1024)
        #expect(failure(bytes) == .unknownPart(name: name, offset: 0))
    }

    @Test func aSizeThatNoPartHasIsRefused() async throws {
        let header = TarHeader(name: "checkpoint", size: 1 << 32).bytes
        #expect(
            failure(header + [UInt8](repeating: 0, count: 1024))
                == .partTooLarge(name: "checkpoint", bytes: 1 << 32, largest: 1_000_000))
    }

    @Test func aHeaderOfAnotherProgramIsRefused() async throws {
        var header = TarHeader(name: "checkpoint", size: 0).bytes
        header[100] = UInt8(ascii: "1")
        #expect(
            failure(header + [UInt8](repeating: 0, count: 1024)) == .badHeader(offset: 0))
    }

    @Test func bytesBetweenPartsAreRefused() async throws {
        var bytes = try await small()
        let note = try SealedLog.sample().log.prefix(2).checkpoint().bytes.count
        bytes[512 + note] = 1
        #expect(
            failure(bytes) == .badPadding(part: "checkpoint", offset: Int64(512 + note)))
    }

    @Test func aManifestOfAnotherFormatIsRefused() async throws {
        let parts = try Parts(try await small())
        let text = try CanonicalJSON.encode(parts.manifest)
        let other = String(decoding: text, as: UTF8.self).replacing(
            #""version":1"#, with: #""version":2"#)
        var archive = ArchiveWriter()
        var bytes: [UInt8] = []
        for (part, content) in parts.all { bytes += archive.bytes(of: part, content) }
        bytes += archive.bytes(of: .manifest, Array(other.utf8)) + ArchiveWriter.end
        guard case .badManifest = failure(bytes) else {
            Issue.record("it was read")
            return
        }
    }

    @Test func aPartThatIsListedAndMissingIsNamed() async throws {
        let parts = try Parts(try await small())
        var archive = ArchiveWriter()
        var bytes: [UInt8] = []
        for (part, content) in parts.all.dropLast() { bytes += archive.bytes(of: part, content) }
        bytes += archive.bytes(of: .manifest, try CanonicalJSON.encode(parts.manifest))
        let report = audit(bytes + ArchiveWriter.end, try SealedLog.sample().log.trust())
        #expect(report.result == .incomplete)
        let last = try #require(parts.all.last).part.name
        #expect(report.findings.contains { $0.reason.contains(last) })
    }
}
