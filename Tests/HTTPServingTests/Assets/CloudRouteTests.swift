import APIContract
import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

/// Clouds' own lists of instances, over the wire.
@Suite(.timeLimit(.minutes(2))) struct CloudRouteTests {
    private struct Scene {
        let log: ServedLog
        let analyst: String?
        let watcher: String?

        func post<Body: Encodable>(
            _ path: String, _ body: Body, as token: String?, key: String? = UUID().uuidString
        ) async throws -> ServedLog.Reply {
            try await log.post(
                "/api/v1/\(path)", String(decoding: try WireJSON.encode(body), as: UTF8.self),
                as: token, key: key)
        }

        func list(
            _ text: String, taken: String? = nil, shrink: Bool? = nil, decommission: Bool? = nil
        ) -> ReconcileCloudRequest {
            ReconcileCloudRequest(
                provider: "generic", account: "rack", takenAt: taken, acceptShrink: shrink,
                decommissionGone: decommission, text: text)
        }

        func reconcile(_ request: ReconcileCloudRequest) async throws -> ReconcileCloudResult {
            let reply = try await post("assets:reconcile", request, as: analyst)
            #expect(reply.status == 200, "\(reply.text)")
            return try reply.decode()
        }

        func asset(_ name: String, _ position: Int64) async throws -> AssetResource {
            let page: ListPage<AssetResource> = try await log.get(
                "/api/v1/assets?name=\(name)&min_position=\(position)", as: analyst
            ).decode()
            return try #require(page.data.first)
        }
    }

    private func withScene(_ body: (Scene) async throws -> Void) async throws {
        try await withServedLog { log in
            let administrator = try await log.administrator()
            let scene = Scene(
                log: log,
                analyst: try await log.token("anna", "analyst", by: administrator).secret,
                watcher: try await log.token("vera", "vendorWatch", by: administrator).secret)
            let imported = try await scene.post(
                "assets:import",
                ImportAssetsRequest(
                    format: "csv",
                    text: "name,address,kind,ephemeral\n"
                        + "web-1,10.0.0.1,cloud-instance,true\nweb-2,10.0.0.2,,\n"
                        + "twin-a,10.0.0.8,,\n"),
                as: scene.analyst)
            #expect(imported.status == 200, "\(imported.text)")
            try await body(scene)
        }
    }

    private static let all =
        "id,name,address,state,group\nv1,,10.0.0.1,running,web\nv2,,10.0.0.2,stopped,\n"
        + "v3,stranger,10.0.0.3,running,\nv4,twin-a,10.0.0.2,running,\n"

    @Test func whatNobodyManagesIsShownAsOfAnyMoment() async throws {
        try await withScene { scene in
            let before = try await scene.log.useCases.store.head()
            let request = scene.list(Self.all)
            let first = try await scene.post(
                "assets:reconcile", request, as: scene.analyst, key: "k1")
            #expect(first.status == 200, "\(first.text)")
            let result: ReconcileCloudResult = try first.decode()
            #expect(result.scope == "generic/rack")
            #expect((result.instances, result.managed, result.unmanaged) == (4, 1, 1))
            #expect(result.ambiguous == 2, "web-2 fits two instances")
            let head = try await scene.log.useCases.store.head()
            let repeated = try await scene.post(
                "assets:reconcile", request, as: scene.analyst, key: "k1")
            #expect(repeated.body == first.body, "I10: word for word the same answer")
            #expect(try await scene.log.useCases.store.head() == head)

            let web = try await scene.asset("web-1", result.position)
            #expect(web.cloud?.instance == "v1" && web.cloud?.match == "address")
            let shown: ListPage<UnmanagedInstanceResource> = try await scene.log.get(
                "/api/v1/unmanaged-instances?limit=2&min_position=\(result.position)",
                as: scene.watcher
            ).decode()
            #expect(shown.data.map(\.instance) == ["v2", "v3"])
            let next = try #require(shown.next)
            let rest: ListPage<UnmanagedInstanceResource> = try await scene.log.get(
                "/api/v1/unmanaged-instances?limit=2&cursor=\(next)", as: scene.watcher
            ).decode()
            #expect(rest.data.map(\.instance) == ["v4"] && rest.next == nil)
            #expect(rest.data[0].candidates.sorted() == ["twin-a", "web-2"])
            let then: ListPage<UnmanagedInstanceResource> = try await scene.log.get(
                "/api/v1/unmanaged-instances?as_of=\(before)", as: scene.watcher
            ).decode()
            #expect(then.data.isEmpty)
            let accounts: ListPage<CloudAccountResource> = try await scene.log.get(
                "/api/v1/cloud-accounts", as: scene.watcher
            ).decode()
            #expect(accounts.data.map(\.unmanaged) == [1])
            #expect(accounts.data.map(\.id) == [result.account])
        }
    }

    @Test func aListThatIsCutOldOrOfNobodyChangesNothing() async throws {
        try await withScene { scene in
            let now = scene.log.clock.now
            let first = try await scene.reconcile(
                scene.list(Self.all, taken: (now + .seconds(-60)).description))
            let head = try await scene.log.useCases.store.head()
            let fewer = scene.list("id,address\nv1,10.0.0.1\n", taken: now.description)
            let shrunk = try await scene.post("assets:reconcile", fewer, as: scene.analyst)
            #expect(shrunk.status == 409, "\(shrunk.text)")
            #expect(try shrunk.problem.code == "list-shrank")
            let older = try await scene.post(
                "assets:reconcile", scene.list(Self.all, taken: "2020-01-01T00:00:00Z"),
                as: scene.analyst)
            #expect(older.status == 412)
            for (request, field) in [
                (ReconcileCloudRequest(provider: "moon", text: "[]"), "provider"),
                (ReconcileCloudRequest(provider: "aws", text: "{"), "entry 1"),
                (scene.list("id\na b\n"), "line 2"),
                (scene.list(Self.all, taken: "now"), "taken_at"),
            ] {
                let reply = try await scene.post("assets:reconcile", request, as: scene.analyst)
                #expect(reply.status == 422, "\(reply.text)")
                #expect(try reply.problem.errors.contains { $0.field == field }, "\(reply.text)")
            }
            #expect(try await scene.log.useCases.store.head() == head)
            let accepted = try await scene.reconcile(
                scene.list("id,address\nv1,10.0.0.1\n", taken: now.description, shrink: true))
            #expect(accepted.instances == 1 && accepted.position > first.position)
        }
    }

    @Test func whatIsGoneStaysUntilSomebodyWhoMayEndsIt() async throws {
        try await withScene { scene in
            _ = try await scene.reconcile(
                scene.list("id,address,group\nv1,10.0.0.1,web\nv2,10.0.0.2,\n"))
            _ = try await scene.post(
                "assets:import",
                ImportAssetsRequest(
                    format: "csv", text: "name,address,kind,ephemeral\nweb-9,10.0.0.9,,true\n"),
                as: scene.analyst)
            let text = "id,address,group\nv2,10.0.0.2,\nv9,10.0.0.9,web\n"
            let denied = try await scene.post(
                "assets:reconcile", scene.list(text, decommission: true), as: scene.watcher)
            #expect(denied.status == 403, "who watches may not decommission")
            let seen = try await scene.reconcile(scene.list(text))
            #expect(seen.gone == 1)
            let gone = try #require(seen.data.last)
            #expect(gone.outcome == "gone" && gone.assetName == "web-1")
            let old = try await scene.asset("web-1", seen.position)
            #expect(old.state == "active" && old.cloud?.state == "gone")

            let ended = try await scene.reconcile(scene.list(text, decommission: true))
            #expect(ended.data.last?.outcome == "decommissioned")
            let after = try await scene.asset("web-1", ended.position)
            #expect(after.state == "decommissioned")
            let new = try await scene.asset("web-9", ended.position)
            #expect(after.replacedBy == new.id && new.replaces == after.id)
        }
    }

    @Test func anInstanceIsReplacedAndTheTwoAreLinked() async throws {
        try await withScene { scene in
            let old = try await scene.asset("web-1", scene.log.useCases.store.head())
            let path = "assets/\(old.id):replace"
            let nobody = try await scene.post(
                path, ReplaceAssetRequest(by: "web-99"), as: scene.analyst)
            #expect(try nobody.problem.errors.first?.field == "by", "\(nobody.text)")
            let itself = try await scene.post(
                path, ReplaceAssetRequest(by: "web-1"), as: scene.analyst)
            #expect(itself.status == 422)
            let body = ReplaceAssetRequest(by: "web-2", image: "sha256:ab", reason: "rebuilt")
            let reply = try await scene.post(path, body, as: scene.analyst, key: "k1")
            #expect(reply.status == 200, "\(reply.text)")
            let receipt: Receipt = try reply.decode()
            #expect(receipt.state == "decommissioned")
            let repeated = try await scene.post(path, body, as: scene.analyst, key: "k1")
            #expect(repeated.body == reply.body, "I10")
            let new = try await scene.asset("web-2", receipt.position)
            #expect(new.replaces == old.id && new.runsImage == "sha256:ab")
            #expect(try await scene.asset("web-1", receipt.position).replacedBy == new.id)
        }
    }
}
