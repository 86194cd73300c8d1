private import Crypto
private import FoundationEssentials

/// Public keys in the form of OpenPGP, of which only what identifies them is read.
///
/// Whether a signature is one of theirs, and whether they still hold, is for `gpgv` to say.
/// Source: RFC 4880 §4.2 (packets), §6.2 (armour), §12.2 (fingerprints).
package struct OpenPGPKeys: Sendable, Equatable {
    /// Without armour: what `gpgv` takes for a keyring.
    package let packets: [UInt8]
    /// Of the primary keys, in their order: 40 hexadecimal digits each, in capitals.
    package let fingerprints: [String]

    package static let mostBytes = 1 << 20
    package static let mostKeys = 16

    /// - Parameter bytes: Packets, or blocks of them in armour.
    package init(_ bytes: [UInt8]) throws(OpenPGPFault) {
        guard bytes.count <= Self.mostBytes else {
            throw OpenPGPFault("it has more than \(Self.mostBytes) bytes")
        }
        // Armour is ASCII, and each packet begins with a byte that isn't.
        let isPlain = bytes.first.map { $0 & 0x80 != 0 } ?? false
        if isPlain {
            packets = bytes
        } else {
            packets = try Self.unarmoured(bytes)
        }
        fingerprints = try Self.fingerprints(packets)
    }

    // MARK: Armour

    private static let begin = "-----BEGIN PGP "
    private static let publicBlock = "-----BEGIN PGP PUBLIC KEY BLOCK-----"

    private static func unarmoured(_ bytes: [UInt8]) throws(OpenPGPFault) -> [UInt8] {
        var packets: [UInt8] = []
        var block: [UInt8]?
        var isHead = false
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = line.trimmed
            if line.hasPrefix(begin) {
                guard line == publicBlock else {
                    throw OpenPGPFault(
                        line.contains("PRIVATE") ? secret : "'\(line)' begins no public key")
                }
                (block, isHead) = ([], true)
            } else if line.hasPrefix("-----END PGP ") {
                guard let found = block, let decoded = Data(base64Encoded: Data(found)) else {
                    throw OpenPGPFault("a block in armour is damaged")
                }
                packets += decoded
                block = nil
            } else if isHead {
                // Headers end with an empty line, which some leave out where there are none.
                if line.isEmpty {
                    isHead = false
                } else if !line.contains(": ") {
                    isHead = false
                    block?.append(contentsOf: line.utf8)
                }
            } else if !line.hasPrefix("=") {
                block?.append(contentsOf: line.utf8)
            }
        }
        guard block == nil else { throw OpenPGPFault("a block in armour has no end") }
        guard !packets.isEmpty else {
            if let other = otherKind(text) {
                throw OpenPGPFault(
                    "it is \(other): OpenPGP is the one kind of signature that is checked; ask the "
                        + "publisher for an OpenPGP key, or check digests (--sha256, --digest-url)")
            }
            throw OpenPGPFault("it holds no OpenPGP public key, neither plain nor in armour")
        }
        return packets
    }

    /// Keys that people have for other kinds of signatures.
    private static func otherKind(_ text: String) -> String? {
        let kinds: [(String, String)] = [
            ("untrusted comment:", "a key of minisign or signify"), ("RWQ", "a key of minisign"),
            ("ssh-", "an SSH key"), ("ecdsa-sha2-", "an SSH key"), ("sk-", "an SSH key"),
            ("-----BEGIN SSH SIGNATURE", "an SSH signature"),
            ("-----BEGIN CERTIFICATE", "an X.509 certificate"),
            ("-----BEGIN PUBLIC KEY", "a bare public key, as cosign has them"),
        ]
        let start = text.drop { $0.isWhitespace }
        return kinds.first { start.hasPrefix($0.0) }?.1
    }

    // MARK: Packets

    private static let secret =
        "it holds a secret key: keep that to yourself, and export the public one "
        + "(gpg --armor --export)"

    private static func fingerprints(_ packets: [UInt8]) throws(OpenPGPFault) -> [String] {
        var found: [String] = []
        var place = 0
        while place < packets.count {
            let (tag, body) = try packet(packets, at: place)
            place = body.upperBound
            switch tag {
            case 5, 7: throw OpenPGPFault(secret)
            case 6:
                let key = packets[body]
                guard key.first == 4, key.count <= 0xFFFF else {
                    throw OpenPGPFault(
                        "one of its keys is of version \(key.first ?? 0); only version 4 is read")
                }
                let length = [UInt8(key.count >> 8), UInt8(key.count & 0xFF)]
                let digest = Insecure.SHA1.hash(data: [0x99] + length + key)
                found.append(hexadecimal(digest))
                guard found.count <= mostKeys else {
                    throw OpenPGPFault("it holds more than \(mostKeys) keys: give those that sign")
                }
            // User ids, signatures, subkeys and what belongs to them.
            case 2, 10, 12, 13, 14, 17, 21:
                guard !found.isEmpty else {
                    throw OpenPGPFault("it does not begin with a public key")
                }
            default: throw OpenPGPFault("it holds a packet of kind \(tag), which no key has")
            }
        }
        guard Set(found).count == found.count else {
            throw OpenPGPFault("one key stands there twice")
        }
        guard !found.isEmpty else { throw OpenPGPFault("it is empty") }
        return found
    }

    private static func packet(
        _ bytes: [UInt8], at start: Int
    ) throws(OpenPGPFault) -> (tag: UInt8, body: Range<Int>) {
        let head = bytes[start]
        func octets(_ count: Int, at place: Int) throws(OpenPGPFault) -> Int {
            guard place + count <= bytes.count else { throw cutOff }
            return bytes[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard head & 0x80 != 0 else { throw OpenPGPFault("byte \(start) begins no packet") }
        let tag: UInt8
        let length: Int
        let body: Int
        if head & 0x40 == 0 {
            tag = head >> 2 & 0xF
            let size = [1, 2, 4, 0][Int(head & 3)]
            guard size > 0 else { throw OpenPGPFault("byte \(start): a packet without a length") }
            length = try octets(size, at: start + 1)
            body = start + 1 + size
        } else {
            tag = head & 0x3F
            let first = try octets(1, at: start + 1)
            switch first {
            case ..<192: (length, body) = (first, start + 2)
            case ..<224:
                length = (first - 192) << 8 + (try octets(1, at: start + 2)) + 192
                body = start + 3
            case 255: (length, body) = (try octets(4, at: start + 2), start + 6)
            default: throw OpenPGPFault("byte \(start): a packet in pieces")
            }
        }
        guard length <= bytes.count - body else { throw cutOff }
        return (tag, body..<(body + length))
    }

    private static let cutOff = OpenPGPFault("its last packet is cut off")

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}

/// Why something is not taken for public keys.
package struct OpenPGPFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = printable(description, longest: 300) }
}

extension Substring {
    fileprivate var trimmed: String {
        var rest = drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
