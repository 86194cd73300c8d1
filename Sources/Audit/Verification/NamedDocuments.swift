package import EventSourcing
package import TransparencyLog

/// The documents that events name by their digests, each with the first position that does.
package struct NamedDocuments {
    // A tree hash is the 32 bytes of a digest, kept inline.
    private var positions: [TreeHash: Int64] = [:]

    /// By position, then digest.
    var inOrder: [(hash: TreeHash, position: Int64)] {
        positions.map { ($0.key, $0.value) }.sorted {
            ($0.1, $0.0.digest) < ($1.1, $1.0.digest)
        }
    }

    func contains(_ digest: Digest) -> Bool {
        TreeHash(bytes: digest.bytes).map { positions[$0] != nil } ?? false
    }

    mutating func note(_ event: EntryView) {
        guard let hash = Self.document(of: event), positions[hash] == nil else { return }
        positions[hash] = event.position
    }

    /// The document that an event names by its digest, if any.
    ///
    /// - Parameter entry: Of the event; one that can't be read names none.
    package static func digest(namedBy entry: LogEntry) -> Digest? {
        entry.bytes.withUnsafeBufferPointer { bytes in
            var scanner = EntryScanner()
            guard let event = try? scanner.read(bytes) else { return nil }
            return document(of: event)?.digest
        }
    }

    /// The one document that an event of this kind names: nil for most events.
    private static func document(of event: EntryView) -> TreeHash? {
        var data = JSONMembers(event.data)
        switch event.stream.prefix {
        case StreamKey.asset:
            if event.isOf("InventoryReported") { return data.digest("report") }
            if event.isOf("UpdatesOffered") { return data.digest("list") }
            if event.isOf("ScanConfirmed") { return data.digest("digest") }
        case StreamKey.rollout:
            if event.isOf("RolloutPlanned") { return data.digest("plan_digest") }
        case StreamKey.patch:
            if event.isOf("PatchDocumented") { return data.digest("pack") }
            if event.isOf("CheckRecorded"), var check = data.members("check") {
                return check.digest("result")
            }
        case StreamKey.feed:
            if event.isOf("FeedSnapshotTaken") { return data.digest("contents") }
        case StreamKey.policy:
            if event.isOf("PolicyExamined") { return data.digest("report") }
        case StreamKey.cloudAccount:
            if event.isOf("CloudListReconciled"), var list = data.members("reconciling") {
                return list.digest("outcome")
            }
        default: break
        }
        return nil
    }
}

enum DocumentDigest {
    static func of(_ bytes: [UInt8]) -> Digest { Digest(of: bytes) }
}
