import EventSourcing
import Support
import Testing

@testable import PatchManagement

/// I14 for the erasure of a person: it takes two, neither of whom is erased by it alone.
@Suite("Erasing a person")
struct ErasureTests {
    private let person = StreamID(prefix: "pe", uuid(1))
    private let ada = Actor(id: "pe_ada", role: "administrator")
    private let bea = Actor(id: "pe_bea", role: "administrator")
    private let start = PatchStory.origin

    private var issued: PersonEvent {
        .tokenIssued(
            TokenIssued(
                token: uuid(5), sha256: Digest(of: "secret"), prefix: "pf_ab12",
                label: .sample("alice", in: TokenIssued.label(of: person)), roles: [.approver],
                expires: start + .seconds(86_400)))
    }

    private var known: Person {
        PersonDecider.state(after: [.roleGranted(RoleGranted(role: .approver)), issued])
    }

    private func decide(
        _ command: PersonCommand, _ state: Person, by actor: Actor, at moment: Timestamp? = nil
    ) throws -> [PersonEvent] {
        try PersonDecider.decide(
            command, CommandContext(actor: actor, at: moment ?? start, commandID: uuid(9)), state)
    }

    private func requested(by actor: Actor) throws -> Person {
        var state = known
        for event in try decide(.requestErasure(reason: "by letter"), state, by: actor) {
            PersonDecider.evolve(&state, event)
        }
        return state
    }

    private var confirmation: PersonCommand {
        .confirmErasure(reason: "letter seen", person: person)
    }

    @Test("one asks, another confirms: roles and tokens end with it, and the key is named")
    func twoPeople() throws {
        var state = try requested(by: ada)
        #expect(!state.isErased)
        let events = try decide(confirmation, state, by: bea)
        #expect(
            events == [
                .subjectErased(
                    SubjectErased(
                        by: bea, requester: ada, reason: "letter seen",
                        key: SampleKeys.key(of: person).id, clearTexts: 0))
            ])
        #expect(!state.roles(bearing: Digest(of: "secret"), at: start).isEmpty)
        for event in events { PersonDecider.evolve(&state, event) }
        #expect(state.isErased && state.roles.isEmpty)
        #expect(state.roles(bearing: Digest(of: "secret"), at: start).isEmpty)
        for command in [
            .requestErasure(reason: "again"), confirmation,
            .grantRole(.viewer, person: person),
        ] {
            #expect(throws: PersonRejection.isErased) { try decide(command, state, by: ada) }
        }
    }

    @Test("a key that was lost before is named as missing, and one that there never was isn't")
    func keyMissing() throws {
        let lost = PersonCommand.confirmErasure(
            reason: "letter seen", person: person, keyMissing: true)
        let events = try decide(lost, try requested(by: ada), by: bea)
        let expected = SubjectErased(
            by: bea, requester: ada, reason: "letter seen", key: SampleKeys.key(of: person).id,
            clearTexts: 0, keyMissing: true)
        #expect(events == [.subjectErased(expected)])
        let stored = try NewEvent(expected)
        #expect(String(decoding: stored.data, as: UTF8.self).contains(#""key_missing":true"#))
        #expect(
            try SubjectErased.decode(schemaVersion: stored.schemaVersion, data: stored.data)
                == expected)
        // As before where nothing is missing.
        let usual = try NewEvent(
            SubjectErased(by: bea, requester: ada, reason: "seen", key: nil, clearTexts: 1))
        #expect(!String(decoding: usual.data, as: UTF8.self).contains("key_missing"))
    }

    @Test("neither the one who asked confirms, nor whoever stands behind, nor the erased")
    func separation() throws {
        let state = try requested(by: ada)
        for actor in [
            ada, Actor(id: "pe_ada", role: "riskOwner"),
            Actor(id: "pe_cleo", role: "administrator", onBehalfOf: "pe_ada"),
        ] {
            #expect(throws: PersonRejection.mayNotConfirmOwnRequest) {
                try decide(confirmation, state, by: actor)
            }
        }
        #expect(throws: PersonRejection.mayNotConfirmForSelf) {
            try decide(confirmation, state, by: Actor(id: person.text, role: "administrator"))
        }
        let forSomeoneElse = try requested(
            by: Actor(id: "pe_cleo", role: "administrator", onBehalfOf: "pe_ada"))
        #expect(throws: PersonRejection.mayNotConfirmOwnRequest) {
            try decide(confirmation, forSomeoneElse, by: ada)
        }
    }

    @Test("what nobody asked for, or a week ago, is not confirmed; asked again, it is")
    func expiry() throws {
        #expect(throws: PersonRejection.erasureNotRequested) {
            try decide(confirmation, known, by: bea)
        }
        var state = try requested(by: ada)
        let late = start + PersonDecider.erasureRequestLife
        #expect(throws: PersonRejection.erasureNotRequested) {
            try decide(confirmation, state, by: bea, at: late)
        }
        // Once asked, the same person asks in vain, and another is told to confirm.
        #expect(try decide(.requestErasure(reason: "again"), state, by: ada).isEmpty)
        #expect(throws: PersonRejection.erasureRequested) {
            try decide(.requestErasure(reason: "again"), state, by: bea)
        }
        let again = try decide(.requestErasure(reason: "again"), state, by: bea, at: late)
        for event in again { PersonDecider.evolve(&state, event) }
        #expect(try decide(confirmation, state, by: ada, at: late).count == 1)
    }

    @Test("texts of before they were encrypted are counted, and said to stay")
    func clearTexts() throws {
        let revoked = RoleRevoked(role: .approver, reason: .clear("left"))
        var state = PersonDecider.state(after: [
            .roleGranted(RoleGranted(role: .approver)), .roleRevoked(revoked),
        ])
        for event in try decide(.requestErasure(reason: "by letter"), state, by: ada) {
            PersonDecider.evolve(&state, event)
        }
        guard case .subjectErased(let erased) = try decide(confirmation, state, by: bea).first
        else {
            Issue.record("nothing was erased")
            return
        }
        #expect(erased.key == nil)
        #expect(erased.clearTexts == 1)
        #expect(throws: PersonRejection.nothingToErase) {
            try decide(.requestErasure(reason: "by letter"), PersonDecider.initialState, by: ada)
        }
    }

    @Test("a text under another key than the person's is refused: it would outlive the erasure")
    func oneKey() throws {
        let stranger = StreamID(prefix: "pe", uuid(2))
        let reason = PersonalText.sample("lost", in: TokenRevoked.reason(of: stranger))
        #expect(throws: PersonRejection.keyNotHere(SampleKeys.key(of: person).id)) {
            try decide(.revokeToken(uuid(5), reason: reason), known, by: ada)
        }
        #expect(throws: PersonRejection.notEncrypted) {
            try decide(.revokeToken(uuid(5), reason: .clear("lost")), known, by: ada)
        }
    }
}
