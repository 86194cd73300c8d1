import EventSourcing
import Foundation
import Postgres
import PostgresStore
import Signing
import Support
import Testing
import TransparencyLog

/// The signer's files: a key for its owner alone, a memory that survives, and what an operator is
/// told when they aren't right.
@Suite(.timeLimit(.minutes(1))) struct SignerFileTests {
    @Test func theKeyIsItsOwnersAloneAndIsMadeOnce() throws {
        let files = try SignerFiles("example.org/house")
        let mode = try FileManager.default.attributesOfItem(atPath: files.key)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(try files.signer.verifiers == [files.verifier])
        #expect(try files.signer.origin == "example.org/house")
        #expect(try files.signer.remembered() == .empty)
        let text = try String(contentsOfFile: files.key, encoding: .utf8)
        #expect(text.hasPrefix("PRIVATE+KEY+example.org/house+"))
        let error = #expect(throws: SignerFileError.self) {
            try CheckpointSigner.make(
                origin: "another", keyFile: files.key, memoryFile: files.memory)
        }
        #expect(error?.description.hasPrefix("'\(files.key)' can't be written") == true)
        #expect(try String(contentsOfFile: files.key, encoding: .utf8) == text)
        #expect(try FileManager.default.contentsOfDirectory(atPath: files.directory).count == 2)
        try files.remove()
    }

    @Test func aKeyThatOthersCanReadIsRefused() throws {
        let files = try SignerFiles()
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: files.key)
        let error = #expect(throws: SignerFileError.self) { try files.signer }
        #expect(error?.description.contains("chmod 600") == true)
        try files.remove()
    }

    @Test func aMissingOrDamagedFileIsNamed() throws {
        let files = try SignerFiles()
        try Data("nonsense".utf8).write(to: URL(filePath: files.memory))
        let damaged = #expect(throws: SignerFileError.self) { try files.signer.remembered() }
        #expect(damaged?.path == files.memory)
        let other = try SignerFiles("example.org/other")
        try FileManager.default.removeItem(atPath: files.memory)
        #expect(try files.signer.remembered() == nil)
        try FileManager.default.copyItem(atPath: other.memory, toPath: files.memory)
        #expect(throws: SignerFileError.self) { try files.signer.remembered() }
        try FileManager.default.removeItem(atPath: files.key)
        let missing = #expect(throws: SignerFileError.self) { try files.signer }
        #expect(missing?.description.contains("patchflow audit key --create") == true)
        try files.remove()
        try other.remove()
    }

    /// I11: what it remembers is what it signs for, across processes that share the files.
    @Test func whatWasSignedIsRememberedAndASetBackDatabaseIsAConflict() async throws {
        let files = try SignerFiles()
        try await withStore { store, options in
            _ = try await store.append(request(newStream(), events: 20))
            try await sealing(store, files) { try await waitForCheckpoint(of: 20, store) }
            let checkpoint = try #require(await PostgresSealedLog(store: store).checkpoint(of: 20))
            let remembered = try #require(try files.signer.remembered())
            #expect(remembered.size == 20 && remembered.root.digest == checkpoint.root)
            #expect(try await files.signer.conflict(in: store) == nil)

            let ahead = TreeHead(size: 30, root: .leaf([1]))
            try files.signer.goOn(from: ahead)
            let conflict = try #require(try await files.signer.conflict(in: store))
            #expect(conflict.remembered == ahead && conflict.stored == remembered)
            try files.signer.goOn(from: TreeHead(size: 19, root: .leaf([1])))
            #expect(try await files.signer.conflict(in: store) != nil)
        }
        try files.remove()
    }

    /// I5: fences after a restore are above all before.
    @Test func anIncarnationRaisesTheFences() async throws {
        try await withStore { store, options in
            let before: Int64 = try await withSQL(options) {
                try await $0.query("select patchflow.next_fence()")[0].decode(at: 0)
            }
            let first = try await Schema.beginIncarnation(options)
            let second = try await Schema.beginIncarnation(options)
            #expect(second > first)
            let after: Int64 = try await withSQL(options) {
                try await $0.query("select patchflow.next_fence()")[0].decode(at: 0)
            }
            #expect(after > before && after >> 40 == second)
        }
    }
}
