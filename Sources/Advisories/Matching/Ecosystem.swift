/// Where a package's name and version belong to: `PyPI`, or a distribution with its release,
/// `Debian:12`.
///
/// Advisories and inventories write one release in several ways; here it has one.
/// Source: OSV schema, "Defined ecosystems".
package struct Ecosystem: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// In canonical form.
    package let text: String

    package var description: String { text }

    /// - Parameter text: `Debian:12.5`, `Ubuntu:22.04:LTS`, `Alpine:v3.19`, `npm`,
    ///   `Red Hat:enterprise_linux:9::baseos`; any text is one, though perhaps one that nobody else
    ///   knows.
    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            self.text = String(parts.first ?? "")
            return
        }
        let family = parts[0]
        let release =
            switch family {
            case "Debian", "AlmaLinux", "Rocky Linux", "Oracle Linux": parts[1].upToDot
            case "Alpine", "Alpaquita": Self.branch(parts[1])
            case "Ubuntu": Self.withoutTerm(parts[1])
            case "Red Hat": Self.stream(parts[1])
            // What follows is the address of a repository, which doesn't change what a name means.
            case "Maven", "Packagist", "VSCode": nil as Substring?
            default: parts[1]
            }
        self.text = release.map { "\(family):\($0)" } ?? String(family)
    }

    private init(canonical text: String) { self.text = text }

    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    /// Devices, firmware and whatever else is known by its vendor's name and its own; versions have
    /// no order there that all vendors share.
    static let products = Ecosystem(canonical: "generic")

    /// `Debian` of `Debian:12`.
    package var family: String {
        text.utf8.firstIndex(of: ASCII.colon).map { String(text[..<$0]) } ?? text
    }

    /// True of one release, or one edition, of a distribution.
    package var hasRelease: Bool { text.utf8.contains(ASCII.colon) }

    /// nil when its versions have no order here.
    package var scheme: VersionScheme? { VersionScheme(ecosystem: text) }

    /// Where statements on its packages may stand, the most precise first: itself; for Ubuntu Pro
    /// the release without it; the distribution without a release.
    package var withWider: [Ecosystem] {
        guard hasRelease else { return [self] }
        let family = family
        var all = [self]
        let pro = "Ubuntu:Pro:"
        if text.hasPrefix(pro) {
            all.append(Ecosystem(canonical: "Ubuntu:" + text.dropFirst(pro.count)))
        }
        all.append(Ecosystem(canonical: family))
        return all
    }

    /// `v3.19` of `3.19.1`; a word such as `edge` stays.
    private static func branch(_ release: Substring) -> Substring {
        let digits = release.hasPrefix("v") ? release.dropFirst() : release
        guard let first = digits.utf8.first, isDigit(first) else { return release }
        return "v" + digits.split(separator: ".").prefix(2).joined(separator: ".")
    }

    /// Whether a release is kept long doesn't make it another one.
    private static func withoutTerm(_ release: Substring) -> Substring {
        release.hasSuffix(":LTS") ? release.dropLast(4) : release
    }

    /// The major release of the plain distribution, `9`; streams of longer support and other
    /// products have versions of their own.
    private static func stream(_ release: Substring) -> Substring {
        if release.utf8.allSatisfy({ isDigit($0) || $0 == ASCII.dot }) { return release.upToDot }
        guard release.hasPrefix("enterprise_linux:") else {
            // `rhel_eus:9.2::appstream`: the repository within the product.
            return release.split(separator: ":").prefix(2).joined(separator: ":")[...]
        }
        return release.dropFirst("enterprise_linux:".count).prefix { $0 != ":" }.upToDot
    }
}

extension Substring {
    fileprivate var upToDot: Substring { prefix { $0 != "." } }
}
