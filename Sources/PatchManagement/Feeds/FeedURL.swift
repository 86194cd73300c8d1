/// Where a feed is fetched from: an absolute `https` or `http` URL without account, fragment or
/// anything else that readers of URLs understand differently.
package struct FeedURL: Hashable, Sendable, LosslessStringConvertible {
    package let isSecure: Bool
    /// A name, an IPv4 address, or an IPv6 address without brackets; in lower case.
    package let host: String
    package let port: Int
    /// Path and query; begins with `/`.
    package let target: String

    package static let longest = 2000
    package static let rule =
        "it is an absolute https URL of at most \(longest) bytes of plain ASCII, without account and "
        + "fragment; http only to this host itself"

    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.forbidden.contains($0) })
        else { return nil }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst(8))
        } else if text.lowercased().hasPrefix("http://") {
            (isSecure, rest) = (false, text.dropFirst(7))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        target = path.hasPrefix("/") ? String(path) : "/" + path
        guard let (host, port) = Self.authority(authority, isSecure ? 443 : 80) else { return nil }
        self.host = host
        self.port = port
    }

    /// Marks that have a meaning of their own elsewhere.
    private static let forbidden = Set("#\\\"<>^`{|}".utf8)

    private static func authority(
        _ text: Substring, _ standardPort: Int
    ) -> (host: String, port: Int)? {
        var host = text
        var port = standardPort
        let afterBracket = text.firstIndex(of: "]").map(text.index(after:)) ?? text.startIndex
        if let colon = text[afterBracket...].firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit),
                let number = Int(digits), (1...65_535).contains(number)
            else { return nil }
            host = text[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        let lowered = host.lowercased()
        // A name that ends in digits is read as an address by some, in forms such as 127.1 or 0x7f.1.
        let last = lowered.split(separator: ".").last ?? ""
        guard let location = HostLocation(lowered),
            lowered.contains(":") || isAddress(lowered) || !(last.utf8.first.map(isDigit) ?? true)
        else { return nil }
        return (location.text, port)
    }

    private static func isAddress(_ text: String) -> Bool {
        text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
    }

    package var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        let isStandard = port == (isSecure ? 443 : 80)
        return (isSecure ? "https://" : "http://") + shown + (isStandard ? "" : ":\(port)") + target
    }

    /// Without the query, which may hold a key: what is written down stays.
    package var shown: String {
        String(description.dropLast(target.utf8.count)) + target.prefix { $0 != "?" }
    }

    /// What may be shown of a text that is no URL: no query, and no account.
    package static func shown(_ text: String) -> String {
        let plain = text.prefix { $0 != "?" && $0 != "#" }
        guard let account = plain.lastIndex(of: "@") else { return String(plain) }
        return "…" + plain[account...]
    }

    /// Where an answer with the `Location` header sends to.
    ///
    /// - Returns: nil when that is no URL, or leads from `https` to `http`.
    package func redirected(to location: String) -> FeedURL? {
        guard let next = absolute(location), next.isSecure || !isSecure else { return nil }
        return next
    }

    /// Where a link in what stands here leads, relative or not.
    ///
    /// - Returns: nil when that is no URL, or leads from `https` to `http`.
    package func linked(_ text: String) -> FeedURL? { redirected(to: text) }

    package func isSameServer(as other: FeedURL) -> Bool {
        (isSecure, host, port) == (other.isSecure, other.host, other.port)
    }

    /// A file beside this one whose name goes on with `suffix`.
    package func withSuffix(_ suffix: String) -> FeedURL? {
        let path = target.prefix { $0 != "?" }
        return FeedURL("\(description.dropLast(target.utf8.count))\(path)\(suffix)")
    }

    private func absolute(_ location: String) -> FeedURL? {
        let plain = location.prefix { $0 != "#" }
        let root = description.dropLast(target.utf8.count)
        let isAbsolute = plain.prefix { $0 != "/" && $0 != "?" }.contains(":")
        if isAbsolute { return FeedURL(String(plain)) }
        if plain.hasPrefix("//") { return FeedURL("\(isSecure ? "https" : "http"):\(plain)") }
        if plain.hasPrefix("/") { return FeedURL("\(root)\(plain)") }
        return plain.isEmpty ? nil : sibling(String(plain))
    }

    /// A file in the same folder, or below it.
    package func sibling(_ path: String) -> FeedURL? {
        let root = description.dropLast(target.utf8.count)
        let own = target.prefix { $0 != "?" }
        let folder = own[...(own.lastIndex(of: "/") ?? own.startIndex)]
        return FeedURL("\(root)\(folder)\(path)")
    }

    /// What the file there is called; the host's name when it isn't called anything.
    package var fileName: String {
        let path = target.prefix { $0 != "?" }
        let name = path.split(separator: "/").last.map(String.init) ?? host
        return String(name.prefix(200))
    }
}
