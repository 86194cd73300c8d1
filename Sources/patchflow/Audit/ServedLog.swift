internal import APIContract
internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import TransparencyLog

/// The log as a server serves it.
struct ServedLog: BundleSource {
    let session: Session

    func tile(_ tile: TileID) async throws -> [UInt8] { try await file("\(tile)") }

    func entries(_ bundle: BundleID) async throws -> [UInt8] { try await file("\(bundle)") }

    func document(_ digest: Digest) async throws -> [UInt8]? {
        do {
            return try await file("document/\(digest)")
        } catch ClientFailure.problem(let problem) where problem.status == 404 {
            return nil
        }
    }

    private func file(_ path: String) async throws -> [UInt8] {
        Array(
            try await session.client.getBytes(
                "log/\(path)", accept: "application/octet-stream"))
    }
}
