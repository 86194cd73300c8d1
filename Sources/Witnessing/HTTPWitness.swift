package import AsyncHTTPClient
private import NIOCore
private import NIOHTTP1
package import TransparencyLog

/// A witness that is asked over HTTP.
package struct HTTPWitness: CheckpointWitness {
    /// For an answer, its connection included.
    private static let timeLimit: TimeAmount = .seconds(10)
    /// Room for the signatures that a note may have.
    private static let largestAnswer = SignedNote.largest

    package let key: VerifierKey
    /// Of its submission prefix, without a slash at the end.
    package let address: String
    private let http: HTTPClient

    /// - Parameter url: The witness's submission prefix, such as `http://127.0.0.1:8090`.
    package init(url: String, key: VerifierKey, http: HTTPClient) {
        address = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
        self.http = http
    }

    /// How the HTTP client has to be made: a redirect would take the checkpoint to somebody else.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    package func add(_ request: AddCheckpointRequest) async throws -> WitnessReply {
        var message = HTTPClientRequest(url: address + "/add-checkpoint")
        message.method = .POST
        message.headers.add(name: "user-agent", value: "patchflow")
        message.body = .bytes(ByteBuffer(bytes: request.body))
        let response = try await http.execute(message, timeout: Self.timeLimit)
        let body = try await response.body.collect(upTo: Self.largestAnswer)
        return WitnessReply(
            status: Int(response.status.code),
            mediaType: response.headers.first(name: "content-type") ?? "",
            body: Array(body.readableBytesView))
    }
}
