/// The proxy through which feeds are fetched, where workers don't reach the Internet themselves.
///
/// What is asked for is checked as without one, and it is asked to connect to the address that was
/// checked; it never leads to the worker's own host.
package struct FeedProxy: Sendable, Equatable {
    package struct Account: Sendable, Equatable {
        package let name: String
        package let password: String
    }

    package let host: String
    package let port: Int
    /// nil where it wants none.
    package let account: Account?
    package var exceptions: ProxyExceptions
    /// Whether names that mean nothing here are left to it: then it is the one that has to refuse what
    /// isn't public.
    package var resolvesNames = false
    /// Whether the worker's own host is asked directly.
    package var sparesLoopback = true

    package static let rule =
        "it is http://HOST:PORT, with an account before HOST where the proxy wants one "
        + "(http://NAME:PASSWORD@HOST:PORT)"

    /// - Parameter text: As in HTTPS_PROXY; without a scheme, HTTP is meant.
    /// - Returns: nil for anything else, among it proxies that are spoken to by TLS or SOCKS.
    package init?(_ text: String, exceptions: ProxyExceptions = .none) {
        var rest = Substring(text)
        if let mark = text.firstRange(of: "://") {
            guard text[..<mark.lowerBound].lowercased() == "http" else { return nil }
            rest = text[mark.upperBound...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var account: Account?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), !name.isEmpty,
                let password = Self.decoded(parts.count > 1 ? parts[1] : "")
            else { return nil }
            account = Account(name: name, password: password)
            rest = rest[rest.index(after: at)...]
        }
        guard !rest.contains("/"), !rest.contains("?"), let url = FeedURL("http://\(rest)/")
        else { return nil }
        (host, port, self.account) = (url.host, url.port, account)
        self.exceptions = exceptions
    }

    /// Without the escapes of URLs; nil when what comes out is no text.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Without the account.
    package var shown: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Which machines are asked directly though there is a proxy, as NO_PROXY says it: names, with all
/// below them, addresses, networks such as 10.0.0.0/8, each with a port or without; `*` for all.
package struct ProxyExceptions: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        /// nil for all of them.
        var name: String?
        /// Its first bits.
        var network: (bytes: [UInt8], bits: Int)?
        var port: Int?

        static func == (one: Self, other: Self) -> Bool {
            one.name == other.name && one.port == other.port
                && one.network?.bytes == other.network?.bytes
                && one.network?.bits == other.network?.bits
        }
    }

    private var entries: [Entry] = []

    package static let none = ProxyExceptions("")

    /// - Parameter text: Entries with commas or spaces between them. One that can't be read excepts
    ///   nothing, as everywhere else.
    package init(_ text: String) {
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).prefix(1000) {
            if let entry = Self.entry(word.lowercased()) { entries.append(entry) }
        }
    }

    package func contains(_ host: String, port: Int) -> Bool {
        let address = NetworkAddress(host)
        return entries.contains { entry in
            if let only = entry.port, only != port { return false }
            if let network = entry.network {
                return address.map { $0.begins(with: network.bytes, bits: network.bits) } ?? false
            }
            guard let name = entry.name else { return true }
            return host == name || host.hasSuffix("." + name)
        }
    }

    private static func entry(_ text: String) -> Entry? {
        if text == "*" { return Entry() }
        var (rest, entry) = (text[...], Entry())
        // An IPv6 address has a port only after brackets.
        let bare = rest.count(where: { $0 == ":" })
        if rest.hasPrefix("[") || bare == 1, let colon = rest.lastIndex(of: ":"),
            let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port)
        {
            entry.port = port
            rest = rest[..<colon]
        }
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        let parts = rest.split(separator: "/", maxSplits: 1)
        if let first = parts.first, let address = NetworkAddress(String(first)) {
            let most = address.bytes.count * 8
            guard parts.count == 1 || (Int(parts[1]).map { (0...most).contains($0) } ?? false)
            else { return nil }
            entry.network = (address.bytes, parts.count == 1 ? most : Int(parts[1]) ?? most)
            return entry
        }
        if rest.hasPrefix("*.") { rest = rest.dropFirst(2) }
        if rest.hasPrefix(".") { rest = rest.dropFirst() }
        guard !rest.isEmpty, !rest.contains("/"), !rest.contains("*") else { return nil }
        entry.name = String(rest)
        return entry
    }
}

extension NetworkAddress {
    /// - Returns: nil for what is no address in the usual form.
    package init?(_ text: String) {
        if text.contains(":") {
            guard let bytes = Self.groups(text) else { return nil }
            self.init(bytes: bytes)
        } else {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let bytes = parts.compactMap { part in
                part.utf8.count <= 3 && part.utf8.allSatisfy(isDigit) ? UInt8(part) : nil
            }
            guard parts.count == 4, bytes.count == 4 else { return nil }
            self.init(bytes: bytes)
        }
    }

    private static func groups(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        func read(_ half: Substring) -> [UInt8]? {
            if half.isEmpty { return [] }
            var bytes: [UInt8] = []
            for group in half.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...4).contains(group.utf8.count),
                    group.utf8.allSatisfy({ isAlphanumeric($0) }),
                    let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
            return bytes
        }
        guard let head = read(halves[0]), let tail = halves.count > 1 ? read(halves[1]) : []
        else { return nil }
        if halves.count == 1 { return head.count == 16 ? head : nil }
        guard head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    func begins(with network: [UInt8], bits: Int) -> Bool {
        guard network.count == bytes.count else { return false }
        for (index, byte) in bytes.enumerated() {
            let left = min(max(bits - 8 * index, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> left)
            if byte & mask != network[index] & mask { return false }
        }
        return true
    }
}
