/// An answer of a witness as HTTP carries it.
///
/// Source: C2SP tlog-witness, add-checkpoint.
package struct WitnessReply: Hashable, Sendable {
    package let status: Int
    package let mediaType: String
    package let body: [UInt8]

    package init(status: Int, mediaType: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.mediaType = mediaType
        self.body = body
    }

    /// In words, for people.
    package init(status: Int, _ reason: String) {
        self.init(status: status, body: Array((reason + "\n").utf8))
    }

    package init(_ decision: WitnessDecision) {
        switch decision {
        case .cosign(let cosigned, _):
            self.init(
                status: 200, body: AddCheckpointAnswer.cosigned([cosigned.cosignature]).body)
        case .refuse(let refusal): self.init(refusal)
        }
    }

    package init(_ refusal: WitnessRefusal) {
        switch refusal {
        case .malformed, .noCheckpoint: self.init(status: 400, refusal.description)
        case .unknownKey: self.init(status: 403, refusal.description)
        case .unknownLog: self.init(status: 404, refusal.description)
        case .inconsistent: self.init(status: 422, refusal.description)
        case .stale(let remembered), .smaller(_, let remembered), .fork(_, let remembered):
            self.init(
                status: 409, mediaType: AddCheckpointAnswer.sizeMediaType,
                body: AddCheckpointAnswer.stale(size: remembered.size).body)
        }
    }

    /// What it means to the log: nil for a refusal, and for what no witness would say.
    package var answer: AddCheckpointAnswer? {
        switch status {
        case 200: AddCheckpointAnswer(cosignedBody: body)
        case 409 where mediaType.prefix { $0 != ";" } == AddCheckpointAnswer.sizeMediaType:
            AddCheckpointAnswer(staleBody: body)
        default: nil
        }
    }
}
