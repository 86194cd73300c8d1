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
                    id: random.chance(20) ? person.text : "pe_admin", role: "administrator")
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
            }
        }
    }

    private func command(
        _ random: inout SeededRandom, _ number: Int, _ now: Timestamp, _ state: Person
    ) -> PersonCommand {
        let role = random.pick(Role.allCases)
        switch random.below(5) {
        case 0, 1: return .grantRole(role, person: person)
        case 2: return .revokeRole(role, reason: random.chance(80) ? "left" : " ")
        case 3:
            let roles = random.chance(80) ? Array(state.roles.prefix(2)) : [role]
            return .issueToken(
                TokenIssued(
                    token: uuid(UInt64(random.below(20))), sha256: Digest(of: "\(number)"),
                    prefix: random.pick(["pf_ab12", "x", "pf ab"]), label: "laptop", roles: roles,
                    expires: now + .seconds(random.pick([-1, 60, 86_400, 500 * 86_400]))))
        default:
            return .revokeToken(
                state.tokens.randomElement(using: &random)?.id ?? uuid(99), reason: "lost")
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
