import APIContract
import CommandLineClient
import Testing

/// Clouds, images and forgotten sources by the command line.
@Suite(.timeLimit(.minutes(1))) struct CloudCommandTests {
    @Test func aListThatIsNotThereIsAUsageError() async throws {
        try await withPlayedServer { terminal in
            let missing = await terminal.run("asset", "reconcile", "/nowhere", "--provider", "aws")
            #expect(missing.status == 2)
            #expect(missing.error.contains("/nowhere"))
            #expect(terminal.server.asked.isEmpty)
        }
    }

    @Test func unmanagedInstancesAreListedAsOfThen() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "GET /api/v1/unmanaged-instances?as_of=7&limit=500&provider=aws",
                ListPage(
                    data: [
                        UnmanagedInstanceResource(
                            provider: "aws", account: "1", region: "eu-west-1", instance: "i-1",
                            state: "running", addresses: ["10.0.0.1"], candidates: [],
                            takenAt: "2026-03-01T09:30:00.000000Z")
                    ], next: nil, position: 7))
            let ran = await terminal.run(
                "asset", "unmanaged", "--provider", "aws", "--as-of", "7", "-o", "csv")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(ran.output.contains("i-1") && ran.output.contains("10.0.0.1"))
        }
    }

    @Test func aSourceIsForgottenWithAReason() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/assets/as_1:forget-source",
                Receipt(id: "as_1", state: "active", version: 4, position: 9))
            let ran = await terminal.run(
                "asset", "forget-source", "as_1", "trivy", "--reason", "given up")
            #expect(ran.status == 0, "\(ran.error)")
            #expect(
                terminal.server.asked.map(\.body) == [
                    #"{"reason":"given up","source":"trivy"}"#
                ])
        }
    }

    @Test func imagesAreVerifiedForSomeOrForAll() async throws {
        try await withPlayedServer { terminal in
            try terminal.server.play(
                "POST /api/v1/assets:verify-image",
                VerifyImagesResult(
                    data: [
                        VerifiedImageResource(
                            id: "as_1", name: "pod-1", image: "sha256:aa", outcome: "refused",
                            sources: [], reason: "no such image")
                    ], position: 3))
            let neither = await terminal.run("asset", "verify-image")
            #expect(neither.status == 2)
            let ran = await terminal.run("asset", "verify-image", "--all")
            #expect(ran.status == 0 && ran.error.contains("pod-1: no such image"))
            #expect(terminal.server.asked.map(\.body) == ["{}"])
        }
    }
}
