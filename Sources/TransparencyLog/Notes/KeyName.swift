private import Crypto
private import FoundationEssentials

/// The rules for the names of keys, and the short hash that tells keys of one name apart.
///
/// Source: C2SP signed-note, Format and Signatures.
enum KeyName {
    /// Not empty, without white space and plus signs.
    static func isValid(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                !scalar.properties.isWhitespace && scalar != "+" && scalar.value >= 0x20
            }
    }

    /// The first four bytes of the SHA-256 of name, newline, algorithm and public key.
    static func hash(
        _ name: String, _ algorithm: SignatureAlgorithm, publicKey: [UInt8]
    ) -> UInt32 {
        let content = Array(name.utf8) + [UInt8(ascii: "\n"), algorithm.rawValue] + publicKey
        return SHA256.hash(data: content).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Eight lower-case hexadecimal digits.
    static func text(of hash: UInt32) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}

/// Why a text isn't a key.
package enum KeyError: Error, Hashable {
    /// Not of the form name, key hash and base64, joined by plus signs.
    case malformed
    case invalidName
    /// A type of signature that patchflow doesn't know, or not the one that is needed here.
    case wrongAlgorithm(UInt8)
    /// Not 32 bytes.
    case invalidKey
    /// The key hash is that of another key: a part of the text was changed.
    case wrongHash
}

extension KeyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "a key is NAME+HASH+BASE64"
        case .invalidName: "a key's name has no white space and no plus sign"
        case .wrongAlgorithm(let byte): "the key is of signature type \(byte)"
        case .invalidKey: "an Ed25519 key has 32 bytes"
        case .wrongHash: "the key hash is not that of this name and key"
        }
    }
}
