import EventSourcing
import Foundation
import Support
import Testing

@testable import PatchManagement

@Suite("Texts about people in events")
struct PersonalTextTests {
    private let person = StreamID(prefix: "pe", uuid(1))
    private let other = StreamID(prefix: "pe", uuid(2))

    @Test("any text comes back by its key, in its field, and in no other way")
    func roundTrip() throws {
        var random = SeededRandom.fresh("texts about people")
        for _ in 0..<300 {
            let key = SubjectKey.fresh(using: &random)
            let field = TokenIssued.label(of: person)
            let text = String(
                (0..<random.below(40)).map { _ in random.pick(Array("aé→🙂\n\u{0} z")) })
            let encrypted = key.encrypt(text, in: field, using: &random)
            #expect(try key.decrypt(encrypted, in: field) == text, "seed: \(random.seed)")

            // The same text never looks the same twice.
            let again = key.encrypt(text, in: field, using: &random)
            #expect(again.box != encrypted.box)

            let stranger = SubjectKey.fresh(using: &random)
            #expect(throws: DecryptionFailure.otherKey) {
                try stranger.decrypt(encrypted, in: field)
            }
            // Said to be of another key, it still isn't of that one.
            let relabelled = EncryptedText(key: stranger.id, box: encrypted.box)
            #expect(throws: DecryptionFailure.damaged) {
                try stranger.decrypt(relabelled, in: field)
            }
            for swapped in [TokenRevoked.reason(of: person), TokenIssued.label(of: other)] {
                #expect(throws: DecryptionFailure.damaged) {
                    try key.decrypt(encrypted, in: swapped)
                }
            }
            var bytes = try #require(Data(base64Encoded: encrypted.box))
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            let changed = EncryptedText(key: key.id, box: bytes.base64EncodedString())
            #expect(throws: DecryptionFailure.damaged) { try key.decrypt(changed, in: field) }
        }
    }

    @Test("what is stored of a text is none of it")
    func nothingInTheClear() throws {
        let label = PersonalText.sample("alice@example.com", in: TokenIssued.label(of: person))
        let stored = String(decoding: try CanonicalJSON.encode(label), as: UTF8.self)
        #expect(!stored.contains("alice"))
        #expect(!stored.contains(Data("alice".utf8).base64EncodedString().prefix(6)))
        #expect(throws: EncodingError.self) {
            try CanonicalJSON.encode(PersonalText.clear("alice"))
        }
        #expect(throws: EncodingError.self) {
            try NewEvent(RoleRevoked(role: .viewer, reason: .clear("left")))
        }
    }

    @Test("older events are read in the clear, and each version in its own form only")
    func versions() throws {
        let clear = Array(#"{"reason":"left the team","role":"approver"}"#.utf8)
        let old = try RoleRevoked.decode(schemaVersion: 1, data: clear)
        #expect(old.reason == .clear("left the team"))
        let new = try NewEvent(
            RoleRevoked(
                role: .approver, reason: .sample("left", in: RoleRevoked.reason(of: person))))
        #expect(new.schemaVersion == 2)
        for (version, data) in [(2, clear), (1, new.data)] {
            #expect(
                throws: EventCodingError.otherForm(type: "RoleRevoked", schemaVersion: version)
            ) {
                try PersonEvent(type: "RoleRevoked", schemaVersion: version, data: data)
            }
        }
        #expect(
            throws: EventCodingError.newerVersion(type: "RoleRevoked", schemaVersion: 3, known: 2)
        ) {
            try RoleRevoked.decode(schemaVersion: 3, data: new.data)
        }
    }

    @Test("the stored form is read for ever: the key of the golden files opens them")
    func golden() throws {
        let key = SampleKeys.key(of: person)
        let issued = try TokenIssued.decode(
            schemaVersion: 2, data: #require(try GoldenFiles.bytes("TokenIssued.2")))
        guard case .encrypted(let label) = issued.label else {
            Issue.record("the label is in the clear")
            return
        }
        #expect(try key.decrypt(label, in: TokenIssued.label(of: person)) == "alice")
    }

    @Test("a key is never printed")
    func printed() throws {
        let key = try #require(SubjectKey(bytes: Array(repeating: 0x41, count: 32)))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(!text.contains("65, 65"), "\(text)")
            #expect(!text.contains("AAAA"), "\(text)")
        }
        #expect(SubjectKey(bytes: Array(repeating: 0, count: 31)) == nil)
    }
}
