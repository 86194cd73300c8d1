import Testing
import TransparencyLog

@Suite("Checkpoints: C2SP tlog-checkpoint")
struct CheckpointTests {
    private let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

    private func log(_ name: String = "log.example", seed: UInt8 = 0) throws -> SignerKey {
        try SignerKey(
            name: name, algorithm: .ed25519, seed: [UInt8](repeating: seed, count: 32))
    }

    @Test("Origin, size and root stand one on each line")
    func text() throws {
        let text = "example.com/behind-the-sofa\n20852163\n\(root)\n"
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.head.size == 20_852_163)
        #expect(checkpoint.head.root.base64 == root)
        #expect(checkpoint.extensions.isEmpty)
        #expect(checkpoint.text == text)
    }

    @Test("Extension lines are kept")
    func extensions() throws {
        let text = "o\n0\n\(root)\nfirst extension\n\u{e9}\n"
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.extensions == ["first extension", "\u{e9}"])
        #expect(checkpoint.text.utf8.elementsEqual(text.utf8))
    }

    @Test(
        "What isn't a checkpoint is refused",
        arguments: [
            "", "\n", "o\n", "o\n1\n", "o\n1\nROOT", "\n1\nROOT\n", "o\n\nROOT\n", "o\n01\nROOT\n",
            "o\n00\nROOT\n", "o\n+1\nROOT\n", "o\n-1\nROOT\n", "o\n 1\nROOT\n", "o\n1 \nROOT\n",
            "o\n1.0\nROOT\n", "o\n0x1\nROOT\n", "o\n9223372036854775808\nROOT\n",
            "o\n18446744073709551616\nROOT\n", "o\n\u{0661}\nROOT\n", "o\n1\nROOT\n\n",
            "o\n1\nROOT\n\nx\n", "o\n1\nROOT\nx", "o\n1\n\n", "o\n1\nbjQL\n", "o\n1\nROOT \n",
            "o\n1\nROOT=\n", "o\r\n1\nROOT\n", "o\n1\nAAAAROOT\n",
        ])
    func malformed(text: String) {
        #expect(throws: CheckpointError.malformed) {
            try Checkpoint(text: text.replacing("ROOT", with: root))
        }
    }

    @Test("An origin or extension that would be no line is refused")
    func notALine() {
        for line in ["", "a\nb", "a\u{0}"] {
            #expect(throws: CheckpointError.malformed) {
                try Checkpoint(origin: line, head: .empty)
            }
            #expect(throws: CheckpointError.malformed) {
                try Checkpoint(origin: "o", head: .empty, extensions: [line])
            }
        }
    }

    @Test("A log's checkpoint is opened with its key and its origin")
    func opening() throws {
        let log = try log()
        let checkpoint = try Checkpoint(origin: "log.example", head: .empty)
        let note = try SignedNote(checkpoint.signed(by: log).bytes)
        #expect(
            try Checkpoint(opening: note, from: "log.example", by: [log.verifier]) == checkpoint)
        #expect(throws: CheckpointError.otherOrigin("log.example")) {
            try Checkpoint(opening: note, from: "log.example/2", by: [log.verifier])
        }
        #expect(throws: CheckpointError.unverified(.unknownSigners)) {
            try Checkpoint(
                opening: note, from: "log.example", by: [self.log("log.example", seed: 1).verifier])
        }
    }

    @Test("An origin that merely looks the same is another log's")
    func lookalike() throws {
        let log = try log()
        let note = try Checkpoint(origin: "caf\u{e9}", head: .empty).signed(by: log)
        #expect(throws: CheckpointError.self) {
            try Checkpoint(opening: note, from: "cafe\u{301}", by: [log.verifier])
        }
    }

    @Test("A signed note that is no checkpoint isn't one")
    func otherNote() throws {
        let log = try log()
        let note = try SignedNote(text: "hello\n", signatures: [log.sign("hello\n")])
        #expect(throws: CheckpointError.malformed) {
            try Checkpoint(opening: note, from: "log.example", by: [log.verifier])
        }
    }
}
