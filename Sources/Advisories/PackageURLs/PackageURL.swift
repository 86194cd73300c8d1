/// The name of a package anywhere, `pkg:deb/debian/curl@7.50.3-1?arch=amd64`.
/// Source: the package URL specification; its type definition for `deb`.
package struct PackageURL: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// A Debian package.
    ///
    /// - Parameters:
    ///   - vendor: `ID` of os-release, such as `debian`.
    ///   - architecture: As dpkg says it; left out of the URL when nil.
    ///   - distribution: Such as `debian-12`; left out when nil.
    package static func debian(
        vendor: String, name: String, version: String, architecture: String? = nil,
        distribution: String? = nil
    ) -> PackageURL {
        var text = "pkg:deb/\(escaped(vendor.lowercased()))/\(escaped(name.lowercased()))"
        text += "@\(escaped(version))"
        // Qualifiers stand in the order of their keys, and only where they say something.
        let qualifiers = [("arch", architecture), ("distro", distribution)].compactMap {
            key, value in
            value.flatMap { $0.isEmpty ? nil : "\(key)=\(escaped($0))" }
        }
        if !qualifiers.isEmpty { text += "?" + qualifiers.joined(separator: "&") }
        return PackageURL(text: text)
    }

    private init(text: String) { self.text = text }

    /// All but letters, digits and `. - _ ~ :` as `%XX` of their UTF-8.
    private static func escaped(_ part: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var escaped = ""
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
                escaped.append(Character(UnicodeScalar(byte)))
            default:
                escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return escaped
    }
}
