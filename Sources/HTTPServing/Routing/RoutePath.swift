/// A path with named parts, such as `/api/v1/patches/{id}:approve`: a part stands for one segment
/// up to a colon, an action follows the last one. At the end, `{name...}` stands for all segments that
/// are left, one or more.
struct RoutePath: Sendable, Equatable, CustomStringConvertible {
    private enum Part: Sendable, Equatable {
        case literal(String)
        case named(String)
        case rest(String)
    }

    let description: String
    private let parts: [Part]
    private let action: String?

    init(_ text: String) {
        description = text
        var (segments, action) = Self.split(text)
        self.action = action
        if segments.first == "" { segments.removeFirst() }
        parts = segments.map { segment in
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return .literal(segment) }
            let name = segment.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .named(String(name))
        }
    }

    /// The segments of a request's path as it was sent, and its action.
    static func segments(of path: String) -> (segments: [String], action: String?) {
        var (segments, action) = split(path)
        if segments.first == "" { segments.removeFirst() }
        return (segments, action)
    }

    /// - Returns: The named parts, decoded; nil when the path is another one.
    func match(_ path: (segments: [String], action: String?)) -> [String: String]? {
        guard path.action == action, path.segments.count >= parts.count else { return nil }
        var parameters: [String: String] = [:]
        var matched = parts.count
        for (index, (part, segment)) in zip(parts, path.segments).enumerated() {
            switch part {
            case .rest(let name):
                guard let value = percentDecoded(path.segments[index...].joined(separator: "/"))
                else { return nil }
                parameters[name] = value
                matched = path.segments.count
            case .literal(let text):
                guard text == segment else { return nil }
            case .named(let name):
                guard !segment.isEmpty, let value = percentDecoded(segment) else { return nil }
                parameters[name] = value
            }
        }
        return matched == path.segments.count ? parameters : nil
    }

    private static func split(_ path: String) -> ([String], String?) {
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let last = segments.last, let colon = last.firstIndex(of: ":") else {
            return (segments, nil)
        }
        segments[segments.count - 1] = String(last[..<colon])
        return (segments, String(last[last.index(after: colon)...]))
    }
}

/// Text with `%41` as `A`: nil when an escape is broken or it isn't UTF-8 then.
package func percentDecoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        guard let high = rest.popFirst().flatMap(hexadecimal),
            let low = rest.popFirst().flatMap(hexadecimal)
        else { return nil }
        bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
}

private func hexadecimal(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
