import Testing
import TransparencyLog

@Suite("Asking a witness: C2SP tlog-witness, add-checkpoint")
struct AddCheckpointTests {
    /// The example of the specification.
    private let example = """
        old 20852014
        PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
        jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
        5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
        /6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zh\
        cyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        \u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49\
        /V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

        """

    private func request(_ text: String) throws -> AddCheckpointRequest {
        try AddCheckpointRequest(Array(text.utf8))
    }

    @Test("The specification's example is read and written back")
    func specification() throws {
        let request = try request(example)
        #expect(request.oldSize == 20_852_014)
        #expect(request.proof.count == 4)
        #expect(request.proof[0].base64 == "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=")
        #expect(request.note.signatures.count == 2)
        let checkpoint = try Checkpoint(text: request.note.text)
        #expect(checkpoint.head.size == 20_852_163)
        #expect(try request.consistencyProof(to: checkpoint).newSize == 20_852_163)
        #expect(String(decoding: request.body, as: UTF8.self) == example)
    }

    @Test("From nothing there is no proof")
    func fromNothing() throws {
        let note = try request(example).note
        let request = AddCheckpointRequest(oldSize: 0, proof: [], note: note)
        #expect(request.body.starts(with: Array("old 0\n\nexample.com".utf8)))
        #expect(try AddCheckpointRequest(request.body) == request)
    }

    @Test(
        "What isn't a request is refused",
        arguments: [
            ("old 20852014\n", ""), ("old 20852014", "old 020852014"), ("old 20852014", "old -1"),
            ("old 20852014", "old  20852014"), ("old 20852014", "old 20852014 "),
            ("old 20852014", "Old 20852014"), ("old 20852014", "old "), ("old 20852014", "old"),
            ("old 20852014", "\nold 20852014"), ("old 20852014", "old 9223372036854775808"),
            ("PlRNCrw", "PlRNCr"), ("DDpkaw=\n", "DDpkaw=\r\n"), ("3Kj/0=\n\n", "3Kj/0=\n"),
            ("example.com/behind-the-sofa\n2085", "\n2085"), ("\u{2014}", "-"),
        ])
    func malformed(from: String, to: String) throws {
        let changed = example.replacing(from, with: to)
        #expect(changed != example)
        // A blank line too many leaves a note that is no checkpoint.
        #expect(throws: (any Error).self) {
            try Checkpoint(text: try request(changed).note.text)
        }
    }

    @Test("A proof has at most 63 hashes")
    func longProof() throws {
        let line = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        let rest = try #require(example.firstRange(of: "\n\n")).lowerBound
        func body(_ count: Int) -> String {
            "old 1\n" + String(repeating: line, count: count) + example[rest...].dropFirst()
        }
        #expect(try request(body(63)).proof.count == 63)
        #expect(throws: AddCheckpointError.proofTooLong) { try request(body(64)) }
        #expect(throws: AddCheckpointError.proofTooLong) {
            try request("old 1\n" + String(repeating: line, count: 100_000))
        }
    }

    @Test("The old size may not be above the checkpoint's")
    func oldAboveNew() throws {
        let request = try request(example.replacing("old 20852014", with: "old 20852164"))
        let checkpoint = try Checkpoint(text: request.note.text)
        #expect(throws: AddCheckpointError.oldSizeAboveNew) {
            try request.consistencyProof(to: checkpoint)
        }
    }

    @Test("A witness answers with its cosignatures, which the log adds to its note")
    func cosigned() throws {
        let witness = try SignerKey(
            name: "witness.example", algorithm: .cosignature, seed: Array(UInt8(0)..<32))
        let log = try SignerKey(
            name: "log.example", algorithm: .ed25519, seed: Array(UInt8(1)...32))
        let note = try Checkpoint(origin: "log.example", head: .empty).signed(by: log)
        let answer = AddCheckpointAnswer.cosigned([witness.cosign(note.text, at: 7)])
        let read = try #require(AddCheckpointAnswer(cosignedBody: answer.body))
        #expect(read == answer)
        guard case .cosigned(let signatures) = read else { return }
        let published = try note.adding(signatures)
        #expect(try published.verified(by: [witness.verifier]).first?.cosignedAt == 7)
        #expect(try published.verified(by: [log.verifier]).count == 1)
    }

    @Test("Or with the size that it knows")
    func stale() {
        let answer = AddCheckpointAnswer.stale(size: 20_852_014)
        #expect(answer.body == Array("20852014\n".utf8))
        #expect(AddCheckpointAnswer(staleBody: answer.body) == answer)
        for body in ["", "\n", "1", "01\n", "1\n\n", "1 \n", "-1\n"] {
            #expect(AddCheckpointAnswer(staleBody: Array(body.utf8)) == nil)
        }
        for body in ["", "\n", "20852014\n", "\u{2014} a b\n"] {
            #expect(AddCheckpointAnswer(cosignedBody: Array(body.utf8)) == nil)
        }
    }
}
