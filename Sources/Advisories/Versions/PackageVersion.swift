/// A version of any scheme, read once and then compared as often as needed.
package struct PackageVersion: Sendable, CustomStringConvertible {
    private enum Form: Sendable {
        case key(VersionKey)
        case maven(MavenVersion)
    }

    package let scheme: VersionScheme
    /// The text as it was given.
    package let text: String
    private let form: Form

    package var description: String { text }

    /// - Throws: What is wrong with the text, and where; nothing is repaired.
    package init(_ text: String, _ scheme: VersionScheme) throws(VersionError) {
        self.scheme = scheme
        self.text = text
        switch scheme {
        case .debian: form = .key(try DebianVersion(text, .comparable).key)
        case .redhat: form = .key(try RPMVersion(text).key)
        case .alpine: form = .key(try AlpineVersion(text).key)
        case .semver: form = .key(try SemanticVersion(text, .semver).key)
        case .npm: form = .key(try SemanticVersion(text, .npm).key)
        case .go: form = .key(try SemanticVersion(text, .go).key)
        case .pypi: form = .key(try PythonVersion(text).key)
        case .maven: form = .maven(try MavenVersion(text))
        case .rubygems: form = .key(try GemVersion(text).key)
        case .nuget: form = .key(try NuGetVersion(text).key)
        }
    }

    /// What is the same for equal versions, and in order when they are; nil for Maven, whose
    /// versions have no such form.
    package var key: VersionKey? {
        switch form {
        case .key(let key): key
        case .maven: nil
        }
    }

    /// The same text by the rules of `scheme`.
    func read(as scheme: VersionScheme) throws(VersionError) -> PackageVersion {
        scheme == self.scheme ? self : try PackageVersion(text, scheme)
    }

    /// -1 when this one is older, 0 when equal, 1 when newer. Both must be of one scheme.
    package func order(relativeTo other: Self) -> Int {
        precondition(scheme == other.scheme, "versions of two schemes have no order")
        switch (form, other.form) {
        case (.key(let left), .key(let right)): return left.order(relativeTo: right)
        case (.maven(let left), .maven(let right)): return left.order(relativeTo: right)
        case (.key, .maven), (.maven, .key): preconditionFailure("one scheme has one form")
        }
    }
}
