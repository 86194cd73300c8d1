import EventSourcing
import FoundationEssentials
import Support
import Testing

@testable import PatchManagement

@Suite("Random commands on people and assets")
struct PersonWalkTests {
    private let person = StreamID(prefix: "pe", uuid(1))

    @Test("I14: a token never does more than its roles, its person's and its time allow")
    func people() throws {
        var random = SeededRandom.fresh("random commands on a person")
        for _ in 0..<200 {
            var state = PersonDecider.initialState
            var now = PatchStory.origin
            var granted: Set<Role> = []
            for number in 0..<40 {
                now = now + .seconds(random.pick([1, 86_400, 90 * 86_400]))
                let actor = Actor(
                    id: random.pick([person.text, "pe_ada", "pe_bea", "pe_bea"]),
                    role: "administrator")
                let before = state
                do {
                    let events = try PersonDecider.decide(
                        command(&random, number, now, state),
                        CommandContext(actor: actor, at: now, commandID: uuid(UInt64(number))),
                        state)
                    for event in events {
                        PersonDecider.evolve(&state, event)
                        if case .roleGranted(let event) = event {
                            granted.insert(event.role)
                            #expect(actor.id != person.text, "nobody grants to themselves")
                            #expect(!event.role.isService)
                        }
                        if case .roleRevoked(let event) = event { granted.remove(event.role) }
                        try checkTexts(of: event, before)
                    }
                } catch {
                    #expect(state == before)
                }
                for token in state.tokens {
                    let allowed = state.roles(bearing: token.sha256, at: now)
                    #expect(Set(allowed).isSubset(of: granted), "seed: \(random.seed)")
                    #expect(Set(allowed).isSubset(of: token.roles))
                    if token.revoked || now >= token.expires { #expect(allowed.isEmpty) }
                }
                #expect(state.roles(bearing: Digest(of: "unknown"), at: now).isEmpty)
                if before.isErased { #expect(state == before, "nothing is said of the erased") }
                if state.isErased { #expect(state.roles.isEmpty) }
            }
        }
    }

    /// I14: two people erase somebody; and every text is under the one key that goes with it.
    private func checkTexts(of event: PersonEvent, _ before: Person) throws {
        if let payload = event.payload as? any PersonalPayload {
            for text in payload.personalTexts {
                let key = try #require(text.key)
                #expect(before.key == nil || before.key == key)
            }
        }
        guard case .subjectErased(let erased) = event else { return }
        let request = try #require(before.requestedErasure)
        #expect(erased.requester == request.by)
        #expect(erased.by.id != request.by.id)
        #expect(erased.by.id != person.text)
        #expect(erased.key == before.key)
    }

    private func command(
        _ random: inout SeededRandom, _ number: Int, _ now: Timestamp, _ state: Person
    ) -> PersonCommand {
        let role = random.pick(Role.allCases)
        switch random.below(7) {
        case 5: return .requestErasure(reason: random.chance(80) ? "asked by letter" : " ")
        case 6 where random.chance(20):
            return .confirmErasure(reason: random.chance(80) ? "seen" : " ", person: person)
        case 0, 1: return .grantRole(role, person: person)
        case 2:
            return .revokeRole(role, reason: text("left", RoleRevoked.reason(of: person), &random))
        case 3:
            let roles = random.chance(80) ? Array(state.roles.prefix(2)) : [role]
            return .issueToken(
                TokenIssued(
                    token: uuid(UInt64(random.below(20))), sha256: Digest(of: "\(number)"),
                    prefix: random.pick(["pf_ab12", "x", "pf ab"]),
                    label: text("alice", TokenIssued.label(of: person), &random), roles: roles,
                    expires: now + .seconds(random.pick([-1, 60, 86_400, 500 * 86_400]))))
        default:
            return .revokeToken(
                state.tokens.randomElement(using: &random)?.id ?? uuid(99),
                reason: text("lost", TokenRevoked.reason(of: person), &random))
        }
    }

    /// Encrypted, but now and then in the clear, or by another person's key.
    private func text(
        _ text: String, _ field: PersonalField, _ random: inout SeededRandom
    ) -> PersonalText {
        switch random.below(20) {
        case 0: .clear(text)
        case 1: .sample(text, in: PersonalField(StreamID(prefix: "pe", uuid(2)), field.name))
        default: .sample(text, in: field)
        }
    }

    @Test("An asset keeps its name, says nothing after its end, and counts each report once")
    func assets() throws {
        var random = SeededRandom.fresh("random commands on an asset")
        let names = ["web-1", "web-2", "-oProxyCommand=id"]
        for _ in 0..<200 {
            var state = AssetDecider.initialState
            for number in 0..<40 {
                let registration = AssetRegistration(
                    name: random.pick(names), address: "10.0.0.\(random.below(3))")
                let offer = OfferedUpdate(
                    name: "curl", source: "curl", architecture: "amd64", installedVersion: "1",
                    offeredVersion: "\(random.below(3))", origin: "Debian",
                    fromSecurityArchive: true, sha256: Digest(of: "curl"), size: 1)
                let command: AssetCommand =
                    switch random.below(6) {
                    case 0, 1: .register(registration)
                    case 2: .requestScan(random.pick(Scan.allCases))
                    case 3: .recordScan(.updates, .offers([offer]))
                    case 4:
                        .recordScan(
                            random.pick(Scan.allCases),
                            Sample.failed(random.pick(WorkFailure.Cause.allCases)))
                    default: .decommission(reason: random.chance(20) ? "sold" : "")
                    }
                let before = state
                let context = CommandContext(
                    actor: anna, at: PatchStory.origin, commandID: uuid(UInt64(number)))
                do {
                    for event in try AssetDecider.decide(command, context, state) {
                        AssetDecider.evolve(&state, event)
                    }
                } catch {
                    #expect(state == before)
                    continue
                }
                if before.isDecommissioned { #expect(state == before, "seed: \(random.seed)") }
                if let id = before.id { #expect(state.id == id) }
                #expect(state.registration?.name != "-oProxyCommand=id")
                if case .recordScan(.updates, .offers) = command {
                    let again = try AssetDecider.decide(command, context, state)
                    let isNothingNew = again.allSatisfy {
                        if case .scanConfirmed = $0 { true } else { false }
                    }
                    #expect(isNothingNew, "I10, seed: \(random.seed)")
                }
            }
        }
    }
}
