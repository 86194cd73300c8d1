/// What a CPE says of a product: `cpe:/o:cisco:ios_xe:17.9.1` or
/// `cpe:2.3:o:cisco:ios_xe:17.9.1:*:*:*:*:*:*:*`.
/// Source: NIST IR 7695, "CPE Naming Specification", §6.1 and §6.2.
package struct ProductName: Sendable, Hashable {
    package enum Part: String, Sendable {
        case application = "a"
        case operatingSystem = "o"
        case hardware = "h"
    }

    package let part: Part
    package let vendor: String
    package let product: String
    /// nil for any, and where it isn't said.
    package let version: String?

    /// - Returns: nil for what is no CPE, or names no vendor or product.
    package init?(cpe: String) {
        let fields = Self.fields(of: cpe)
        guard fields.count >= 3, let part = Part(rawValue: fields[0]), fields[1] != "*",
            fields[2] != "*", !fields[1].isEmpty, !fields[2].isEmpty
        else { return nil }
        self.part = part
        vendor = fields[1]
        product = fields[2]
        version = fields.count > 3 && !["", "*", "-"].contains(fields[3]) ? fields[3] : nil
    }

    /// What stands between the colons, without what quotes them.
    private static func fields(of cpe: String) -> [String] {
        let rest: Substring
        let isFormatted = cpe.hasPrefix("cpe:2.3:")
        if isFormatted {
            rest = cpe.dropFirst("cpe:2.3:".count)
        } else if cpe.hasPrefix("cpe:/") {
            rest = cpe.dropFirst("cpe:/".count)
        } else {
            return []
        }
        var fields = [""]
        var isQuoted = false
        for character in rest {
            if isQuoted {
                fields[fields.count - 1].append(character)
                isQuoted = false
            } else if isFormatted, character == "\\" {
                isQuoted = true
            } else if character == ":" {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
