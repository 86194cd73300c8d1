private import struct Crypto.SHA256
private import struct Crypto.SHA512
package import EventSourcing

/// The digest that a publisher's file of digests states of another file.
package enum StatedDigest {
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256, sha512

        /// By the ending of the file that states it.
        package init(endingOf name: String) {
            self = name.lowercased().hasSuffix(".sha512") ? .sha512 : .sha256
        }

        package var words: String { self == .sha256 ? "SHA-256" : "SHA-512" }
        fileprivate var tag: String { self == .sha256 ? "SHA256" : "SHA512" }
        fileprivate var digits: Int { self == .sha256 ? 64 : 128 }

        fileprivate func digest(of bytes: [UInt8]) -> String {
            let digest: [UInt8] =
                self == .sha256 ? Array(SHA256.hash(data: bytes)) : Array(SHA512.hash(data: bytes))
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
        }
    }

    /// Reads what `sha256sum` writes (`digest  name`, `digest *name`, `SHA256 (name) = digest`), and a
    /// digest alone, which is of whatever file it lies beside.
    ///
    /// - Returns: nil when it has no digest of `file`, or two different ones.
    package static func sha256(of file: String, in text: String) -> Digest? {
        hexadecimal(.sha256, of: file, in: text).flatMap { Digest($0) }
    }

    /// Why `bytes` are not the file that `text` states the digest of; nil when they are.
    package static func fault(
        in bytes: [UInt8], named file: String, _ algorithm: Algorithm, by text: String
    ) -> String? {
        guard let stated = hexadecimal(algorithm, of: file, in: text) else {
            return "no \(algorithm.words) of '\(file)' is stated"
        }
        let digest = algorithm.digest(of: bytes)
        return digest == stated
            ? nil : "what came has the \(algorithm.words) \(digest), and \(stated) is stated"
    }

    /// In lower case.
    private static func hexadecimal(
        _ algorithm: Algorithm, of file: String, in text: String
    ) -> String? {
        var named: Set<String> = []
        var alone: Set<String> = []
        func digest(_ word: Substring) -> String? {
            let digits = word.lowercased()
            guard digits.utf8.count == algorithm.digits,
                digits.utf8.allSatisfy({
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                })
            else { return nil }
            return digits
        }
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.count == 1, let digest = digest(words[0]) {
                alone.insert(digest)
            } else if words.count == 2, let digest = digest(words[0]) {
                if isName(words[1].drop { $0 == "*" }, file) { named.insert(digest) }
            } else if words.count == 4, words[0] == algorithm.tag, words[2] == "=",
                let digest = digest(words[3])
            {
                if isName(words[1].dropFirst().dropLast(), file) { named.insert(digest) }
            }
        }
        let found = named.isEmpty ? alone : named
        return found.count == 1 ? found.first : nil
    }

    private static func isName(_ text: Substring, _ file: String) -> Bool {
        text.split(separator: "/").last.map(String.init) == file
    }
}
