import AsyncHTTPClient
import TransparencyLog
import Witnessing

/// A log as far as a witness sees it. Two with different seeds have nothing in common.
struct WitnessedHistory {
    static let origin = "log.example"

    let key: SignerKey
    private let leaves: [TreeHash]

    init(seed: UInt8, key: SignerKey, size: Int = 600) {
        self.key = key
        leaves = (0..<size).map { .leaf([seed, UInt8($0 >> 8), UInt8($0 & 255)]) }
    }

    static func key(_ seed: UInt8 = 1, origin: String = Self.origin) throws -> SignerKey {
        try SignerKey(
            name: origin, algorithm: .ed25519, seed: [UInt8](repeating: seed, count: 32))
    }

    func note(_ size: Int, origin: String = Self.origin) throws -> SignedNote {
        var builder = TileBuilder()
        _ = builder.append(leaves.prefix(size))
        return try Checkpoint(origin: origin, head: builder.head).signed(by: key)
    }

    func request(from old: Int64, to size: Int) throws -> AddCheckpointRequest {
        var builder = TileBuilder()
        let tiles = TileSet(builder.append(leaves.prefix(size)))
        let proof = try ConsistencyProof(from: old, to: Int64(size), from: tiles)
        return AddCheckpointRequest(oldSize: old, proof: proof.hashes, note: try note(size))
    }
}

func withClient<R>(_ body: (HTTPClient) async throws -> R) async throws -> R {
    let http = HTTPClient(configuration: HTTPWitness.configuration)
    let result: Result<R, any Error>
    do {
        result = .success(try await body(http))
    } catch {
        result = .failure(error)
    }
    try await http.shutdown()
    return try result.get()
}
