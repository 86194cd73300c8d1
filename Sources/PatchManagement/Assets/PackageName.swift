/// The name of a Debian package: lower-case letters, digits, `+`, `-` and `.`, at least two, first
/// a letter or a digit. Source: Debian Policy §5.6.1.
package struct PackageName: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "a package name has lower-case letters, digits, '+', '-' and '.', two at least, and "
        + "begins with a letter or a digit"

    package init?(_ text: String) {
        guard let first = text.utf8.first, (2...200).contains(text.utf8.count),
            isLowerCase(first) || isDigit(first),
            text.utf8.allSatisfy({ isLowerCase($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// A package's architecture as dpkg writes it, such as `amd64` or `all`.
package struct PackageArchitecture: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "an architecture has lower-case letters, digits and '-', and begins with a letter or a "
        + "digit"

    package init?(_ text: String) {
        guard let first = text.utf8.first, text.utf8.count <= 32,
            isLowerCase(first) || isDigit(first),
            text.utf8.allSatisfy({ isLowerCase($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// A package's version as text that is safe in a command: letters, digits, `.`, `+`, `~`, `:` and
/// `-`, first a letter or a digit. Whether it is a version at all is for `DebianVersion` to say.
package struct PackageVersionText: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "a version has letters, digits, '.', '+', '~', ':' and '-', and begins with a letter or "
        + "a digit"

    package init?(_ text: String) {
        guard let first = text.utf8.first, text.utf8.count <= 256, isAlphanumeric(first),
            text.utf8.allSatisfy({ isAlphanumeric($0) || ".+~:-".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// The name of a service: letters, digits, `.`, `-`, `_`, `@` and `:`, first a letter or a digit.
package struct ServiceName: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "a service has letters, digits, '.', '-', '_', '@' and ':', and begins with a letter or "
        + "a digit"

    package init?(_ text: String) {
        guard let first = text.utf8.first, text.utf8.count <= 200, isAlphanumeric(first),
            text.utf8.allSatisfy({ isAlphanumeric($0) || ".-_@:".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}
