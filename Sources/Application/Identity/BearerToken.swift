package import EventSourcing
private import FoundationEssentials

/// The secret by which somebody is let in: `pf_`, 256 random bits and the id of the person, in
/// hexadecimal. It names the person's stream, so looking it up needs no index of all tokens, and
/// what was revoked a moment ago is refused now. Only its SHA-256 is ever stored.
package struct BearerToken: Sendable {
    package let text: String
    package let person: StreamID

    /// Makes a new one.
    package init(for person: StreamID) {
        // The system's generator is fit for secrets.
        var generator = SystemRandomNumberGenerator()
        let random = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let id = person.text.drop { $0 != "_" }.dropFirst().replacing("-", with: "")
        text = "\(Self.mark)\(Self.hexadecimal(random))\(id)"
        self.person = person
    }

    /// - Returns: nil for a text that was never a token.
    package init?(_ text: String) {
        let digits = Array(text.utf8.dropFirst(Self.mark.utf8.count))
        guard text.hasPrefix(Self.mark), digits.count == 96,
            digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else { return nil }
        let id = String(decoding: digits[64...], as: UTF8.self)
        var groups: [Substring] = []
        var rest = id[...]
        for length in [8, 4, 4, 4, 12] {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        guard let person = StreamID("pe_" + groups.joined(separator: "-")) else { return nil }
        self.text = text
        self.person = person
    }

    /// What is stored of it.
    package var digest: Digest { Digest(of: text) }

    /// The first characters, by which people tell tokens apart.
    package var prefix: String { String(text.prefix(11)) }

    private static let mark = "pf_"

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            let digits = String(byte, radix: 16)
            text += digits.utf8.count == 1 ? "0" + digits : digits
        }
    }
}
