package import EventSourcing
private import FoundationEssentials
private import PatchManagement

/// Which event somebody means.
package enum EventReference: Sendable, Equatable {
    case position(Int64)
    case id(String)
    case version(stream: String, version: Int64)
}

extension UseCases {
    /// The checkpoint of `size` entries, the latest for nil.
    ///
    /// - Throws: `NotFound` when nothing of that size was sealed and signed, or it isn't kept any more;
    ///   it names the next that is.
    package func checkpoint(_ size: Int64?, _ caller: Caller) async throws -> SealedCheckpoint {
        _ = try authorise(caller, .readEvents)
        if let checkpoint = try await sealedLog.checkpoint(of: size) { return checkpoint }
        guard let size else { throw NotFound("checkpoint", "latest") }
        guard let next = try await sealedLog.checkpoint(covering: size) else {
            throw NotFound("checkpoint", String(size))
        }
        throw NotFound("checkpoint", "\(size); the next that is kept has \(next.size) entries")
    }

    /// How far behind the newest checkpoint the cosigned one may lie that is shown in its place.
    private static let longestLag = Duration.seconds(600)

    /// The checkpoint that is shown to whoever names none.
    ///
    /// - Parameter cosignatures: The latest that so many witnesses have cosigned, however old; nil for
    ///   the latest that any has, as long as it isn't ten minutes older than the newest: a witness
    ///   that is gone for good must not make the log look as if it stood still.
    /// - Throws: `NotFound` when there is none.
    package func publishedCheckpoint(
        cosignatures: Int64?, _ caller: Caller
    ) async throws -> SealedCheckpoint {
        _ = try authorise(caller, .readEvents)
        if let cosignatures {
            let found = try await sealedLog.checkpoint(
                cosignedBy: Int(clamping: cosignatures))
            guard let found else {
                throw NotFound("checkpoint cosigned by so many witnesses:", String(cosignatures))
            }
            return found
        }
        let newest = try await checkpoint(nil, caller)
        guard let cosigned = try await sealedLog.checkpoint(cosignedBy: 1),
            newest.sealedAt - cosigned.sealedAt <= Self.longestLag
        else { return newest }
        return cosigned
    }

    /// The entry of an event, and the proof that a checkpoint holds it.
    ///
    /// - Parameter size: Of a checkpoint; nil for the latest.
    /// - Throws: `NotFound` for an event that isn't there; `InvalidInput` for one that lies beyond the
    ///   checkpoint.
    package func inclusion(
        of event: EventReference, in size: Int64?, _ caller: Caller
    ) async throws -> ProvenEntry {
        let checkpoint = try await checkpoint(size, caller)
        let position = try await position(of: event)
        guard position <= checkpoint.size else {
            throw InvalidInput(
                field: "size",
                message: "the checkpoint of \(checkpoint.size) entries does not hold position "
                    + "\(position) yet; ask for a later one")
        }
        return try await sealedLog.inclusion(of: position, in: checkpoint.size)
    }

    /// The proof that the first `old` entries are the beginning of the first `new`.
    ///
    /// - Parameter new: nil for those of the latest checkpoint.
    package func consistency(
        from old: Int64, to new: Int64?, _ caller: Caller
    ) async throws -> (newSize: Int64, hashes: [Digest]) {
        let latest = try await checkpoint(nil, caller).size
        let new = new ?? latest
        guard new <= latest else {
            throw InvalidInput(
                field: "to", message: "'\(new)' is beyond the latest checkpoint, of \(latest)")
        }
        guard (0...new).contains(old) else {
            throw InvalidInput(field: "from", message: "'\(old)' is not between 0 and \(new)")
        }
        return (new, try await sealedLog.consistency(from: old, to: new))
    }

    /// A tile or an entry bundle by its C2SP path, `tile/...`.
    package func sealedFile(_ path: String, _ caller: Caller) async throws -> [UInt8] {
        _ = try authorise(caller, .readEvents)
        guard let bytes = try await sealedLog.file(path) else { throw NotFound("tile", path) }
        return bytes
    }

    /// The bytes of a document by its SHA-256, in hexadecimal digits.
    package func document(_ digest: String, _ caller: Caller) async throws -> [UInt8] {
        _ = try authorise(caller, .readEvents)
        guard let digest = Digest(digest), let document = try await store.document(digest) else {
            throw NotFound("document", digest)
        }
        return document.bytes
    }

    private func position(of event: EventReference) async throws -> Int64 {
        switch event {
        case .position(let position):
            guard position > 0, position <= (try await store.head()) else {
                throw NotFound("event", String(position))
            }
            return position
        case .id(let text):
            guard let id = UUID(uuidString: text),
                let position = try await sealedLog.position(ofEvent: id)
            else { throw NotFound("event", text) }
            return position
        case .version(let stream, let version):
            guard let id = StreamID(stream), let version = Int(exactly: version), version > 0,
                let position = try await sealedLog.position(of: id, version: version)
            else { throw NotFound("event", "\(stream)@\(version)") }
            return position
        }
    }
}
