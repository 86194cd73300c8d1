import Application
import EventSourcing
import Foundation
import PatchManagement
import Postgres
import Signing
import Support
import Testing

/// Erasing somebody, on a real log with real key files: what could be read before is to be read by
/// nobody afterwards, and no crash leaves it half done.
@Suite(.timeLimit(.minutes(3))) struct ErasingTests {
    private let ada = person(21, .administrator)
    private let rolfina = person(22, .riskOwner)
    private let name = "alice.lidell@example.com"

    private func people(_ house: House) throws -> (subject: StreamID, keys: SubjectKeyDirectory) {
        (try PersonName.stream(of: name), SubjectKeyDirectory(path: house.keys))
    }

    private func introduce(_ house: House) async throws {
        _ = try await house.useCases.issueToken(
            person: name, roles: ["viewer"], expiresInSeconds: 3600, house.order(ada))
    }

    private func erase(_ house: House, key: String = UUID().text) async throws -> Written {
        let useCases = house.useCases
        _ = try await useCases.requestErasure(of: name, reason: "by letter", house.order(ada))
        return try await useCases.confirmErasure(
            of: name, reason: "seen", house.order(rolfina, key: key))
    }

    @Test("the name is read as long as the key is there, and by nobody afterwards")
    func forgets() async throws {
        try await withHouse { house in
            let (subject, keys) = try people(house)
            try await introduce(house)
            #expect(try await names(house) == [name])
            let before = try await house.store.read(after: 0, limit: 1000)
            let head = try await house.store.head()

            let written = try await erase(house)
            #expect(written.state == "erased")
            #expect(try await keys.key(of: subject) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: house.keys) == ["lock"])
            #expect(try await names(house) == ["(erased)"])
            // Nor at a moment before.
            #expect(try await names(house, asOf: head) == ["(erased)"])
            // Stored bytes are what they were.
            #expect(try await house.store.read(after: 0, limit: before.count) == before)
            for event in try await house.store.read(after: 0, limit: 1000) {
                #expect(!String(decoding: event.data, as: UTF8.self).contains("alice"))
            }
            let again = try await house.code(house.order(ada)) {
                try await house.useCases.issueToken(
                    person: name, roles: ["viewer"], expiresInSeconds: 3600, $0)
            }
            #expect(again == "subject-erased")
        }
    }

    private func names(_ house: House, asOf position: Int64? = nil) async throws -> [String] {
        var wish = ListWish()
        wish.moment.asOf = position.map(String.init)
        wish.moment.minPosition = position == nil ? try await house.store.head() : nil
        return try await house.useCases.tokens(ada, wish).tokens.map(\.name)
    }

    @Test("one person, the subject, or a role too little: refused, and nothing is lost")
    func refusals() async throws {
        try await withHouse { house in
            let (subject, keys) = try people(house)
            let useCases = house.useCases
            try await introduce(house)
            let early = try await house.code(house.order(rolfina)) {
                try await useCases.confirmErasure(of: name, reason: "seen", $0)
            }
            #expect(early == "erasure-not-requested")
            for caller in [alice, rolfina] {
                let asked = try await house.code(house.order(caller)) {
                    try await useCases.requestErasure(of: name, reason: "by letter", $0)
                }
                #expect(asked == "not-allowed")
            }
            for reason in ["Alice.Lidell@example.com wants it", "gone: \(name)."] {
                let named = try await house.code(house.order(ada)) {
                    try await useCases.requestErasure(of: name, reason: reason, $0)
                }
                #expect(named == "invalid reason", "\(reason)")
            }
            _ = try await useCases.requestErasure(of: name, reason: "by letter", house.order(ada))
            let own = try await house.code(house.order(ada)) {
                try await useCases.confirmErasure(of: name, reason: "seen", $0)
            }
            #expect(own == "requester-may-not-confirm")
            for text in ["bob", subject.text.replacing("pe_", with: "pe_x"), "administrator"] {
                let code = try await house.code(house.order(ada)) {
                    try await useCases.requestErasure(of: text, reason: "by letter", $0)
                }
                #expect(["no person", "invalid person"].contains(code), "\(text): \(code)")
            }
            #expect(try await keys.key(of: subject) != nil)
            #expect(try await names(house) == [name])
        }
    }

    @Test("a key that is lost is said to be, by both: the request ends as erased")
    func lostKey() async throws {
        try await withHouse { house in
            let (subject, keys) = try people(house)
            let useCases = house.useCases
            try await introduce(house)
            let key = try #require(try await keys.key(of: subject)).id
            // Not as long as it is here.
            let early = try await house.code(house.order(ada)) {
                try await useCases.requestErasure(
                    of: name, reason: "by letter", isKeyLost: true, $0)
            }
            #expect(early == "invalid key_lost")
            try await keys.destroyKey(of: subject)
            // Nor without saying so: this may be a server that looks in the wrong place.
            let silent = try await house.code(house.order(ada)) {
                try await useCases.requestErasure(of: name, reason: "by letter", $0)
            }
            #expect(silent == "subject-key-not-here")
            let named = try await house.code(house.order(ada)) {
                try await useCases.requestErasure(
                    of: name, reason: "\(name) asks", isKeyLost: true, $0)
            }
            #expect(named == "invalid reason")
            _ = try await useCases.requestErasure(
                of: name, reason: "by letter", isKeyLost: true, house.order(ada))
            let half = try await house.code(house.order(rolfina)) {
                try await useCases.confirmErasure(of: name, reason: "seen", $0)
            }
            #expect(half == "subject-key-not-here")
            let order = house.order(rolfina)
            for _ in 0..<2 {
                let written = try await useCases.confirmErasure(
                    of: name, reason: "seen", isKeyLost: true, order)
                #expect(written.state == "erased")
            }
            let event = try #require(
                try await house.store.read(subject, after: 0, limit: 100).last)
            let erased = try SubjectErased.decode(
                schemaVersion: event.schemaVersion, data: event.data)
            #expect(erased.keyMissing == true && erased.key == key)
            #expect(try await names(house) == ["(erased)"])
            // Should it come back after all, it goes as any other.
            _ = try await keys.makeKey(of: subject)
            #expect(try await useCases.finishErasures() == [subject])
        }
    }

    @Test("a crash between the event and the key is mended by whoever starts next, or asks again")
    func finishes() async throws {
        try await withHouse { house in
            let (subject, keys) = try people(house)
            try await introduce(house)
            // The process dies where it would destroy the key.
            let dying = house.useCases(with: MortalKeys(keys: keys))
            _ = try await dying.requestErasure(of: name, reason: "by letter", house.order(ada))
            let order = house.order(rolfina)
            await #expect(throws: MortalKeys.Died.self) {
                try await dying.confirmErasure(of: name, reason: "seen", order)
            }
            #expect(try await keys.key(of: subject) != nil)
            // What is recorded is believed, though the key is still there.
            #expect(try await names(house) == ["(erased)"])
            #expect(try await house.useCases.finishErasures() == [subject])
            #expect(try await keys.key(of: subject) == nil)
            #expect(try await house.useCases.finishErasures() == [])

            // The keys come back with a backup; and the request comes again.
            _ = try await keys.makeKey(of: subject)
            let again = try await house.useCases.confirmErasure(of: name, reason: "seen", order)
            #expect(again.state == "erased")
            #expect(try await keys.key(of: subject) == nil)
        }
    }

    @Test("a token that is issued at the same time is erased with the rest, or refused")
    func races() async throws {
        try await withHouse { house in
            let (subject, keys) = try people(house)
            for round in 0..<8 {
                let name = "\(round)\(name)"
                let subject = try PersonName.stream(of: name)
                _ = try await house.useCases.issueToken(
                    person: name, roles: ["viewer"], expiresInSeconds: 3600, house.order(ada))
                _ = try await house.useCases.requestErasure(
                    of: name, reason: "by letter", house.order(ada))
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            _ = try? await house.useCases.issueToken(
                                person: name, roles: ["viewer"], expiresInSeconds: 3600,
                                house.order(ada))
                        }
                    }
                    group.addTask {
                        _ = try? await house.useCases.confirmErasure(
                            of: name, reason: "seen", house.order(rolfina))
                    }
                }
                let state = try await house.bus.state(of: subject, as: PersonDecider.self).state
                #expect(state.isErased)
                _ = try await house.useCases.finishErasures()
                #expect(try await keys.key(of: subject) == nil)
                #expect(state.tokens.allSatisfy { $0.label.key == state.key })
            }
            #expect(try await keys.key(of: subject) == nil)
        }
    }

    @Test("evidence that is shown has names, and forgets them; evidence that is stored has none")
    func evidence() async throws {
        try await withHouse { house in
            let (subject, _) = try people(house)
            try await introduce(house)
            let caller = Caller(person: subject, roles: [.vendorWatch])
            let patch = try await house.useCases.identify(
                House.identification, house.order(caller))
            func named() async throws -> [String]? {
                try await house.useCases.evidence(
                    of: patch.id.text, gustav, Moment(), isPartial: true
                ).people?.map(\.name)
            }
            #expect(try await named() == [name])
            let stored = try await EvidenceCompiler(store: house.store, reads: house.useCases.reads)
                .compile(patch.id)
            #expect(stored.people == nil)
            #expect(!String(decoding: stored.json(), as: UTF8.self).contains("alice"))
            _ = try await erase(house)
            #expect(try await named() == ["(erased)"])
            let again = try await EvidenceCompiler(store: house.store, reads: house.useCases.reads)
                .compile(patch.id)
            #expect(again.document.digest == stored.document.digest)
        }
    }

    @Test("names of before are shown until the person is erased; the event says how many stay")
    func olderEvents() async throws {
        try await withHouse { house in
            let (subject, _) = try people(house)
            let token = Digest(of: "secret")
            let data = #"""
                {"expires":"2030-01-01T00:00:00.000000Z","label":"\#(name)","prefix":"pf_ab12",\#
                "roles":["viewer"],"sha256":"\#(token)","token":"\#(subject.uuid.text)"}
                """#
            let moment = house.clock.now
            let command = CommandContext(
                actor: .service(.installer), at: moment, commandID: UUID())
            _ = try await house.store.append(
                AppendRequest(
                    context: command, requestDigest: token,
                    streams: [
                        StreamAppend(
                            stream: subject, expectedVersion: 0,
                            events: [
                                NewEvent(
                                    type: "TokenIssued", schemaVersion: 1, data: Array(data.utf8))
                            ])
                    ]))
            #expect(try await names(house) == [name])
            try await introduce(house)
            #expect(try await names(house) == [name, name])
            _ = try await erase(house)
            #expect(try await names(house) == ["(erased)", "(erased)"])
            let last = try #require(try await house.store.read(subject, after: 0, limit: 100).last)
            let erased = try SubjectErased.decode(schemaVersion: 1, data: last.data)
            #expect(erased.clearTexts == 1 && erased.key != nil)
        }
    }

    @Test("a server with another key directory writes nothing that an erasure would miss")
    func otherDirectory() async throws {
        try await withHouse { house in
            try await introduce(house)
            let elsewhere = try makeTestDirectory("keys")
            defer { try? FileManager.default.removeItem(atPath: elsewhere) }
            let other = house.useCases(with: SubjectKeyDirectory(path: elsewhere))
            let code = try await house.code(house.order(ada)) {
                try await other.issueToken(
                    person: name, roles: ["viewer"], expiresInSeconds: 3600, $0)
            }
            #expect(code == "subject-key-not-here")
            let shown = try await other.tokens(ada, ListWish()).tokens.map(\.name)
            #expect(shown == ["(key not here)"])
        }
    }
}

extension House {
    fileprivate func useCases(with keys: any SubjectKeys) -> UseCases {
        UseCases(
            bus: CommandBus(store: store), store: store, reads: useCases.reads,
            sealedLog: useCases.sealedLog, subjectKeys: keys, now: useCases.now,
            newID: useCases.newID)
    }
}

/// The real keys, to somebody who dies when one is to be destroyed.
private struct MortalKeys: SubjectKeys {
    struct Died: Error {}
    let keys: SubjectKeyDirectory

    func key(of subject: StreamID) async throws -> SubjectKey? {
        try await keys.key(of: subject)
    }

    func makeKey(of subject: StreamID) async throws -> SubjectKey {
        try await keys.makeKey(of: subject)
    }

    func destroyKey(of subject: StreamID) async throws { throw Died() }

    func subjects() async throws -> [StreamID] { try await keys.subjects() }
}
