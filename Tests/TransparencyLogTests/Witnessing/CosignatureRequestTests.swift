import Testing
import TransparencyLog

@Suite("Asking a witness, step by step")
struct CosignatureRequestTests {
    private let witness: SignerKey
    private let note: SignedNote

    init() throws {
        witness = try SignerKey(
            name: "witness.example", algorithm: .cosignature, seed: [UInt8](repeating: 3, count: 32)
        )
        let log = try SignerKey(
            name: "log.example", algorithm: .ed25519, seed: [UInt8](repeating: 1, count: 32))
        note = try Checkpoint(
            origin: "log.example", head: TreeHead(size: 20, root: .leaf([1]))
        ).signed(by: log)
    }

    private func request(knownSize: Int64? = nil) -> CosignatureRequest {
        CosignatureRequest(of: note, size: 20, witness: witness.verifier, knownSize: knownSize)
    }

    private func size(_ size: Int64) -> WitnessReply {
        WitnessReply(
            status: 409, mediaType: AddCheckpointAnswer.sizeMediaType,
            body: AddCheckpointAnswer.stale(size: size).body)
    }

    @Test(
        "given nothing is known, it begins at 0, goes on from the size it is told, and is cosigned")
    func asks() throws {
        var request = request()
        #expect(request.first == .send(oldSize: 0))
        #expect(request.next(after: size(12)) == .send(oldSize: 12))
        let cosignature = witness.cosign(note.text, at: 77)
        let others = try SignerKey(
            name: "else", algorithm: .cosignature, seed: [UInt8](repeating: 9, count: 32)
        ).cosign(note.text, at: 77)
        let reply = WitnessReply(
            status: 200, body: AddCheckpointAnswer.cosigned([others, cosignature]).body)
        #expect(request.next(after: reply) == .cosigned(cosignature))
    }

    @Test("given a size, it begins there, unless the log is smaller by now")
    func known() {
        #expect(request(knownSize: 20).first == .send(oldSize: 20))
        #expect(request(knownSize: 21).first == .send(oldSize: 0))
    }

    @Test("A larger size, and the same one again, mean that somebody must look")
    func refused() {
        var ahead = request()
        guard case .refused(let words) = ahead.next(after: size(21)) else {
            Issue.record("a larger log")
            return
        }
        #expect(words.contains("21 entries, and this log has 20"))
        var fork = request(knownSize: 20)
        guard case .refused(let other) = fork.next(after: size(20)) else {
            Issue.record("a fork")
            return
        }
        #expect(other.contains("another history of 20 entries"))
        for status in [400, 403, 404, 409, 413, 422] {
            var request = request()
            let reply = WitnessReply(status: status, "because")
            guard case .refused(let words) = request.next(after: reply) else {
                Issue.record("\(status)")
                continue
            }
            #expect(words == "it answered with status \(status): because")
        }
    }

    @Test("A cosignature that is not right is none")
    func wrong() throws {
        let stranger = try SignerKey(
            name: "witness.example", algorithm: .cosignature, seed: [UInt8](repeating: 9, count: 32)
        )
        for signature in [stranger.cosign(note.text, at: 7), witness.cosign("other\n", at: 7)] {
            var request = request()
            let reply = WitnessReply(
                status: 200, body: AddCheckpointAnswer.cosigned([signature]).body)
            guard case .refused = request.next(after: reply) else {
                Issue.record("it was taken")
                continue
            }
        }
        var request = request()
        guard case .refused = request.next(after: WitnessReply(status: 200, "thanks")) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test("What passes is asked for again later, and no witness is asked without end")
    func unavailable() {
        for status in [429, 500, 503] {
            var request = request()
            guard case .unavailable = request.next(after: WitnessReply(status: status, "")) else {
                Issue.record("\(status)")
                continue
            }
        }
        var request = request()
        var step = request.first
        for size in [1, 2, 3, 4, 5, 6].map({ size($0) }) {
            guard case .send = step else { break }
            step = request.next(after: size)
        }
        guard case .unavailable = step else {
            Issue.record("\(step)")
            return
        }
    }
}
