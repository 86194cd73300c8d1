/// What a statement is about, and what an inventory is asked for: a package's name in an ecosystem.
/// Source and binary packages are two things, even when they have one name.
package struct PackageKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The ecosystem has one kind of package.
        case plain
        case source
        case binary
    }

    package let ecosystem: Ecosystem
    package let kind: Kind
    /// As the ecosystem writes it when it doesn't tell two ways of writing apart.
    package let name: String

    /// - Parameter name: As anybody writes it.
    package init(_ ecosystem: Ecosystem, _ kind: Kind, _ name: String) {
        self.ecosystem = ecosystem
        self.kind = kind
        self.name = Self.normalized(name, in: ecosystem)
    }

    /// - Parameter name: As `normalized` gives it.
    init(_ ecosystem: Ecosystem, _ kind: Kind, normalized name: String) {
        self.ecosystem = ecosystem
        self.kind = kind
        self.name = name
    }

    package var description: String {
        "\(ecosystem) \(kind == .plain ? "" : kind.rawValue + " ")package '\(shortened(name))'"
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.ecosystem != right.ecosystem { return left.ecosystem < right.ecosystem }
        if left.name != right.name { return left.name < right.name }
        return left.kind.rawValue < right.kind.rawValue
    }

    /// Those of a stanza of an advisory, each once.
    static func all(of affected: AffectedPackage) -> [PackageKey] {
        let ecosystem = Ecosystem(affected.ecosystem)
        if ecosystem.text.isEmpty || affected.name.isEmpty { return [] }
        func keys(_ kinds: Kind...) -> [PackageKey] {
            kinds.map { PackageKey(ecosystem, $0, affected.name) }
        }
        var all =
            switch affected.nameKind {
            case .plain: keys(.plain)
            case .source: keys(.source)
            case .binary: keys(.binary)
            case .sourceOrBinary: keys(.source, .binary)
            }
        for name in affected.binaryNames {
            let key = PackageKey(ecosystem, .binary, name)
            if !all.contains(key) { all.append(key) }
        }
        return all
    }

    /// Source: PEP 503, "Normalized Names"; the type definitions of the package URL specification.
    static func normalized(_ name: String, in ecosystem: Ecosystem) -> String {
        switch ecosystem.family {
        case "PyPI": python(name)
        case "npm", "NuGet", "Go", "Packagist", "Hex", "Pub", "GitHub Actions", "Bitnami",
            "VSCode":
            name.lowercased()
        case "crates.io": String(name.lowercased().map { $0 == "_" ? "-" : $0 })
        case "SwiftURL": repository(name)
        case Ecosystem.products.text: product(name)
        default: name
        }
    }

    /// Small letters, and one hyphen for any run of `-`, `_` and `.`.
    private static func python(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            if byte == ASCII.hyphen || byte == ASCII.underscore || byte == ASCII.dot {
                if bytes.last != ASCII.hyphen { bytes.append(ASCII.hyphen) }
            } else {
                bytes.append(lowercased(byte))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Small letters, and one underscore for any run of white space, as names in a CPE have it.
    /// Source: NIST IR 7695, "CPE Naming Specification", well-formed names.
    private static func product(_ name: String) -> String {
        name.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == "_" })
            .joined(separator: "_")
    }

    /// Without the scheme of the URL and the suffix of git.
    private static func repository(_ name: String) -> String {
        var rest = name.lowercased()[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
        return String(rest)
    }
}
