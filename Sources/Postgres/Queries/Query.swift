/// An SQL statement with its values, written as a string: `"select * from t where id = \(id)"`.
///
/// Interpolated values become parameters ($1, $2, ...) and never text, so injection can't be
/// written. Names go in by `\(identifier:)`, which quotes them; other queries by `\(query:)`,
/// which renumbers their parameters; text that is part of the program by `\(unsafe:)`.
/// The text decides which prepared statement is used, so keep it free of changing parts.
package struct Query: Sendable, ExpressibleByStringInterpolation {
    /// The texts around the parameters: always one more than there are parameters.
    private var texts: [String]
    private(set) var binds: BindBuffer

    package init(stringLiteral value: String) {
        texts = [value]
        binds = BindBuffer()
    }

    package init(stringInterpolation: StringInterpolation) {
        texts = stringInterpolation.texts
        binds = stringInterpolation.binds
    }

    /// A statement without values. `sql` is trusted: never put input into it.
    package init(unsafe sql: String) {
        self.init(stringLiteral: sql)
    }

    /// The text with its placeholders.
    package var sql: String {
        guard texts.count > 1 else { return texts[0] }
        var sql = texts[0]
        for index in 1..<texts.count {
            sql += "$"
            sql += String(index)
            sql += texts[index]
        }
        return sql
    }

    /// Puts `other` behind this one, its parameters behind these.
    package mutating func append(_ other: Query) {
        texts[texts.count - 1] += other.texts[0]
        texts.append(contentsOf: other.texts.dropFirst())
        binds.append(other.binds)
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var texts: [String] = [""]
        fileprivate var binds = BindBuffer()

        package init(literalCapacity: Int, interpolationCount: Int) {
            texts.reserveCapacity(interpolationCount + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            texts[texts.count - 1] += literal
        }

        /// A value: a parameter.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            binds.append(value)
            texts.append("")
        }

        /// A name of a table, column, channel, ...: quoted.
        package mutating func appendInterpolation(identifier name: String) {
            texts[texts.count - 1] += quotedIdentifier(name)
        }

        /// Text that is part of the program. Never input.
        package mutating func appendInterpolation(unsafe text: String) {
            texts[texts.count - 1] += text
        }

        /// A piece of another query with its values.
        package mutating func appendInterpolation(query: Query) {
            texts[texts.count - 1] += query.texts[0]
            texts.append(contentsOf: query.texts.dropFirst())
            binds.append(query.binds)
        }
    }
}

extension Query: CustomStringConvertible {
    /// The text only: values may be secret.
    package var description: String { sql }
}

/// In double quotes, inner ones doubled. A NUL, which PostgreSQL can't store, ends the name.
func quotedIdentifier(_ name: String) -> String {
    var quoted = "\""
    for character in name.unicodeScalars.prefix(while: { $0 != "\0" }) {
        if character == "\"" { quoted += "\"" }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}
