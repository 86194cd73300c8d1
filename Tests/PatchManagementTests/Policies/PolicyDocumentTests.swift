import EventSourcing
import JSON
import Testing

@testable import PatchManagement

@Suite("Policy documents")
struct PolicyDocumentTests {
    static func json(_ text: String) throws -> JSONValue {
        try CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8))
    }

    static func document(_ text: String) throws -> PolicyDocument {
        try PolicyDocument(json(text))
    }

    @Test("What was written is read, and written again the same")
    func roundTrip() throws {
        let text =
            #"{"classification":{"sla":{"urgent_seconds":86400}},"rollout":{"gate":{"max_failures":null}}}"#
        let document = try Self.document(text)
        #expect(document[.slaUrgent] == .integer(86_400))
        #expect(document[.gateMaxFailures] == .null)
        #expect(document.values.count == 2)
        #expect(document.faults.isEmpty)
        let stored = storedForm(document)
        #expect(String(decoding: stored, as: UTF8.self) == text)
        #expect(try CanonicalJSON.decode(PolicyDocument.self, from: stored) == document)
        #expect(try Self.document("{}").isEmpty)
        #expect(try Self.document(#"{"rollout":{"gate":{}}}"#).isEmpty)
    }

    @Test(
        "A member that is no field is refused by its path, and all of them at once",
        arguments: [
            (#"{"sla":{}}"#, ["sla"]), (#"[1]"#, ["document"]), (#""x""#, ["document"]),
            (#"{"classification":{"sla":{"urgent":1}}}"#, ["classification.sla.urgent"]),
            (#"{"classification":{"sla":3}}"#, ["classification.sla"]),
            (#"{"classification":{"sites":[]}}"#, ["classification.sites"]),
            (#"{"rollout.gate":{"max_percent":1}}"#, ["'rollout.gate'"]),
            (#"{"rollout":{"gate.max_percent":1}}"#, ["rollout.'gate.max_percent'"]),
            (#"{"a":1,"rollout":{"b":2},"tracks":{"c":true}}"#, ["a", "rollout.b", "tracks.c"]),
            (#"{"a":1,"tracks":{"os":1}}"#, ["a", "tracks.os"]),
        ])
    func unknown(text: String, paths: [String]) throws {
        let error = #expect(throws: PolicyDocumentError.self) {
            try Self.document(text)
        }
        #expect(error?.faults.map(\.field) == paths)
        #expect(throws: (any Error).self) {
            try CanonicalJSON.decode(PolicyDocument.self, from: Array(text.utf8))
        }
    }

    @Test(
        "A value outside its rule is a fault, named by its path",
        arguments: [
            (PolicyField.slaUrgent, ["0", "-1", #""3d""#, "1.5", "null", "999999999999"]),
            (.warningPercent, ["0", "100"]), (.epssGeneral, ["0.1", #""1.1""#, #""x""#]),
            (.epssModels, [#"{}"#, #"[{"model":"a"}]"#, #"[{"model":"a","score":"2"}]"#]),
            (.epssModels, [#"[{"model":"a","score":"0"},{"model":"A","score":"0"}]"#]),
            (.cvssVersions, ["[]", #"["5.0"]"#, #"["3.1","3.1"]"#, #""3.1""#]),
            (.cvssSources, [#"["a","a"]"#, "[1]", #"[""]"#]),
            (.defaultExposure, [#""everywhere""#]), (.defaultVector, [#""CVSS:3.1/AV:N""#]),
            (.batchesUrgent, [#""""#, #""0,rest""#, #""1%""#, #""rest,1""#, "7"]),
            (.gateNeedsHealth, ["1", "null"]), (.gateOnTrip, [#""explode""#]),
            (.gateMinSuccess, ["0", "101"]), (.exceptionReminders, ["[1,2]", "[0]", #"["1"]"#]),
            (.reviewInterval, ["1", "99999999"]), (.trackOS, [#""on""#]),
        ])
    func values(field: PolicyField, texts: [String]) throws {
        for text in texts {
            let document = PolicyDocument([field: try Self.json(text)])
            #expect(document.faults.map(\.field) == [field.rawValue], "\(text)")
        }
    }

    @Test("What is built in keeps every rule, and every field has it or may have none")
    func builtIn() {
        for field in PolicyField.allCases {
            #expect(field.fault(of: field.builtIn) == nil, "\(field.rawValue)")
            #expect(field.builtIn != .null || field.mayBeNone, "\(field.rawValue)")
        }
        #expect(Set(PolicyField.allCases.map(\.section)) == Set(PolicySection.allCases))
    }

    @Test("A scope is read from its text, and from no other; each has a stream of its own")
    func scopes() throws {
        let asset = production(1)
        for scope in [
            PolicyScope.account, .site("berlin"), .group("berlin"), .asset(asset),
        ] {
            #expect(PolicyScope(scope.description) == scope)
            #expect(
                try CanonicalJSON.decode(PolicyScope.self, from: storedForm(scope)) == scope)
        }
        for text in [
            "", "Account", "site", "site:", "site:a b", "group:../x", "asset:web-1",
            "asset:pa_\(asset.uuid)", "team:a", "site:a:b",
        ] {
            #expect(PolicyScope(text) == nil, "\(text)")
        }
        let streams = [PolicyScope.account, .site("a"), .group("a"), .asset(asset)].map(\.policy)
        #expect(Set(streams).count == 4)
        #expect(streams.allSatisfy { $0.prefix == "po" })
    }
}
