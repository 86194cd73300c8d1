import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

/// An event of any version that was ever written is read in today's form (I11, I12).
@Suite("Stored forms of older events")
struct StoredUpcastTests {
    @Test("Each version of each type is led to today's form, and written again without a change")
    func chains() throws {
        // What an older event says of people in the clear is read, and never written again.
        for (type, payload) in StoredEventTypes.payloads
        where !(payload is any PersonalPayload.Type) {
            for version in 1...payload.schemaVersion {
                let stored = try golden("\(type).\(version)")
                let event = try StoredEventTests.read(type, version, stored)
                let current = try NewEvent(event.payload)
                #expect(current.schemaVersion == payload.schemaVersion)
                #expect(
                    text(current.data) == text(try payload.upcast(stored, from: version)),
                    "\(type) of version \(version)")
            }
        }
    }

    @Test("A step that has landed gives what it always gave")
    func steps() throws {
        var count = 0
        for (type, payload) in StoredEventTypes.payloads {
            for version in 1..<payload.schemaVersion {
                let step = try #require(payload.upcasts[version], "\(type) from \(version)")
                var value = try CanonicalJSON.decode(
                    JSONValue.self, from: golden("\(type).\(version)"))
                step(&value)
                let bytes = try CanonicalJSON.encode(value)
                let name = "\(type).\(version).upcast"
                try GoldenFiles.writeIfMissing(name, bytes)
                #expect(text(bytes) == text(try golden(name)))
                count += 1
            }
            #expect(
                payload.upcasts.keys.allSatisfy { (1..<payload.schemaVersion).contains($0) },
                "\(type) has a step that leads nowhere")
        }
        #expect(count >= 3, "the chains are too short to be true")
    }

    @Test("A version newer than this program, or older than any, is refused by type and version")
    func refusals() throws {
        for (type, payload) in StoredEventTypes.payloads {
            let known = payload.schemaVersion
            let data = try golden("\(type).\(known)")
            #expect(
                throws: EventCodingError.newerVersion(
                    type: type, schemaVersion: known + 1, known: known)
            ) { try StoredEventTests.read(type, known + 1, data) }
            #expect(
                throws: EventCodingError.missingStep(type: type, schemaVersion: 0, known: known)
            ) { try StoredEventTests.read(type, 0, data) }
        }
    }

    @Test("What is left out in old events counts as none; what is there is kept")
    func defaults() throws {
        let planned = try RolloutPlanned.decode(
            schemaVersion: 1, data: golden("RolloutPlanned.1"))
        #expect(planned.testers.isEmpty)
        let named = try changed("RolloutPlanned.1") { $0["testers"] = .array([.string("pe_tom")]) }
        #expect(try RolloutPlanned.decode(schemaVersion: 1, data: named).testers == ["pe_tom"])

        let requested = try ApprovalRequested.decode(
            schemaVersion: 1, data: golden("ApprovalRequested.1"))
        #expect(requested.covered == 0)
        let counted = try changed("ApprovalRequested.1") { $0["covered"] = .integer(4) }
        #expect(try ApprovalRequested.decode(schemaVersion: 1, data: counted).covered == 4)

        let observed = try RolloutObserved.decode(
            schemaVersion: 1, data: golden("RolloutObserved.1"))
        #expect(observed.overview.skipped == 0)
        let skipped = try changed("RolloutObserved.1") { $0["overview"]?["skipped"] = .integer(2) }
        #expect(try RolloutObserved.decode(schemaVersion: 1, data: skipped).overview.skipped == 2)
    }

    @Test("Data that no step can change is refused by the current form, never filled in")
    func broken() throws {
        for data in ["[]", "7", #"{"overview":3}"#, "{}", "not JSON"] {
            #expect(throws: (any Error).self, "\(data)") {
                try RolloutObserved.decode(schemaVersion: 1, data: Array(data.utf8))
            }
        }
    }

    private func changed(_ name: String, _ change: (inout JSONValue) -> Void) throws -> [UInt8] {
        var value = try CanonicalJSON.decode(JSONValue.self, from: golden(name))
        change(&value)
        return try CanonicalJSON.encode(value)
    }

    private func golden(_ name: String) throws -> [UInt8] {
        try #require(
            try GoldenFiles.bytes(name), "\(name): run once with PATCHFLOW_WRITE_GOLDEN=1")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
