package import EventSourcing
internal import PatchManagement
package import TransparencyLog

/// The documents that events name by their digests, each with the first position that does.
package struct NamedDocuments {
    typealias Named = (hash: TreeHash, position: Int64)

    // A tree hash is the 32 bytes of a digest, kept inline.
    private var positions: [TreeHash: Int64] = [:]
    /// What is kept beside those: the parts of feeds, the lists of a patch's targets, reports.
    private var attached: [TreeHash: Int64] = [:]
    /// Documents among `positions` that list the parts of a feed, each with the number of parts that
    /// its event says.
    private var lists: [TreeHash: Int64] = [:]

    /// By position, then digest.
    var inOrder: [Named] { Self.sorted(positions) }

    /// Likewise, without those that are in `inOrder` as well. The parts of feeds are among them once
    /// `read` has seen the lists.
    var attachedInOrder: [Named] { Self.sorted(attached.filter { positions[$0.key] == nil }) }

    private static func sorted(_ positions: [TreeHash: Int64]) -> [Named] {
        positions.map { ($0.key, $0.value) }.sorted {
            ($0.1, $0.0.digest) < ($1.1, $1.0.digest)
        }
    }

    func contains(_ digest: Digest) -> Bool {
        guard let hash = TreeHash(bytes: digest.bytes) else { return false }
        return positions[hash] != nil || attached[hash] != nil
    }

    mutating func note(_ event: EntryView) {
        for hash in Self.attachments(of: event) where attached[hash] == nil {
            attached[hash] = event.position
        }
        guard let hash = Self.document(of: event) else { return }
        if positions[hash] == nil { positions[hash] = event.position }
        if event.stream.prefix == StreamKey.feed {
            var data = JSONMembers(event.data)
            lists[hash] = data.number("documents") ?? 0
        }
    }

    /// Takes the parts of a feed from the document that lists them.
    ///
    /// - Returns: What is wrong with the list; nil for nothing, and for a document that is none.
    mutating func read(_ bytes: [UInt8], of named: Named) -> String? {
        guard let parts = lists[named.hash] else { return nil }
        do {
            let contents = try CanonicalJSON.decode(FeedContents.self, from: bytes)
            for part in contents.parts {
                guard let hash = TreeHash(bytes: part.digest.bytes) else { continue }
                attached[hash] = min(attached[hash] ?? .max, named.position)
            }
            guard contents.parts.count != Int(parts) else { return nil }
            return "the event says \(parts) documents, and the feed's contents list "
                + "\(contents.parts.count)"
        } catch {
            return "the document \(named.hash) does not list the documents of a feed"
        }
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

    /// What an event of this kind names beside its one document: none for most events.
    private static func attachments(of event: EntryView) -> [TreeHash] {
        let data = JSONMembers(event.data)
        switch event.stream.prefix {
        case StreamKey.asset:
            if event.isOf("PackageReportTaken"), var taking = data.members("taking") {
                return [taking.digest("report")].compactMap(\.self)
            }
        case StreamKey.patch:
            if event.isOf("PatchAssessed"), let assessment = data.members("assessment"),
                var applicable = assessment.members("applicable")
            {
                return [applicable.digest("assets")].compactMap(\.self)
            }
            if event.isOf("ApprovalRequested"), let binding = data.members("binding"),
                var targets = binding.members("targets")
            {
                return [targets.digest("assets")].compactMap(\.self)
            }
        case StreamKey.feed:
            if event.isOf("FeedSnapshotTaken"), var look = data.members("look") {
                return [look.digest("listing")].compactMap(\.self)
            }
        default: break
        }
        return []
    }
}

enum DocumentDigest {
    static func of(_ bytes: [UInt8]) -> Digest { Digest(of: bytes) }
}
