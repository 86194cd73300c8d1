internal import APIContract
internal import Application
private import EventSourcing
internal import HTTPServing

extension APIRoutes {
    static func addAudit(to routes: inout Routes, _ useCases: UseCases) {
        // Without 'cosignatures' the one that witnesses have cosigned, if it is recent.
        routes.get("checkpoints/latest", ["cosignatures"]) { call in
            try .checkpoint(
                await useCases.publishedCheckpoint(
                    cosignatures: call.number("cosignatures"), call.caller()), call)
        }
        routes.get("checkpoints/{size}") { call in
            let text = call.parameter("size")
            guard let size = Int64(text) else { throw NotFound("checkpoint", text) }
            return try .checkpoint(await useCases.checkpoint(size, call.caller()), call)
        }
        routes.get("proofs/inclusion", ["position", "event", "stream", "version", "size"]) { call in
            let entry = try await useCases.inclusion(
                of: call.event(), in: call.number("size"), call.caller())
            return try .json(InclusionProofResource(entry))
        }
        routes.get("proofs/consistency", ["from", "to"]) { call in
            guard let from = try call.number("from") else {
                throw Problem(invalid: "from", "is missing: the size that you know")
            }
            let (to, hashes) = try await useCases.consistency(
                from: from, to: call.number("to"), call.caller())
            return try .json(
                ConsistencyProofResource(from: from, to: to, hashes: hashes.map(\.description)))
        }
        // The files of a log as C2SP names them, below this prefix.
        routes.get("log/checkpoint") { call in
            .text(
                try await useCases.publishedCheckpoint(cosignatures: nil, call.caller()).note)
        }
        routes.get("log/tile/{path...}") { call in
            .immutable(
                try await useCases.sealedFile("tile/" + call.parameter("path"), call.caller()))
        }
        // What events name by its SHA-256.
        routes.get("log/document/{digest}") { call in
            .immutable(try await useCases.document(call.parameter("digest"), call.caller()))
        }
    }
}

extension Answer {
    fileprivate static func checkpoint(
        _ checkpoint: SealedCheckpoint, _ call: Call
    ) throws -> Answer {
        if call.prefers("text/plain", to: "application/json") { return .text(checkpoint.note) }
        return try .json(CheckpointResource(checkpoint))
    }

    /// What has that name has that content for good.
    fileprivate static func immutable(_ content: [UInt8]) -> Answer {
        var answer = Answer(mediaType: "application/octet-stream", content: content)
        answer.cacheControl = "private, max-age=31536000, immutable"
        return answer
    }
}

extension Call {
    /// Which event is meant: by `position`, `event`, or `stream` and `version`.
    fileprivate func event() throws -> EventReference {
        if let position = try number("position") { return .position(position) }
        if let id = filter("event") { return .id(id) }
        if let stream = filter("stream"), let version = try number("version") {
            return .version(stream: stream, version: version)
        }
        throw Problem(invalid: "position", "is missing: or name 'event', or 'stream' and 'version'")
    }
}

extension CheckpointResource {
    fileprivate init(_ checkpoint: SealedCheckpoint) {
        self.init(
            size: checkpoint.size, root: checkpoint.root.description, note: checkpoint.note,
            sealedAt: checkpoint.sealedAt.description)
    }
}

extension InclusionProofResource {
    fileprivate init(_ proven: ProvenEntry) {
        self.init(
            position: proven.position, size: proven.size,
            entry: String(decoding: proven.entry, as: UTF8.self),
            hashes: proven.hashes.map(\.description))
    }
}
