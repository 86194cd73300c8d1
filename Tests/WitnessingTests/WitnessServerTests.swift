import AsyncHTTPClient
import Foundation
import HTTPServing
import Logging
import NIOCore
import NIOHTTP1
import Signing
import Support
import Synchronization
import Testing
import TransparencyLog
import Witnessing

/// The protocol over HTTP, and what is on the disk before it is answered.
@Suite(.timeLimit(.minutes(1))) struct WitnessServerTests {
    @Test func aCosignedCheckpointIsOnTheDiskAndItsCosignatureIsRight() async throws {
        try await withServer { server in
            let history = try WitnessedHistory(seed: 1, key: WitnessedHistory.key())
            for (old, size) in [(0, 7), (7, 7), (7, 300)] {
                let reply = try await server.client.add(
                    history.request(from: Int64(old), to: size))
                #expect(reply.status == 200)
                guard case .cosigned(let signatures) = reply.answer else {
                    Issue.record("\(reply)")
                    continue
                }
                let note = try history.note(size).adding(signatures)
                #expect(try note.verified(by: [server.client.key]).count == 1)
                let kept = try #require(
                    try server.signer.remembered(of: WitnessedHistory.origin))
                #expect(kept.head.size == Int64(size))
            }
        }
    }

    @Test func whatIsNoRequestGetsItsStatus() async throws {
        try await withServer { server in
            func status(
                _ method: String, _ path: String, _ body: [UInt8] = []
            ) async throws -> UInt {
                var request = HTTPClientRequest(url: server.client.address + path)
                request.method = .init(rawValue: method)
                if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
                return try await server.http.execute(request, timeout: .seconds(10)).status.code
            }
            let good = try WitnessedHistory(seed: 1, key: WitnessedHistory.key())
                .request(from: 0, to: 3).body
            #expect(try await status("POST", "/add-checkpoint/", good) == 404)
            #expect(try await status("POST", "/", good) == 404)
            #expect(try await status("GET", "/add-checkpoint") == 405)
            #expect(try await status("POST", "/add-checkpoint") == 400)
            #expect(try await status("POST", "/add-checkpoint", Array("old 0\n".utf8)) == 400)
            #expect(try await status("POST", "/add-checkpoint", Array(good.dropLast())) == 400)
            #expect(try await status("POST", "/add-checkpoint", [0xFF, 0x0A, 0x0A]) == 400)
            let long = [UInt8](repeating: UInt8(ascii: "A"), count: 1_100_000)
            #expect(try await status("POST", "/add-checkpoint", long) == 413)
            #expect(try await status("POST", "/add-checkpoint", good) == 200)
            // The same once more, from a size that was right before.
            #expect(try await status("POST", "/add-checkpoint", good) == 409)
            let stranger = try WitnessedHistory(seed: 1, key: WitnessedHistory.key(9))
            #expect(
                try await status("POST", "/add-checkpoint", stranger.request(from: 3, to: 5).body)
                    == 403)
        }
    }

    /// The race that the specification tells of: a smaller size never replaces a larger one.
    @Test func ofManyAtOnceEachSeesWhatTheOneBeforeHasLeft() async throws {
        try await withServer { server in
            let history = try WitnessedHistory(seed: 1, key: WitnessedHistory.key())
            let cosigned = try await withThrowingTaskGroup(of: Int?.self) { group in
                for size in 1...60 {
                    group.addTask {
                        let reply = try await server.client.add(
                            history.request(from: 0, to: size))
                        return reply.status == 200 ? size : nil
                    }
                }
                return try await group.reduce(into: [Int]()) { $0 += [$1].compactMap(\.self) }
            }
            #expect(cosigned.count == 1, "from nothing there is one way on")
            let kept = try #require(try server.signer.remembered(of: WitnessedHistory.origin))
            #expect([Int(kept.head.size)] == cosigned)
        }
    }

    @Test func withoutItsFilesItCosignsNothing() async throws {
        try await withServer { server in
            let history = try WitnessedHistory(seed: 1, key: WitnessedHistory.key())
            let first = try await server.client.add(history.request(from: 0, to: 7))
            #expect(first.status == 200)
            let path = server.signer.path(of: WitnessedHistory.origin)
            let kept = try String(contentsOfFile: path, encoding: .utf8)
            let edited = kept.replacing("\n7\n", with: "\n6\n")
            try Data(edited.utf8).write(to: URL(filePath: path))
            let second = try await server.client.add(history.request(from: 7, to: 9))
            #expect(second.status == 500)
            try Data(kept.utf8).write(to: URL(filePath: path))
            let third = try await server.client.add(history.request(from: 7, to: 9))
            #expect(third.status == 200)
        }
    }

    @Test func theKeyIsMadeOnceAndIsAWitnesss() throws {
        let directory = try makeTestDirectory("witness-key")
        let verifier = try WitnessSigner.make(named: "witness.example/w1", in: directory)
        #expect(verifier.algorithm == .cosignature && verifier.name == "witness.example/w1")
        #expect(try WitnessSigner(directory: directory).verifier == verifier)
        #expect(throws: SignerFileError.self) {
            try WitnessSigner.make(named: "another", in: directory)
        }
        // A log's key in its place is refused.
        try Data((try WitnessedHistory.key().secretText + "\n").utf8)
            .write(to: URL(filePath: directory + "/witness.key"))
        #expect(throws: SignerFileError.self) { try WitnessSigner(directory: directory) }
        try FileManager.default.removeItem(atPath: directory)
    }

    // MARK: The server

    private struct Server {
        let signer: WitnessSigner
        let client: HTTPWitness
        let http: HTTPClient
    }

    private func withServer(_ body: (Server) async throws -> Void) async throws {
        let directory = try makeTestDirectory("witness-server")
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try WitnessSigner.make(named: "witness.example", in: directory)
        let signer = try WitnessSigner(directory: directory)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = WitnessServer(
            signer: signer, logs: try WitnessedLogs([WitnessedHistory.key().verifier]),
            listen: ListenAddress(host: "127.0.0.1", port: 0), logger: Logger(label: "witness"),
            now: { 1_772_357_400 }
        ) { port.yield($0.port) }
        let serving = Task { try await server.run() }
        defer { serving.cancel() }
        for await port in ports {
            try await withClient { http in
                let client = HTTPWitness(
                    url: "http://127.0.0.1:\(port)", key: signer.verifier, http: http)
                try await body(Server(signer: signer, client: client, http: http))
            }
            break
        }
    }
}
