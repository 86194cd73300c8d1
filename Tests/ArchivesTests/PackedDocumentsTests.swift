import Foundation
import Fuzzing
import Synchronization
import Testing

@testable import Archives

@Suite("The documents in a file, by what the file is")
struct PackedDocumentsTests {
    private func documents(
        _ bytes: [UInt8], name: String, _ limits: ArchiveLimits = ArchiveLimits()
    ) throws -> [String: String] {
        let packed = try PackedDocuments(HeldBytes(bytes), name: name, limits)
        var documents: [String: String] = [:]
        for (index, name) in packed.names.enumerated() {
            documents[name] = String(decoding: try packed.contents(at: index), as: UTF8.self)
        }
        return documents
    }

    @Test("A plain file is itself, a gzip file what it holds, an archive its JSON and CSV")
    func forms() throws {
        #expect(try documents(Array("{}".utf8), name: "kev.json") == ["kev.json": "{}"])
        #expect(try documents([], name: "empty") == ["empty": ""])
        let table = SampleArchive.gzip(Array("cve,epss\n".utf8))
        #expect(try documents(table, name: "e.csv.gz") == ["e.csv": "cve,epss\n"])
        #expect(
            try documents(table + table, name: "e") == ["e": "cve,epss\ncve,epss\n"],
            "several members are one file")
        let archive = SampleArchive([
            .init("r/a.json", "1"), .init("r/B.CSV", "2"), .init("r/README.md", "3"),
            .init("r/.github/x.json", "4"),
        ])
        #expect(try documents(archive.bytes, name: "all.zip") == ["r/a.json": "1", "r/B.CSV": "2"])
    }

    @Test("A gzip file that is damaged, cut off or too large is refused")
    func gzipFaults() throws {
        let long = [UInt8](repeating: 65, count: 300_000)
        let whole = SampleArchive.gzip(long)
        #expect(try documents(whole, name: "a.gz")["a"]?.utf8.count == 300_000)
        for length in [2, 11, 100, whole.count - 9, whole.count - 1] {
            #expect(throws: ArchiveFault.self, "\(length)") {
                try documents(Array(whole[..<length]), name: "a.gz")
            }
        }
        var damaged = whole
        damaged[whole.count - 6] ^= 1
        #expect(throws: ArchiveFault.self) { try documents(damaged, name: "a.gz") }
        #expect(throws: ArchiveFault.self) { try documents(whole + [0, 1], name: "a.gz") }
        var limits = ArchiveLimits()
        limits.memberBytes = 299_999
        #expect(throws: ArchiveFault(at: .archive, .tooLarge(limit: 299_999))) {
            try documents(whole, name: "a.gz", limits)
        }
    }

    /// A source that counts what is read of it.
    private final class CountedBytes: ByteSource {
        let held: HeldBytes
        let bytesRead = Mutex(0)

        init(_ bytes: [UInt8]) { held = HeldBytes(bytes) }

        var count: Int { held.count }

        func read(_ range: Range<Int>) throws(ArchiveFault) -> [UInt8] {
            bytesRead.withLock { $0 += range.count }
            return try held.read(range)
        }
    }

    @Test("Of a gzip file of many members each byte is read once, and too many are refused")
    func gzipMembers() throws {
        let member = SampleArchive.gzip([])
        let many = Array(repeatElement(member, count: 10_000).joined())
        let source = CountedBytes(many)
        let packed = try PackedDocuments(source, name: "a.gz")
        #expect(try packed.contents(at: 0).isEmpty)
        #expect(source.bytesRead.withLock { $0 } == many.count + 4)
        #expect(throws: ArchiveFault(at: .archive, .tooMany(members: 10_000))) {
            try documents(many + member, name: "a.gz")
        }
        var limits = ArchiveLimits()
        limits.memberBytes = 10
        #expect(throws: ArchiveFault(at: .archive, .tooLarge(limit: 10))) {
            try documents(many, name: "a.gz", limits)
        }
    }

    @Test("Whoever wants it no more has it unpacked no further")
    func cancellation() async {
        let bytes = SampleArchive.gzip([UInt8](repeating: 65, count: 300_000))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try documents(bytes, name: "a.gz")
        }
        task.cancel()
        await #expect(throws: ArchiveFault(at: .byte(0), .cancelled)) { try await task.value }
    }

    @Test("A file is read where it lies, also when it has lost its name")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "patchflow-archive-\(UUID().uuidString)")
        try Data(SampleArchive([.init("a.json", "1")]).bytes).write(to: path)
        let file = try OpenFile(path: path.path)
        try FileManager.default.removeItem(at: path)
        let packed = try PackedDocuments(file, name: "all.zip")
        #expect(try packed.contents(at: 0) == [UInt8(ascii: "1")])
        #expect(throws: ArchiveFault.self) { try OpenFile(path: path.path) }
        #expect(throws: ArchiveFault.self) {
            try OpenFile(path: FileManager.default.temporaryDirectory.path)
        }
    }
}
