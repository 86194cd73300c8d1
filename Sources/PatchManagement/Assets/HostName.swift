/// The name of a host, checked before it can reach a command line: letters, digits, `.`, `-` and
/// `_`, in labels of 1 to 63 characters that begin and end with a letter or a digit, 253 in all.
/// So none can be read as an option, a path or a shell word.
package struct HostName: Hashable, Comparable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "a host name has letters, digits, '.', '-' and '_', and each label begins and ends with a "
        + "letter or a digit"

    /// - Returns: nil for any text outside the allow-list.
    package init?(_ text: String) {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...253).contains(text.utf8.count), labels.allSatisfy(isHostLabel) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// Where a host answers: a host name, an IPv4 address or an IPv6 address without brackets and
/// without a zone.
package struct HostLocation: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule = "an address is a host name, an IPv4 or an IPv6 address"

    package init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard isIPv6(text) else { return nil }
        } else if text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) {
            guard isIPv4(text) else { return nil }
        } else {
            guard HostName(text) != nil else { return nil }
        }
        self.text = text
    }

    package var description: String { text }
}

/// The account that a host is reached by: a lower-case letter or `_`, then lower-case letters,
/// digits, `_` and `-`, at most 32.
package struct UserName: Hashable, Sendable, LosslessStringConvertible {
    package let text: String

    package static let rule =
        "a user begins with a lower-case letter or '_', followed by lower-case letters, digits, "
        + "'_' and '-', 32 at most"

    package init?(_ text: String) {
        guard let first = text.utf8.first, text.utf8.count <= 32,
            isLowerCase(first) || first == UInt8(ascii: "_"),
            text.utf8.allSatisfy({
                isLowerCase($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        self.text = text
    }

    package var description: String { text }
}

private func isHostLabel(_ label: String.UTF8View.SubSequence) -> Bool {
    guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
        && label.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
}

private func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
        && parts.allSatisfy { part in
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(isDigit),
                part == "0" || part.utf8.first != UInt8(ascii: "0"), let value = Int(part)
            else { return false }
            return value <= 255
        }
}

private func isIPv6(_ text: String) -> Bool {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), !text.contains(":::") else { return false }
    var groups = 0
    for half in halves where !half.isEmpty {
        for group in half.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal) else {
                return false
            }
            groups += 1
        }
    }
    return halves.count == 2 ? groups < 8 : groups == 8
}
