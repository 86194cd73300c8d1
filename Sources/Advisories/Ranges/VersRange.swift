/// A range of versions in one line, `vers:deb/>=1.2|<1.4`, as CSAF documents give it.
/// Source: "VERS: a mostly universal version range specifier", "Parsing and validating",
/// "Checking if a version is contained within a range".
package struct VersRange: Sendable, CustomStringConvertible {
    package enum Comparator: String, Sendable, Hashable {
        case equal = "="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    package struct Constraint: Sendable {
        package let comparator: Comparator
        package let version: PackageVersion
    }

    package let text: String
    package let scheme: VersionScheme
    /// In the order of their versions, each version once; nil for all versions.
    package let constraints: [Constraint]?

    package var description: String { text }

    package init(_ text: String) throws(VersRangeError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "vers" else { throw .notVers }
        let halves = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[1].isEmpty else { throw .noConstraints }
        guard let scheme = VersionScheme(vers: halves[0].lowercased()) else {
            throw .unknownScheme(String(halves[0]))
        }
        self.text = text
        self.scheme = scheme
        if halves[1] == "*" {
            constraints = nil
            return
        }
        var constraints: [Constraint] = []
        for part in halves[1].split(separator: "|") {
            constraints.append(try Self.constraint(part, scheme))
        }
        if constraints.isEmpty { throw .noConstraints }
        constraints.sort { $0.version.order(relativeTo: $1.version) < 0 }
        for index in constraints.indices.dropFirst()
        where constraints[index - 1].version.order(relativeTo: constraints[index].version) == 0 {
            throw .twice(constraints[index].version.text)
        }
        self.constraints = constraints
    }

    private static func constraint(
        _ text: Substring, _ scheme: VersionScheme
    ) throws(VersRangeError) -> Constraint {
        var rest = text.drop { $0 == " " }
        var comparator = Comparator.equal
        let comparators: [Comparator] = [
            .greaterOrEqual, .lessOrEqual, .notEqual, .less, .greater, .equal,
        ]
        for one in comparators where rest.hasPrefix(one.rawValue) {
            comparator = one
            rest = rest.dropFirst(one.rawValue.count)
            break
        }
        guard let version = percentDecoded(rest.filter { $0 != " " }) else {
            throw .badEscape(String(text))
        }
        do {
            return Constraint(
                comparator: comparator, version: try PackageVersion(version, scheme))
        } catch {
            throw .badVersion(error)
        }
    }

    /// Whether `version` lies in the range.
    ///
    /// - Throws: When it is of another scheme, and its text is no version of the range's.
    package func contains(_ version: PackageVersion) throws(VersionError) -> Bool {
        guard let constraints else { return true }
        let version = try version.read(as: scheme)
        for constraint in constraints where version.order(relativeTo: constraint.version) == 0 {
            switch constraint.comparator {
            case .equal, .lessOrEqual, .greaterOrEqual: return true
            case .notEqual, .less, .greater: return false
            }
        }
        // Only where the line of versions is cut counts now.
        let cuts = constraints.filter { $0.comparator != .equal && $0.comparator != .notEqual }
        guard !cuts.isEmpty else {
            return !constraints.contains { $0.comparator == .equal }
        }
        let next = cuts.firstIndex { version.order(relativeTo: $0.version) < 0 } ?? cuts.endIndex
        let opensBefore = next > 0 && cuts[next - 1].comparator.isLowerEnd
        let closesAfter = next < cuts.endIndex && !cuts[next].comparator.isLowerEnd
        if next == 0 { return closesAfter }
        if next == cuts.endIndex { return opensBefore }
        return opensBefore && closesAfter
    }
}

extension VersRange.Comparator {
    fileprivate var isLowerEnd: Bool {
        switch self {
        case .greater, .greaterOrEqual: true
        case .less, .lessOrEqual, .equal, .notEqual: false
        }
    }
}

extension VersionScheme {
    /// The scheme that a `vers` range, or a package URL's type, names; nil for one without an order
    /// here.
    package init?(vers name: String) {
        switch name {
        case "deb": self = .debian
        case "rpm": self = .redhat
        case "apk", "alpine": self = .alpine
        case "semver", "cargo", "hex", "pub", "swift": self = .semver
        case "pypi": self = .pypi
        case "maven": self = .maven
        case "npm": self = .npm
        case "golang", "go": self = .go
        case "gem": self = .rubygems
        case "nuget": self = .nuget
        default: return nil
        }
    }
}

/// Why a text is no range that can be evaluated.
package enum VersRangeError: Error, Sendable, Equatable, CustomStringConvertible {
    case notVers
    case unknownScheme(String)
    case noConstraints
    case badEscape(String)
    case twice(String)
    case badVersion(VersionError)

    package var description: String {
        switch self {
        case .notVers: "a range begins with 'vers:'"
        case .unknownScheme(let name):
            "versions of '\(shortened(name))' have no order here"
        case .noConstraints: "a range needs constraints after 'vers:SCHEME/', or '*' for all"
        case .badEscape(let text):
            "constraint '\(shortened(text))': '%' needs two hexadecimal digits that make UTF-8"
        case .twice(let version): "version '\(shortened(version))' is given twice"
        case .badVersion(let error): error.description
        }
    }
}
