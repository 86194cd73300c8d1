extension PackageURL {
    static let longest = 8192

    /// Reads a URL. Forms that mean the same are accepted: slashes that stand for nothing, capitals
    /// in the type, signs that needn't have been escaped.
    package init(_ text: String) throws(PackageURLError) {
        let bytes = Array(text.utf8)
        if bytes.count > Self.longest { throw .tooLong }
        var rest = bytes[...]
        var parts = Parts(
            type: "", namespace: [], name: "", version: nil, qualifiers: [], subpath: [])
        if let hash = rest.lastIndex(of: ASCII.hash) {
            parts.subpath = try Self.path(rest[(hash + 1)...], .subpath)
            rest = rest[..<hash]
        }
        if let question = rest.lastIndex(of: ASCII.question) {
            parts.qualifiers = try Self.qualifiers(rest[(question + 1)...])
            rest = rest[..<question]
        }
        guard let colon = rest.firstIndex(of: ASCII.colon),
            rest[..<colon].map(lowercased).elementsEqual("pkg".utf8)
        else { throw .missing(.scheme) }
        rest = rest[(colon + 1)...].drop { $0 == ASCII.slash }
        let type = rest.prefix { $0 != ASCII.slash }
        if type.isEmpty { throw .missing(.type) }
        parts.type = String(decoding: type, as: UTF8.self)
        rest = rest.dropFirst(type.count)
        if let at = rest.lastIndex(of: ASCII.at), !rest[at...].contains(ASCII.slash) {
            parts.version = try Self.unescaped(rest[(at + 1)...], .version)
            rest = rest[..<at]
        }
        guard let slash = rest.lastIndex(of: ASCII.slash) else { throw .missing(.name) }
        parts.name = try Self.unescaped(rest[(slash + 1)...], .name)
        if parts.name.isEmpty { throw .missing(.name) }
        for segment in rest[..<slash].split(separator: ASCII.slash)
        where segment.dropFirst().contains(ASCII.at) {
            throw .strayAt(String(decoding: segment, as: UTF8.self))
        }
        parts.namespace = try Self.path(rest[..<slash], .namespace)
        try self.init(parts: parts)
    }

    /// Segments between slashes, without the empty ones; in a subpath also without `.` and `..`.
    private static func path(
        _ bytes: ArraySlice<UInt8>, _ component: PackageURLError.Component
    ) throws(PackageURLError) -> [String] {
        var segments: [String] = []
        for bytes in bytes.split(separator: ASCII.slash) {
            let segment = try unescaped(bytes, component)
            if segment.utf8.contains(ASCII.slash) { throw .slashInSegment(component, segment) }
            if component == .subpath, segment == "." || segment == ".." { continue }
            segments.append(segment)
        }
        return segments
    }

    private static func qualifiers(
        _ bytes: ArraySlice<UInt8>
    ) throws(PackageURLError) -> [(key: String, value: String)] {
        var qualifiers: [(key: String, value: String)] = []
        for pair in bytes.split(separator: ASCII.ampersand) {
            let key = pair.prefix { $0 != ASCII.equals }
            qualifiers.append(
                (
                    String(decoding: key, as: UTF8.self),
                    try unescaped(pair.dropFirst(key.count + 1), .qualifiers)
                ))
        }
        return qualifiers
    }

    private static func unescaped(
        _ bytes: ArraySlice<UInt8>, _ component: PackageURLError.Component
    ) throws(PackageURLError) -> String {
        guard let text = percentDecoded(bytes) else {
            throw .badEscape(component, String(decoding: bytes, as: UTF8.self))
        }
        return text
    }

    /// The canonical form of components that have been checked.
    static func text(_ parts: Parts, _ qualifiers: [Qualifier]) -> String {
        var bytes = Array("pkg:".utf8)
        bytes.append(contentsOf: parts.type.utf8)
        for segment in parts.namespace + [parts.name] {
            bytes.append(ASCII.slash)
            appendPercentEncoded(segment, to: &bytes)
        }
        if let version = parts.version {
            bytes.append(ASCII.at)
            appendPercentEncoded(version, to: &bytes)
        }
        for (index, qualifier) in qualifiers.enumerated() {
            bytes.append(index == 0 ? ASCII.question : ASCII.ampersand)
            bytes.append(contentsOf: qualifier.key.utf8)
            bytes.append(ASCII.equals)
            appendPercentEncoded(qualifier.value, to: &bytes)
        }
        for (index, segment) in parts.subpath.enumerated() {
            bytes.append(index == 0 ? ASCII.hash : ASCII.slash)
            appendPercentEncoded(segment, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
