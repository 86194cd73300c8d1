import Application
import EventSourcing
import PatchManagement
import Testing

@Suite("What people may not do with a patch, and nothing is recorded", .timeLimit(.minutes(3)))
struct PatchRefusalTests {
    @Test("Every action needs its role")
    func roles() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await useCases.identify(House.identification, house.order(alice)).id
            let id = patch.text
            for caller in [gustav, peter] {
                let asked: [(String, (Order) async throws -> Written)] = [
                    ("identify", { try await useCases.identify(House.identification, $0) }),
                    ("assess", { try await useCases.assess(id, House.assessment, $0) }),
                    ("dismiss", { try await useCases.dismiss(id, reason: "r", $0) }),
                    ("acquire", { try await useCases.acquire(id, referenceAsset: "as_x", $0) }),
                    ("test", { try await useCases.test(id, sample: [], $0) }),
                    ("sign off", { try await useCases.signOff(id, reason: "r", $0) }),
                    (
                        "submit",
                        {
                            try await useCases.submit(
                                id, House.production, expiresInSeconds: nil, $0)
                        }
                    ),
                    ("withdraw", { try await useCases.withdraw(id, reason: "r", $0) }),
                    ("document", { try await useCases.document(id, $0) }),
                ]
                for (name, ask) in asked {
                    #expect(
                        try await house.code(house.order(caller), ask) == "not-allowed",
                        "\(name)")
                }
            }
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.approve(id, digest: "", reason: "r", $0)
                } == "not-allowed")
            #expect(try await house.bus.state(of: patch, as: PatchDecider.self).version == 1)
        }
    }

    @Test("Names outside the allow-lists, values outside their lists, empty selectors")
    func badNames() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            for (package, version, code) in [
                ("-oProxyCommand=x", "1", "bad-package"), ("curl;id", "1", "bad-package"),
                ("curl", "$(id)", "bad-version"),
            ] {
                let bad = PatchIdentification(
                    vendorID: "DSA-1", title: "t", kind: .update, purpose: .security,
                    sourcePackage: "curl",
                    packages: [
                        PackageSelection(name: package, architecture: "amd64", version: version)
                    ], origin: "Debian")
                #expect(
                    try await house.code(house.order(alice)) {
                        try await useCases.identify(bad, $0)
                    } == code)
            }
            let patch = try await house.signedOff().text
            let selections: [(AssetSelection, String)] = [
                (AssetSelection(), "invalid target"),
                (AssetSelection(environment: "prod"), "invalid target.environment"),
                (AssetSelection(group: "-x"), "invalid target.group"),
                (AssetSelection(site: "a b"), "invalid target.site"),
                (AssetSelection(assets: []), "invalid target.assets"),
                (AssetSelection(assets: ["web-1"]), "invalid target.assets"),
                (AssetSelection(assets: [unknownPatch.text]), "invalid target.assets"),
                (AssetSelection(assets: [House.asset("nobody").text]), "invalid target.assets"),
                (AssetSelection(site: "elsewhere"), "no-targets"),
            ]
            for (selection, code) in selections {
                #expect(
                    try await house.code(house.order(rita)) {
                        try await useCases.submit(patch, selection, expiresInSeconds: nil, $0)
                    } == code)
            }
            for seconds in [0, -1, Int.max] {
                #expect(
                    try await house.code(house.order(rita)) {
                        try await useCases.submit(
                            patch, House.production, expiresInSeconds: seconds, $0)
                    } == "invalid expires_in_seconds")
            }
        }
    }

    @Test("What isn't known: ids, hosts that were never scanned, hosts without the offer")
    func unknown() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            for id in ["", "pa_1", House.lab.text, "pa_\(unknownPatch.uuid)"] {
                #expect(
                    try await house.code(house.order(alice)) {
                        try await useCases.withdraw(id, reason: "r", $0)
                    } == "no patch")
            }
            let asked: [(Caller, (Order) async throws -> Written)] = [
                (alice, { try await useCases.assess(unknownPatch.text, House.assessment, $0) }),
                (alice, { try await useCases.dismiss(unknownPatch.text, reason: "r", $0) }),
                (alice, { try await useCases.signOff(unknownPatch.text, reason: "r", $0) }),
                (alice, { try await useCases.withdraw(unknownPatch.text, reason: "r", $0) }),
                (alice, { try await useCases.document(unknownPatch.text, $0) }),
                (
                    rita,
                    {
                        try await useCases.submit(
                            unknownPatch.text, House.production, expiresInSeconds: nil, $0)
                    }
                ),
            ]
            for (caller, ask) in asked {
                #expect(try await house.code(house.order(caller), ask) == "no patch")
            }

            let patch = try await house.identified().text
            _ = try await useCases.importAssets(
                format: "ini", text: "[lab]\nlab-9\n", house.order(alice))
            let unscanned = House.asset("lab-9").text
            for assets in [[unscanned], [House.asset("nobody").text], ["web-1"], []] {
                let assessment = AssessmentByHand(
                    riskClass: .urgent, assets: assets, checks: House.assessment.checks)
                #expect(
                    try await house.code(house.order(alice)) {
                        try await useCases.assess(patch, assessment, $0)
                    } == "invalid assets")
            }
            _ = try await useCases.assess(patch, House.assessment, house.order(alice))
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.acquire(patch, referenceAsset: "lab-1", $0)
                } == "invalid reference_asset")
            _ = try await useCases.acquire(
                patch, referenceAsset: House.lab.text, house.order(alice))
            try await house.wait("the acquisition") {
                try await house.patch(StreamID(patch)!).state == .acquired
            }
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.test(patch, sample: [unscanned], $0)
                } == "invalid sample")
            #expect(
                try await house.code(house.order(alice)) {
                    try await useCases.test(patch, sample: [House.web[0].text], $0)
                } == "not-a-lab-host")
        }
    }

    @Test("Requester, tester and last editor may not approve, whatever their roles (I14)")
    func separationOfDuties() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.signedOff().text
            _ = try await useCases.submit(
                patch, House.production, expiresInSeconds: nil, house.order(olga))
            let digest = try await house.binding(of: StreamID(patch)!)
            #expect(
                try await house.code(house.order(olga)) {
                    try await useCases.approve(patch, digest: digest, reason: "mine", $0)
                } == "requester-may-not-approve")
            let tester = Caller(person: alice.person, roles: [.approver])
            #expect(
                try await house.code(house.order(tester)) {
                    try await useCases.approve(patch, digest: digest, reason: "mine", $0)
                } == "tester-may-not-approve")
            #expect(try await house.patch(StreamID(patch)!).state == .awaitingApproval)
        }
    }

    @Test("An approval names exactly what was read, and the version that was seen (I14)")
    func stale() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.submitted()
            let seen = try await house.binding(of: patch)
            let version = try await house.bus.state(of: patch, as: PatchDecider.self).version
            let harder = AssessmentByHand(
                riskClass: .urgent, expectedDowntimeSeconds: 600, checks: House.assessment.checks)
            _ = try await useCases.assess(patch.text, harder, house.order(alice))
            _ = try await useCases.test(
                patch.text, sample: [House.lab.text], house.order(alice))
            try await house.wait(for: patch, .tested)
            _ = try await useCases.signOff(patch.text, reason: "stable", house.order(alice))
            _ = try await useCases.submit(
                patch.text, House.production, expiresInSeconds: 3600, house.order(rita))
            let error = try await house.refusal(house.order(peter)) {
                try await useCases.approve(patch.text, digest: seen, reason: "read", $0)
            }
            #expect((error as? PatchRejection)?.kind == .stale)
            let now = try await house.binding(of: patch)
            #expect(now != seen)
            #expect(
                try await house.code(house.order(peter, version: version)) {
                    try await useCases.approve(patch.text, digest: now, reason: "read", $0)
                } == "version-conflict")
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.approve(patch.text, digest: "abc", reason: "read", $0)
                } == "invalid digest")
            #expect(
                try await house.code(house.order(peter)) {
                    try await useCases.approve(patch.text, digest: now, reason: " ", $0)
                } == "invalid reason")
            _ = try await useCases.approve(
                patch.text, digest: now, reason: "read", house.order(peter))
        }
    }

    @Test("Nothing is skipped on the way, and what is missing of the evidence is named")
    func wrongStates() async throws {
        try await withHouse { house in
            let useCases = house.useCases
            let patch = try await house.identified()
            let id = patch.text
            let asked: [(Caller, (Order) async throws -> Written)] = [
                (alice, { try await useCases.acquire(id, referenceAsset: House.lab.text, $0) }),
                (alice, { try await useCases.test(id, sample: [House.lab.text], $0) }),
                (alice, { try await useCases.signOff(id, reason: "r", $0) }),
                (
                    rita,
                    {
                        try await useCases.submit(
                            id, House.production, expiresInSeconds: nil, $0)
                    }
                ),
                (
                    peter,
                    {
                        try await useCases.approve(
                            id, digest: Digest(of: "x").description, reason: "r", $0)
                    }
                ),
                (peter, { try await useCases.revoke(id, reason: "r", $0) }),
                (alice, { try await useCases.reopen(id, reason: "r", $0) }),
                (alice, { try await useCases.document(id, $0) }),
            ]
            for (caller, ask) in asked {
                #expect(try await house.code(house.order(caller), ask) == "wrong-state")
            }
            #expect(try await house.bus.state(of: patch, as: PatchDecider.self).version == 1)
            #expect(
                try await house.code(house.order(rita)) {
                    try await useCases.plan(house.request(patch), $0)
                } == "wrong-state")
        }
    }
}
