import Testing
import TransparencyLog

@Suite("Signed notes: C2SP signed-note")
struct SignedNoteTests {
    private let peter: VerifierKey
    private let enoch: VerifierKey

    init() throws {
        peter = try VerifierKey(PublishedNotes.peter)
        enoch = try VerifierKey(PublishedNotes.enoch)
    }

    private func note(_ text: String) throws -> SignedNote { try SignedNote(Array(text.utf8)) }

    @Test("Peter Neumann's note is signed as published, byte for byte")
    func signing() throws {
        let signer = try SignerKey(secretText: PublishedNotes.peterSecret)
        let signed = try SignedNote(
            text: PublishedNotes.text, signatures: [signer.sign(PublishedNotes.text)])
        let expected = PublishedNotes.text + "\n" + PublishedNotes.peterLine
        #expect(String(decoding: signed.bytes, as: UTF8.self) == expected)
        #expect(try note(expected) == signed)
    }

    @Test("Signatures by known keys are verified, all others ignored")
    func verifying() throws {
        let both = try note(
            PublishedNotes.text + "\n" + PublishedNotes.peterLine + PublishedNotes.enochLine)
        #expect(try both.verified(by: [peter]).map(\.key) == [peter])
        #expect(try both.verified(by: [enoch, peter, enoch]).map(\.key) == [enoch, peter])
        #expect(try both.verified(by: [peter]).first?.cosignedAt == nil)
        #expect(throws: NoteError.unknownSigners) { try both.verified(by: []) }
        let foo = try VerifierKey(PublishedNotes.foo)
        #expect(throws: NoteError.unknownSigners) { try both.verified(by: [foo]) }
        #expect(try note(PublishedNotes.fooNote).verified(by: [foo]).map(\.key) == [foo])
        #expect(try note(PublishedNotes.fooNote).text == "This is an example message.\n")
    }

    @Test("A wrong signature of a known key spoils the note, even beside a right one")
    func wrongSignature() throws {
        let other = try note("Another text.\n\n" + PublishedNotes.peterLine)
        #expect(throws: NoteError.wrongSignature(name: "PeterNeumann")) {
            try other.verified(by: [peter])
        }
        let longer = PublishedNotes.peterLine.replacing("GUgYN", with: "GUgABCDYN")
        let beside = try note(PublishedNotes.text + "\n" + PublishedNotes.peterLine + longer)
        #expect(throws: NoteError.wrongSignature(name: "PeterNeumann")) {
            try beside.verified(by: [peter])
        }
        #expect(throws: NoteError.unknownSigners) { try beside.verified(by: [enoch]) }
    }

    @Test("A key is known by name and hash together")
    func nameAndHash() throws {
        let renamed = PublishedNotes.peterLine.replacing("PeterNeumann", with: "Carmen")
        let rehashed = PublishedNotes.peterLine.replacing("x08g", with: "xxxx")
        for line in [renamed, rehashed] {
            let note = try note(PublishedNotes.text + "\n" + line)
            #expect(throws: NoteError.unknownSigners) { try note.verified(by: [peter]) }
        }
    }

    @Test("A text may have blank lines; the last one divides")
    func blankLines() throws {
        let signer = try SignerKey(secretText: PublishedNotes.peterSecret)
        for text in ["\n", "\n\n", "a\n\nb\n", "a\n\n", "\u{2014} a b\n"] {
            let signed = try SignedNote(text: text, signatures: [signer.sign(text)])
            let read = try SignedNote(signed.bytes)
            #expect(read.text.utf8.elementsEqual(text.utf8))
            #expect(try read.verified(by: [peter]).count == 1)
        }
    }

    @Test(
        "What isn't a note is refused",
        arguments: [
            "", "\n", "\n\n", "TEXT", "TEXT\n", "TEXTLINE", "TEXT\nLINEUnexpected line.\n",
            "TEXT\nLINE\n", "\u{1}TEXT\nLINE", "a\r\n\nLINE", "a\tb\n\nLINE",
            "TEXT\n\u{2014} PeterNeumann x08gow==\n", "TEXT\n\u{2014} PeterNeumann\n",
        ])
    func malformed(pattern: String) {
        let text = pattern.replacing("TEXT", with: PublishedNotes.text)
        #expect(throws: NoteError.self) {
            try note(text.replacing("LINE", with: PublishedNotes.peterLine))
        }
    }

    @Test(
        "A signature line in another form is none",
        arguments: [
            ("\n", ""), ("\n", "\r\n"), ("PeterN", "Peter N"), ("PeterN", "Peter+N"),
            ("PeterN", "Peter\u{2028}N"), ("PeterNeumann", ""), ("\u{2014}", "-"),
            ("\u{2014} ", "\u{2014}"), ("\u{2014}", " \u{2014}"), ("JnAM=", "JnAM"),
            ("JnAM=", "JnAN="), ("JnAM=", "JnAM= "), ("JnAM=", "JnAM=="),
        ])
    func malformedLine(from: String, to: String) throws {
        let line = PublishedNotes.peterLine.replacing(from, with: to)
        #expect(line != PublishedNotes.peterLine)
        #expect(throws: NoteError.malformed) { try note(PublishedNotes.text + "\n" + line) }
    }

    @Test("Neither is what isn't UTF-8")
    func notUTF8() {
        let rest = Array((PublishedNotes.text + "\n" + PublishedNotes.peterLine).utf8)
        #expect(throws: NoteError.invalidText) { try SignedNote([0xFF] + rest) }
    }

    @Test("Size and number of signatures have limits, the number above sixteen")
    func limits() throws {
        let many =
            PublishedNotes.text + "\n"
            + String(repeating: PublishedNotes.peterLine, count: SignedNote.mostSignatures)
        #expect(try note(many).verified(by: [peter]).count == 1, "each key once")
        #expect(throws: NoteError.malformed) { try note(many + PublishedNotes.peterLine) }
        let signature = try note(many).signatures[0]
        #expect(throws: NoteError.tooManySignatures) { try note(many).adding([signature]) }
        #expect(throws: NoteError.tooLarge(bytes: 1_000_001)) {
            try SignedNote([UInt8](repeating: 10, count: 1_000_001))
        }
    }

    @Test("Nothing is signed that could not be read again")
    func unsignable() throws {
        let signer = try SignerKey(secretText: PublishedNotes.peterSecret)
        for text in ["", "a", "a\r\n", "a\u{0}\n"] {
            #expect(throws: NoteError.invalidText) {
                try SignedNote(text: text, signatures: [signer.sign(text)])
            }
        }
        #expect(throws: NoteError.noSignature) { try SignedNote(text: "a\n", signatures: []) }
    }
}
