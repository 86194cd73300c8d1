/// Why an archive is not taken. It is refused as a whole: one that lies about a member may lie about
/// all of them.
package struct ArchiveFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Place: Sendable, Equatable {
        case archive
        /// Bytes before it.
        case byte(Int)
        case member(String)
    }

    package enum Problem: Sendable, Equatable {
        case unreadable(errno: Int32)
        case cutOff
        case noDirectory
        case badDirectory
        case severalDisks
        case encrypted
        case method(Int)
        case badName
        case twice
        case link
        case overlap
        case disagrees
        case damaged
        case badSum
        case wrongSize
        case trailingBytes
        case tooMany(members: Int)
        case tooLarge(limit: Int)
        case bomb(ratio: Int)
        case padded
        /// Whoever wanted it wants it no more.
        case cancelled
    }

    package let place: Place
    package let problem: Problem

    init(at place: Place, _ problem: Problem) {
        self.place = place
        self.problem = problem
    }

    package var description: String {
        switch place {
        case .archive: "\(problem)"
        case .byte(let offset): "byte \(offset): \(problem)"
        case .member(let name): "member '\(Self.shown(name))': \(problem)"
        }
    }

    private static func shown(_ name: String) -> String {
        let plain = name.unicodeScalars.map {
            $0.value < 32 || (0x7f...0x9f).contains($0.value) ? "\u{FFFD}" : Character($0)
        }
        return String(plain.prefix(120))
    }
}

extension ArchiveFault.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let code): "it can't be read (errno \(code))"
        case .cutOff: "it ends before it should: was it cut off?"
        case .noDirectory: "it has no table of contents at its end: was it cut off?"
        case .badDirectory: "its table of contents can't be read"
        case .severalDisks: "it is one of several parts: join them first"
        case .encrypted: "it is encrypted"
        case .method(let number):
            "it is compressed by method \(number); only stored and deflated members are read"
        case .badName:
            "its name is empty, too long, no UTF-8, absolute, or leads outside of the archive"
        case .twice: "a member of this name stands there twice"
        case .link: "it is a link"
        case .overlap: "it shares bytes with another member"
        case .disagrees: "it says something else than the table of contents"
        case .damaged: "its compressed bytes are damaged"
        case .badSum: "its checksum is wrong"
        case .wrongSize: "it hasn't got the size that it says"
        case .trailingBytes: "something follows its end"
        case .tooMany(let members): "it has more than \(members) members"
        case .tooLarge(let limit): "it has more than \(limit) bytes"
        case .bomb(let ratio): "it would grow to more than \(ratio) times its size"
        case .padded: "it is packed in more bytes than what it holds can need"
        case .cancelled: "nobody waits for it any more"
        }
    }
}
