import CZLib
import Fuzzing
import Testing

@testable import Archives

@Suite("ZIP archives: read as they are, refused where they lie")
struct ZipArchiveTests {
    private typealias Member = SampleArchive.Member

    private func read(
        _ archive: SampleArchive, _ limits: ArchiveLimits = ArchiveLimits()
    ) throws(ArchiveFault) -> [String: [UInt8]] {
        try read(archive.bytes, limits)
    }

    private func read(
        _ bytes: [UInt8], _ limits: ArchiveLimits = ArchiveLimits()
    ) throws(ArchiveFault) -> [String: [UInt8]] {
        let archive = try ZipArchive(HeldBytes(bytes), limits)
        var contents: [String: [UInt8]] = [:]
        for member in archive.members { contents[member.name] = try archive.contents(of: member) }
        return contents
    }

    private func problem(
        _ archive: SampleArchive, _ limits: ArchiveLimits = ArchiveLimits()
    ) -> ArchiveFault.Problem? {
        do throws(ArchiveFault) {
            _ = try read(archive, limits)
            return nil
        } catch {
            return error.problem
        }
    }

    /// `count` zeros, deflated by zlib.
    private func bomb(_ name: String, _ count: Int) -> Member {
        let bytes = [UInt8](repeating: 0, count: count)
        var packed = [UInt8](repeating: 0, count: Int(compressBound(UInt(count))))
        var length = UInt(packed.count)
        compress(&packed, &length, bytes, UInt(count))
        // Without the two bytes before and the four behind, which ZIP has not.
        return Member(name, bytes, deflated: Array(packed[2..<(Int(length) - 4)]))
    }

    @Test(
        "Stored and deflated members, in the order of their names; ZIP64 and comments",
        arguments: [
            (false, ""), (true, ""), (false, "PK\u{5}\u{6} in a comment"), (true, "x"),
        ])
    func reading(isLarge: Bool, comment: String) throws {
        var archive = SampleArchive([
            Member("b.json", "{\"b\":1}"), Member("d/", []), Member("d/é.json", Array("raw".utf8)),
            Member("a.json", ""),
        ])
        archive.isLarge = isLarge
        archive.comment = comment
        let read = try ZipArchive(HeldBytes(archive.bytes))
        #expect(read.members.map(\.name) == ["a.json", "b.json", "d/é.json"])
        #expect(try read.contents(of: read.members[1]) == Array("{\"b\":1}".utf8))
        #expect(try read.contents(of: read.members[2]) == Array("raw".utf8))
        #expect(try read.contents(of: read.members[0]).isEmpty)
    }

    @Test("An archive that ends early is refused wherever it was cut")
    func cutOff() throws {
        let whole = SampleArchive([Member("a.json", "{}"), Member("b.json", "[]")]).bytes
        for length in whole.indices {
            #expect(throws: ArchiveFault.self, "\(length)") { try read(Array(whole[..<length])) }
        }
    }

    @Test(
        "Names that lead outside, or are none",
        arguments: [
            "", "/etc/passwd", "../a", "a/../../b", "a\\b", "C:x", "a//b", "./a", "a\u{0}b", "..",
        ])
    func paths(name: String) {
        #expect(problem(SampleArchive([Member(name, "x")])) == .badName)
    }

    @Test("What says something else than is there")
    func lies() {
        var member = Member("a.json", "{}")
        member.statedSum = 7
        #expect(problem(SampleArchive([member])) == .badSum)
        member = Member("a.json", "{}")
        member.statedSize = 3
        #expect(problem(SampleArchive([member])) == .wrongSize)
        member.statedSize = 1
        #expect(problem(SampleArchive([member])) == .wrongSize)
        member = Member("a.json", "{}")
        member.localName = "b.json"
        #expect(problem(SampleArchive([member])) == .disagrees)
        member = Member("a.json", [1, 2, 3], deflated: [0xFF, 0xFF])
        #expect(problem(SampleArchive([member])) == .damaged)
        member = Member("a.json", "{}")
        member.flags = 1
        #expect(problem(SampleArchive([member])) == .encrypted)
        member = Member("a.json", "{}")
        member.method = 93
        #expect(problem(SampleArchive([member])) == .method(93))
        member = Member("a.json", "{}")
        member.mode = 0o120777
        #expect(problem(SampleArchive([member])) == .link)
        #expect(problem(SampleArchive([Member("a", "1"), Member("a", "2")])) == .twice)
        var archive = SampleArchive([Member("a", "1")])
        archive.statedMembers = 2
        #expect(problem(archive) == .badDirectory)
    }

    @Test("Bombs: by ratio, by size, by number, and by members that share their bytes")
    func bombs() {
        #expect(problem(SampleArchive([bomb("a.json", 4 << 20)])) == .bomb(ratio: 250))
        var limits = ArchiveLimits()
        limits.memberBytes = 1000
        #expect(
            problem(SampleArchive([Member("a", [UInt8](repeating: 1, count: 1001))]), limits)
                == .tooLarge(limit: 1000))
        limits.totalBytes = 1500
        let half = [UInt8](repeating: 1, count: 800)
        #expect(
            problem(SampleArchive([Member("a", half), Member("b", half)]), limits)
                == .tooLarge(limit: 1500))
        limits.members = 1
        #expect(
            problem(SampleArchive([Member("a", "1"), Member("b", "1")]), limits)
                == .tooMany(members: 1))
        var shared = Member("b", "1")
        shared.statedOffset = 0
        #expect(problem(SampleArchive([Member("a", "1"), shared])) == .overlap)
        // A size that isn't true doesn't let more out than it says.
        var modest = bomb("a.json", 500_000)
        modest.statedSize = 10
        #expect(problem(SampleArchive([modest])) == .wrongSize)
        // What is packed would have to be read before that is seen.
        modest = bomb("a.json", 4 << 20)
        modest.statedSize = 10
        #expect(problem(SampleArchive([modest])) == .padded)
    }
}
