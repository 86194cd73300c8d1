internal import Advisories
internal import Foundation

/// What the tools ask of one line, and how they answer it.
enum LineQuestion {
    static func score(_ line: String, _ answer: inout JSONLine) throws {
        answer.add("vector", line)
        let vector = try CVSSVector(line)
        let scores = vector.scores
        answer.add("version", vector.version.rawValue)
        answer.add("base", number: scores.base.description)
        answer.add("temporal", number: scores.temporal?.description)
        answer.add("environmental", number: scores.environmental?.description)
        answer.add("severity", CVSSSeverity(scores.overall, vector.version).rawValue)
    }

    static func order(
        _ line: String, _ scheme: VersionScheme, _ answer: inout JSONLine
    ) throws {
        let words = line.utf8.split { $0 == 0x20 || $0 == 0x09 }
        guard words.count == 2, let left = String(words[0]), let right = String(words[1]) else {
            answer.add("text", line)
            throw LineError.notTwoWords(words.count)
        }
        answer.add("a", left)
        answer.add("b", right)
        let order = try PackageVersion(left, scheme)
            .order(relativeTo: PackageVersion(right, scheme))
        answer.add("order", number: "\(order)")
    }

    static func package(_ line: String, _ answer: inout JSONLine) throws {
        let package: PackageURL
        if line.utf8.first == UInt8(ascii: "{") {
            answer.add("components", line)
            package = try JSONDecoder().decode(Components.self, from: Data(line.utf8)).package()
        } else {
            answer.add("purl", line)
            package = try PackageURL(line)
        }
        answer.add("canonical", package.text)
        answer.add("type", package.type)
        answer.add("namespace", package.namespace)
        answer.add("name", package.name)
        answer.add("version", package.version)
        answer.add("qualifiers", package.qualifiers.map { ($0.key, $0.value) })
        answer.add("subpath", package.subpath)
    }

    /// The components of a package URL that is to be built.
    private struct Components: Decodable {
        let type: String?
        let namespace: String?
        let name: String?
        let version: String?
        let qualifiers: [String: String]?
        let subpath: String?

        func package() throws -> PackageURL {
            try PackageURL(
                type: type ?? "", namespace: namespace, name: name ?? "", version: version,
                qualifiers: (qualifiers ?? [:]).map { ($0.key, $0.value) }, subpath: subpath)
        }
    }
}

/// Why a line can't be asked about at all.
enum LineError: Error, CustomStringConvertible {
    case notTwoWords(Int)
    case notUTF8
    case tooLong

    var description: String {
        switch self {
        case .notTwoWords(let count): "two versions are needed, A B; the line has \(count)"
        case .notUTF8: "the line is not UTF-8"
        case .tooLong: "the line is longer than \(ToolStream.longestLine) bytes"
        }
    }
}
