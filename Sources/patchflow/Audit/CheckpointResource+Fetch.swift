internal import APIContract
internal import ArgumentParser
internal import CommandLineClient

extension CheckpointResource {
    /// The checkpoint of `size` entries; for nil, the latest that `cosignatures` witnesses have cosigned;
    /// for nil again, the one that the server shows first.
    static func fetch(
        _ size: Int64?, cosignatures: Int?, _ session: Session
    ) async throws -> CheckpointResource {
        if let size { return try await session.client.get("checkpoints/\(size)") }
        return try await session.client.get(
            "checkpoints/latest", query: ["cosignatures": cosignatures.map(String.init)])
    }

    static func validate(size: Int64?, quorum: Int?) throws {
        if let quorum, quorum < 0 {
            throw ValidationError("--quorum \(quorum): choose 0 or more")
        }
        guard size == nil || quorum == nil else {
            throw ValidationError(
                "--size names one checkpoint, --quorum looks for one: leave out one of the two")
        }
    }
}
