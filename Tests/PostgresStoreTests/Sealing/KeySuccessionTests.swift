import EventSourcing
import Foundation
import PostgresStore
import Signing
import Support
import Testing
import TransparencyLog

/// A new key succeeds the log's while it is sealed, and wherever the process ends on the way, the signer
/// still signs (I11).
@Suite(.timeLimit(.minutes(1))) struct KeySuccessionTests {
    @Test func bothSignUntilTheOldOneIsDestroyedAndTheSealerNeedsNoRestart() async throws {
        let files = try SignerFiles()
        let log = CapturedLog()
        try await withStore { store, options in
            var succession: CheckpointSigner.Succession?
            func sealed(_ size: Int64) async throws -> SignedNote {
                _ = try await store.append(request(newStream(), events: 10))
                try await waitForCheckpoint(of: size, store)
                let checkpoint = try #require(
                    await PostgresSealedLog(store: store).checkpoint(of: size))
                return try SignedNote(Array(checkpoint.note.utf8))
            }
            func signers(_ note: SignedNote) throws -> [VerifierKey] {
                try note.verified(by: [files.verifier] + [succession?.new].compactMap(\.self))
                    .map(\.key)
            }
            try await sealing(store, files, log: log) {
                #expect(try await signers(sealed(10)) == [files.verifier])
                let prepared = try files.signer.prepareSuccession()
                succession = prepared
                #expect(prepared.old == files.verifier && prepared.new.name == files.verifier.name)
                #expect(try await signers(sealed(20)) == [files.verifier])
                try files.signer.succeed(prepared)
                let both = try await sealed(30)
                #expect(try signers(both) == [files.verifier, prepared.new])
                #expect(both.signatures[0].isBy(prepared.new))
                #expect(throws: SignerFileError.self) { try files.signer.prepareSuccession() }
                try files.signer.destroyPredecessors()
                #expect(try await signers(sealed(40)) == [prepared.new])
                // And once more.
                let second = try files.signer.prepareSuccession()
                #expect(second.old == prepared.new)
            }
            #expect(log.critical.isEmpty)
        }
        let secrets = try FileManager.default.contentsOfDirectory(atPath: files.directory).map {
            try String(contentsOfFile: files.directory + "/\($0)", encoding: .utf8)
        }
        #expect(secrets.count { $0.contains("PRIVATE+KEY") } == 2, "the new one and the next")
        try files.remove()
    }

    /// All that may lie there when the process ended between two lines.
    enum End: String, CaseIterable {
        case whileTheNewKeyIsWritten, beforeItIsRecorded, whileBothAreWritten, beforeItIsRemoved
        case afterThat, whileTheOldOneIsDestroyed
    }

    @Test(arguments: End.allCases)
    func wherever(_ end: End) throws {
        let files = try SignerFiles()
        let next = files.key + ".next"
        func half(_ path: String) throws { try Data("PRIV".utf8).write(to: URL(filePath: path)) }
        switch end {
        case .whileTheNewKeyIsWritten: try half(next + ".4711")
        case .beforeItIsRecorded: _ = try files.signer.prepareSuccession()
        case .whileBothAreWritten:
            _ = try files.signer.prepareSuccession()
            try half(files.key + ".4711")
        case .beforeItIsRemoved:
            let succession = try files.signer.prepareSuccession()
            let waiting = try Data(contentsOf: URL(filePath: next))
            try files.signer.succeed(succession)
            #expect(
                FileManager.default.createFile(
                    atPath: next, contents: waiting, attributes: [.posixPermissions: 0o600]))
        case .afterThat, .whileTheOldOneIsDestroyed:
            try files.signer.succeed(files.signer.prepareSuccession())
            if end == .whileTheOldOneIsDestroyed { try half(files.key + ".4711") }
        }
        // The next start signs.
        let signer = try files.signer
        let head = TreeHead(size: 1, root: .leaf([1]))
        let note = try signer.sign(head, ConsistencyProof(oldSize: 0, newSize: 1, hashes: []))
        #expect(try note.verified(by: [files.verifier]).count == 1)
        // And the way can be gone to its end from there, with the key that was made first.
        let prepared = try? signer.prepareSuccession()
        if let prepared {
            #expect(prepared.old == files.verifier)
            #expect(try signer.prepareSuccession() == prepared, "it is made once")
            try signer.succeed(prepared)
        }
        let both = try files.signer.verifiers
        #expect(both.count == 2 && both[1] == files.verifier)
        #expect(!FileManager.default.fileExists(atPath: next))
        try signer.destroyPredecessors()
        #expect(try files.signer.verifiers == [both[0]])
        try files.remove()
    }
}
