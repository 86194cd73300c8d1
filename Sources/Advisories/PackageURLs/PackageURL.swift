/// The name of a package anywhere, `pkg:deb/debian/curl@7.50.3-1?arch=amd64`.
/// Source: the package URL specification, "Rules for each purl component", "How to build", "How to
/// parse"; the type definitions.
package struct PackageURL: Sendable, CustomStringConvertible {
    package struct Qualifier: Sendable, Hashable {
        package let key: String
        package let value: String
    }

    /// `deb`, `npm`, in small letters.
    package let type: String
    /// A vendor, a group or a scope; its segments between slashes. Never empty.
    package let namespace: String?
    package let name: String
    package let version: String?
    /// In the order of their keys, each once.
    package let qualifiers: [Qualifier]
    /// A path within the package; its segments between slashes. Never empty.
    package let subpath: String?
    /// The URL in canonical form.
    package let text: String

    package var description: String { text }

    /// - Parameters:
    ///   - qualifiers: In any order; those without a value are left out.
    /// - Throws: The component that is wrong and why. What its type writes in small letters or with
    ///   other signs is written so; nothing else is repaired.
    package init(
        type: String, namespace: String? = nil, name: String, version: String? = nil,
        qualifiers: [(key: String, value: String)] = [], subpath: String? = nil
    ) throws(PackageURLError) {
        try self.init(
            parts: Parts(
                type: type, namespace: PackageURL.segments(namespace), name: name,
                version: version, qualifiers: qualifiers,
                subpath: PackageURL.segments(subpath).filter { $0 != "." && $0 != ".." }))
    }

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
        let qualifiers = [("arch", architecture), ("distro", distribution)].compactMap {
            key, value in value.flatMap { $0.isEmpty ? nil : Qualifier(key: key, value: $0) }
        }
        return PackageURL(
            Parts(
                type: "deb", namespace: [vendor.lowercased()], name: name.lowercased(),
                version: version, qualifiers: [], subpath: []), qualifiers)
    }

    /// The components before they are checked and written as their type wants them.
    struct Parts {
        var type: String
        var namespace: [String]
        var name: String
        var version: String?
        var qualifiers: [(key: String, value: String)]
        var subpath: [String]
    }

    init(parts: Parts) throws(PackageURLError) {
        var parts = parts
        parts.type = parts.type.lowercased()
        guard Self.isType(parts.type) else { throw .malformed(.type, parts.type) }
        if parts.version?.isEmpty == true { parts.version = nil }
        let qualifiers = try Self.checked(parts.qualifiers)
        PackageURLRules.of(parts.type).normalize(&parts, qualifiers)
        try PackageURLRules.of(parts.type).check(parts, qualifiers)
        for text in parts.namespace + [parts.name, parts.version ?? ""] + parts.subpath {
            if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw .controlCharacter(text)
            }
        }
        self.init(parts, qualifiers)
    }

    private init(_ parts: Parts, _ qualifiers: [Qualifier]) {
        type = parts.type
        namespace = parts.namespace.isEmpty ? nil : parts.namespace.joined(separator: "/")
        name = parts.name
        version = parts.version
        self.qualifiers = qualifiers
        subpath = parts.subpath.isEmpty ? nil : parts.subpath.joined(separator: "/")
        text = Self.text(parts, qualifiers)
    }

    private static func segments(_ path: String?) -> [String] {
        (path ?? "").split(separator: "/").map(String.init)
    }

    private static func isType(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == ASCII.dot || $0 == ASCII.hyphen || $0 == ASCII.plus
        }
    }

    private static func checked(
        _ given: [(key: String, value: String)]
    ) throws(PackageURLError) -> [Qualifier] {
        var qualifiers: [Qualifier] = []
        for (key, value) in given where !value.isEmpty {
            let key = key.lowercased()
            guard let first = key.utf8.first, isLetter(first),
                key.utf8.allSatisfy({
                    isLetterOrDigit($0) || $0 == ASCII.dot || $0 == ASCII.hyphen
                        || $0 == ASCII.underscore
                })
            else { throw .malformed(.qualifiers, key) }
            if qualifiers.contains(where: { $0.key == key }) { throw .twice(key) }
            if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw .controlCharacter(value)
            }
            qualifiers.append(Qualifier(key: key, value: value))
        }
        return qualifiers.sorted { $0.key < $1.key }
    }
}

extension PackageURL: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Why something is no package URL.
package enum PackageURLError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Component: String, Sendable {
        case scheme, type, namespace, name, version, qualifiers, subpath
    }

    case tooLong
    case missing(Component)
    case malformed(Component, String)
    /// `%` without two hexadecimal digits after it, or bytes that are no UTF-8.
    case badEscape(Component, String)
    /// A slash that was escaped, where slashes part segments.
    case slashInSegment(Component, String)
    /// `@` that belongs to no version and isn't the beginning of a scope.
    case strayAt(String)
    case controlCharacter(String)
    case twice(String)
    case required(Component, type: String)
    case prohibited(Component, type: String)
    case requiredQualifier(String, type: String)

    package var description: String {
        switch self {
        case .tooLong: "it is longer than \(PackageURL.longest) bytes"
        case .missing(.scheme): "it does not begin with 'pkg:'"
        case .missing(let component): "the \(component.rawValue) is missing"
        case .malformed(.qualifiers, let key):
            "qualifier '\(shortened(key))': a key is a letter, then letters, digits and . - _"
        case .malformed(let component, let text):
            "\(component.rawValue) '\(shortened(text))': a letter, then letters, digits and . - +"
        case .badEscape(let component, let text):
            "\(component.rawValue) '\(shortened(text))': '%' needs two hexadecimal digits that make UTF-8"
        case .slashInSegment(let component, let text):
            "\(component.rawValue) '\(shortened(text))': a segment can't hold a slash"
        case .strayAt(let text): "'\(shortened(text))': write an '@' that begins no version as %40"
        case .controlCharacter(let text): "'\(shortened(text))' has a control character"
        case .twice(let key): "qualifier '\(key)' is given twice"
        case .required(let component, let type):
            "a package of type '\(type)' needs a \(component.rawValue)"
        case .prohibited(let component, let type):
            "a package of type '\(type)' has no \(component.rawValue)"
        case .requiredQualifier(let key, let type):
            "a package of type '\(type)' needs the qualifier '\(key)'"
        }
    }
}
