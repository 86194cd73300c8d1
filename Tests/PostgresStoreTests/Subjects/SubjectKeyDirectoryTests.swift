import EventSourcing
import Foundation
import Signing
import StoreCheck
import Support
import Testing

/// The files with the keys of people: each is made once, is its owner's alone, and gone when it is
/// destroyed.
@Suite(.timeLimit(.minutes(1))) struct SubjectKeyDirectoryTests {
    private let person = StreamID(prefix: "pe", UUID())

    private func withDirectory(
        _ body: (SubjectKeyDirectory) async throws -> Void
    ) async throws {
        let path = try makeTestDirectory("keys")
        try await body(SubjectKeyDirectory(path: path + "/deep/keys"))
        try FileManager.default.removeItem(atPath: path)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func aKeyIsMadeOnceAndIsItsOwnersAlone() async throws {
        try await withDirectory { keys in
            #expect(try await keys.key(of: person) == nil)
            #expect(try await keys.subjects() == [])
            try await keys.destroyKey(of: person)
            let made = try await keys.makeKey(of: person)
            #expect(try await keys.makeKey(of: person).id == made.id)
            #expect(try await keys.key(of: person)?.id == made.id)
            #expect(try await keys.subjects() == [person])
            let file = "\(keys.path)/\(person).key"
            #expect(try mode(file) == 0o600)
            #expect(try mode(keys.path) == 0o700)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
            await #expect(throws: SignerFileError.self) { try await keys.key(of: person) }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            try Data("nonsense\n".utf8).write(to: URL(filePath: file))
            await #expect(throws: SignerFileError.self) { try await keys.makeKey(of: person) }
        }
    }

    @Test func ofManyAtOnceOneMakesTheKey() async throws {
        try await withDirectory { keys in
            for _ in 0..<10 {
                let person = StreamID(prefix: "pe", UUID())
                let ids = try await withThrowingTaskGroup(of: Digest.self) { group in
                    for _ in 0..<8 {
                        group.addTask { try await keys.makeKey(of: person).id }
                    }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(ids.count == 1)
            }
            #expect(try await keys.subjects().count == 10)
        }
    }

    /// A process that was killed may have left a copy under a name of its own.
    @Test func nothingOfADestroyedKeyIsLeft() async throws {
        try await withDirectory { keys in
            let other = StreamID(prefix: "pe", UUID())
            let kept = try await keys.makeKey(of: other)
            let made = try await keys.makeKey(of: person)
            let file = "\(keys.path)/\(person).key"
            try FileManager.default.linkItem(atPath: file, toPath: file + ".4711")
            let backup = try makeTestDirectory("keys") + "/linked"
            try FileManager.default.linkItem(atPath: file, toPath: backup)
            try await keys.destroyKey(of: person)
            try await keys.destroyKey(of: person)
            let names = try FileManager.default.contentsOfDirectory(atPath: keys.path)
            #expect(Set(names) == ["lock", "\(other).key"])
            // The bytes were overwritten before the name went.
            let left = try Data(contentsOf: URL(filePath: backup))
            #expect(!left.isEmpty && left.allSatisfy { $0 == 0 })
            #expect(try await keys.key(of: other)?.id == kept.id)
            #expect(try await keys.makeKey(of: person).id != made.id)
        }
    }
}

/// Keys against what events say (I11's neighbour: nobody makes away with a key unseen).
@Suite struct SubjectKeyCheckTests {
    private let person = StreamID(prefix: "pe", UUID())
    private let one = Digest(of: "one")
    private let other = Digest(of: "other")

    private func check(
        _ facts: [SubjectFact], key: Digest?, isLast: Bool = true
    ) -> (isSettled: Bool, words: [String]) {
        var found = SubjectKeyCheck()
        let isSettled = found.take(
            person, facts.enumerated().map { (Int64($0.offset + 7), $0.element) }, key: key,
            isLast: isLast)
        found.finish()
        return (isSettled, found.check.findings.map { "\($0.kind) \($0.position ?? 0)" })
    }

    @Test func keysAndEventsAgreeOrItIsSaid() {
        #expect(check([], key: nil).words == [])
        #expect(check([], key: one).words == [])
        #expect(check([.encrypted(by: one)], key: one).words == [])
        #expect(check([.encrypted(by: one), .erased], key: nil).words == [])
        #expect(check([.encrypted(by: one)], key: nil).words == ["damaged 7"])
        #expect(check([.encrypted(by: one)], key: other).words == ["damaged 7"])
        #expect(check([.encrypted(by: one), .erased], key: one).words == ["attention 0"])
        // Somebody may be erased while it is looked: then it is looked again.
        let first = check([.encrypted(by: one)], key: nil, isLast: false)
        #expect(!first.isSettled && first.words == [])
    }
}
