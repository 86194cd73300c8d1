import EventSourcing
import FoundationEssentials
import PatchManagement
import Support

/// Assets and people.
extension History {
    mutating func liveAsset() async throws {
        let index = random.below(assets.count + 1)
        var registration = index < assets.count ? assets[index] : lab
        let asset = registration.asset
        switch random.below(100) {
        case ..<25:
            try await send(.register(registration), to: asset, as: AssetDecider.self, by: .vera)
        case ..<35:
            registration.criticality = random.pick(Criticality.allCases)
            registration.owner = random.pick(["", "ops", "web team"])
            if index < assets.count {
                registration.environment = random.pick([.production, .staging])
            }
            try await send(.register(registration), to: asset, as: AssetDecider.self, by: .vera)
        case ..<45:
            let finding = StreamID(prefix: "fi", lab.asset.uuid)
            try await send(
                random.chance(60) ? .hold(for: finding) : .release(from: finding), to: asset,
                as: AssetDecider.self, by: .workflow)
        case ..<55:
            try await send(
                .requestScan(random.pick(Scan.allCases)), to: asset, as: AssetDecider.self,
                by: .anna)
        case ..<70:
            try await record(.inventory(Goods.inventory(random.below(3))), .inventory, asset)
        case ..<90: try await record(.offers(offers()), .updates, asset)
        case ..<98:
            let failure = WorkFailure(random.pick(WorkFailure.Cause.allCases), "in a \"test\"\n")
            try await record(.failed(failure), random.pick(Scan.allCases), asset)
        default:
            try await send(
                .decommission(reason: "sold"), to: asset, as: AssetDecider.self, by: .vera)
        }
    }

    private mutating func record(
        _ result: WorkResult, _ scan: Scan, _ asset: StreamID
    ) async throws {
        try await send(
            .recordScan(scan, result), to: asset, as: AssetDecider.self, by: .worker,
            documents: AssetDecider.document(of: result).map { [$0] } ?? [])
    }

    private mutating func offers() -> [OfferedUpdate] {
        ["curl", "libc6", "zlib1g", "tar"].filter { _ in random.chance(60) }.map {
            Goods.offer($0, security: $0 != "tar")
        }
    }

    mutating func livePerson() async throws {
        let person = StreamID(
            prefix: "pe", .version5(namespace: lab.asset.uuid, name: "\(random.below(3))"))
        let role = random.pick(Role.grantable)
        if try await state(of: person, as: PersonDecider.self).isErased { return }
        switch random.below(6) {
        case 0:
            try await send(
                .grantRole(role, person: person), to: person, as: PersonDecider.self, by: .ada)
        case 1:
            try await send(
                .revokeRole(role, reason: .sample("moved on", in: RoleRevoked.reason(of: person))),
                to: person, as: PersonDecider.self, by: .ada)
        case 2:
            let id = newID("to").uuid
            let held = try await state(of: person, as: PersonDecider.self).roles
            let token = TokenIssued(
                token: id, sha256: Digest(of: id.text), prefix: "pf_abcd",
                label: .sample("alice", in: TokenIssued.label(of: person)), roles: held,
                expires: now + .seconds(86_400))
            try await send(.issueToken(token), to: person, as: PersonDecider.self, by: .ada)
        case 3:
            let known = try await state(of: person, as: PersonDecider.self)
            guard known.key != nil else { return }
            try await send(
                .requestErasure(reason: "by letter"), to: person, as: PersonDecider.self, by: .ada)
        case 4 where random.chance(20):
            guard try await state(of: person, as: PersonDecider.self).requestedErasure != nil
            else { return }
            try await send(
                .confirmErasure(reason: "seen", person: person), to: person,
                as: PersonDecider.self, by: .rita)
        default:
            let tokens = try await state(of: person, as: PersonDecider.self).tokens
            guard let token = tokens.last?.id else { return }
            try await send(
                .revokeToken(token, reason: .sample("lost", in: TokenRevoked.reason(of: person))),
                to: person, as: PersonDecider.self, by: .ada)
        }
    }
}
