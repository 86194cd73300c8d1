import APIContract
import FoundationEssentials
import JSON
import Testing

/// The wire, letter by letter: a change here breaks somebody's script.
@Suite struct GoldenTests {
    private static let at = "2026-03-01T09:30:00.000000Z"

    private func expect<Value: Codable & Equatable>(_ value: Value, _ text: String) throws {
        #expect(String(decoding: try WireJSON.encode(value), as: UTF8.self) == text)
        #expect(try WireJSON.decode(Value.self, from: Data(text.utf8)) == value)
    }

    @Test func checkpointsAndProofs() throws {
        try expect(
            CheckpointResource(size: 2, root: "ab", note: "x\n", sealedAt: Self.at),
            #"{"note":"x\n","root":"ab","sealed_at":"\#(Self.at)","size":2}"#)
        try expect(
            InclusionProofResource(position: 1, size: 2, entry: "{}", hashes: ["cd"]),
            #"{"entry":"{}","hashes":["cd"],"position":1,"size":2}"#)
        try expect(
            ConsistencyProofResource(from: 1, to: 2, hashes: ["cd"]),
            #"{"from":1,"hashes":["cd"],"to":2}"#)
    }

    @Test func receiptsAndProblems() throws {
        try expect(
            Receipt(id: "pa_1", state: "approved", version: 4, position: 17),
            #"{"id":"pa_1","position":17,"state":"approved","version":4}"#)
        try expect(
            Problem(
                .invalidField, "port '0': too low",
                errors: [FieldProblem(field: "line 2", detail: "too low")], requestId: "r1"),
            #"{"code":"invalid-field","detail":"port '0': too low","#
                + #""errors":[{"detail":"too low","field":"line 2"}],"request_id":"r1","#
                + #""status":422,"title":"Invalid","type":"about:blank"}"#)
    }

    @Test func pages() throws {
        let page = ListPage(data: [ReasonRequest(reason: "x")], next: "c", position: 9)
        let text = #"{"data":[{"reason":"x"}],"next":"c","position":9}"#
        #expect(String(decoding: try WireJSON.encode(page), as: UTF8.self) == text)
        let last = #"{"data":[],"next":null,"position":9}"#
        let read = try WireJSON.decode(ListPage<ReasonRequest>.self, from: Data(last.utf8))
        #expect(read.data.isEmpty && read.next == nil && read.position == 9)
    }

    @Test func identity() throws {
        try expect(
            IssueTokenRequest(person: "anna", roles: ["analyst"], expiresInSeconds: 60),
            #"{"expires_in_seconds":60,"person":"anna","roles":["analyst"]}"#)
        try expect(
            TokenResource(
                id: "to_1", person: "anna", personId: "pe_1", roles: ["analyst"],
                prefix: "pf_01234567", state: "active", issuedAt: Self.at, expiresAt: Self.at),
            #"{"expires_at":"\#(Self.at)","id":"to_1","issued_at":"\#(Self.at)","#
                + #""person":"anna","person_id":"pe_1","prefix":"pf_01234567","#
                + #""roles":["analyst"],"state":"active"}"#)
        try expect(
            MeResource(
                person: "anna", personId: "pe_1", roles: ["analyst"], token: "to_1",
                expiresAt: Self.at),
            #"{"expires_at":"\#(Self.at)","person":"anna","person_id":"pe_1","#
                + #""roles":["analyst"],"token":"to_1"}"#)
    }

    @Test func assets() throws {
        try expect(
            ScanAssetsRequest(assets: ["as_1"], what: ["updates"]),
            #"{"assets":["as_1"],"what":["updates"]}"#)
        try expect(
            AssetResource(
                id: "as_1", name: "web1", address: "10.0.0.1", port: 22, user: "root",
                environment: "production", criticality: "medium", exposure: "internal",
                state: "active", osName: "debian",
                lastFailure: ScanFailureResource(cause: "absent", detail: "no route", at: Self.at),
                version: 3),
            #"{"address":"10.0.0.1","criticality":"medium","environment":"production","#
                + #""exposure":"internal","id":"as_1","last_failure":{"at":"\#(Self.at)","#
                + #""cause":"absent","detail":"no route"},"name":"web1","offers":0,"#
                + #""open_scans":0,"os_name":"debian","port":22,"security_offers":0,"#
                + #""state":"active","user":"root","version":3}"#)
        try expect(
            OfferedUpdateResource(
                name: "openssl", source: "openssl", architecture: "amd64", offeredVersion: "3.1",
                origin: "Debian:12/stable-security", fromSecurityArchive: true, sha256: "ab",
                size: 7,
                assets: [
                    OfferedToResource(
                        id: "as_1", name: "web1", environment: "lab", installedVersion: "3.0")
                ]),
            #"{"architecture":"amd64","assets":[{"environment":"lab","id":"as_1","#
                + #""installed_version":"3.0","name":"web1"}],"from_security_archive":true,"#
                + #""name":"openssl","offered_version":"3.1","#
                + #""origin":"Debian:12/stable-security","sha256":"ab","size":7,"#
                + #""source":"openssl"}"#)
    }

    @Test func eventsAndWork() throws {
        try expect(
            EventResource(
                position: 1, stream: "pa_1", version: 1, id: "e", type: "PatchIdentified",
                schemaVersion: 1, occurredAt: Self.at, recordedAt: Self.at,
                actor: ActorResource(id: "pe_1", role: "vendorWatch"), commandId: "c",
                correlationId: "c", data: .object(["some_key": .integer(3)])),
            #"{"actor":{"id":"pe_1","role":"vendorWatch"},"command_id":"c","#
                + #""correlation_id":"c","data":{"some_key":3},"id":"e","#
                + #""occurred_at":"\#(Self.at)","position":1,"recorded_at":"\#(Self.at)","#
                + #""schema_version":1,"stream":"pa_1","type":"PatchIdentified","version":1}"#)
        try expect(
            ActivityResource(
                id: "a", kind: "discover", stream: "as_1", state: "due", attempt: 0,
                dueAt: Self.at),
            #"{"attempt":0,"due_at":"\#(Self.at)","id":"a","kind":"discover","#
                + #""state":"due","stream":"as_1"}"#)
        try expect(
            WorkerResource(
                id: "w", name: "w1", state: "live", held: 2, startedAt: Self.at,
                leaseUntil: Self.at),
            #"{"held":2,"id":"w","lease_until":"\#(Self.at)","name":"w1","#
                + #""started_at":"\#(Self.at)","state":"live"}"#)
    }

    @Test func patchesAndRollouts() throws {
        try expect(
            ResumeRolloutRequest(reason: "seen", acknowledge: ["as_1"]),
            #"{"acknowledge":["as_1"],"reason":"seen"}"#)
        try expect(
            RollBackRolloutRequest(reason: "bad", scope: "all"),
            #"{"reason":"bad","scope":"all"}"#)
        try expect(
            PackageResource(name: "p", architecture: "amd64", version: "1"),
            #"{"architecture":"amd64","name":"p","version":"1"}"#)
        try expect(
            DeploymentCounts(waiting: 1, rolledBack: 2),
            #"{"absent":0,"cancelled":0,"failed":0,"rolled_back":2,"running":0,"skipped":0,"#
                + #""succeeded":0,"unknown":0,"waiting":1}"#)
        try expect(
            GateResource(
                verdict: "trip", rule: "failures", value: "2 of 4", limit: "10 %",
                assets: ["as_1"], hosts: ["web1"], at: Self.at),
            #"{"assets":["as_1"],"at":"\#(Self.at)","hosts":["web1"],"limit":"10 %","#
                + #""rule":"failures","value":"2 of 4","verdict":"trip"}"#)
        try expect(
            DeploymentResource(
                id: "de_1", rollout: "ro_1", patch: "pa_1", asset: "as_1", host: "web1", batch: 0,
                state: "verified", outcome: "success", changedAt: Self.at, version: 9),
            #"{"after":[],"asset":"as_1","attempts":0,"batch":0,"before":[],"changed_at":"\#(Self.at)","#
                + #""host":"web1","id":"de_1","outcome":"success","patch":"pa_1","#
                + #""rollout":"ro_1","state":"verified","version":9}"#)
    }
}
