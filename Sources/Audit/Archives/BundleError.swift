/// Why bytes can't be read as a bundle. Offsets count the bytes of the archive from 0.
package enum BundleError: Error, Equatable {
    /// The file or disk failed; the reason is for people.
    case unreadable(reason: String)
    /// It ends at `length`, where more should come: within the part, or before the end is marked.
    case truncated(part: String?, length: Int64)
    /// No header of a part stands there, nor the end.
    case badHeader(offset: Int64)
    /// Something other than zeros fills the room between two parts.
    case badPadding(part: String, offset: Int64)
    case unknownPart(name: String, offset: Int64)
    case repeatedPart(name: String, offset: Int64)
    case partTooLarge(name: String, bytes: Int64, largest: Int64)
    case tooManyParts(most: Int)
    case trailingBytes(offset: Int64)
    case missingPart(name: String)
    case badManifest(reason: String)
}

extension BundleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let reason): "the bundle can't be read: \(reason)"
        case .truncated(let part?, let length):
            "the bundle ends at byte \(length), within its part '\(part)': it was cut off"
        case .truncated(nil, let length):
            "the bundle ends at byte \(length) without a mark of its end: it was cut off"
        case .badHeader(let offset):
            "byte \(offset) is not where a part of a bundle begins: it is no bundle, or was "
                + "packed anew by another program"
        case .badPadding(let part, let offset):
            "there are bytes behind the part '\(part)', at byte \(offset), that belong to none"
        case .unknownPart(let name, let offset):
            "'\(name)', at byte \(offset), is no part of a bundle"
        case .repeatedPart(let name, let offset):
            "'\(name)' comes a second time at byte \(offset)"
        case .partTooLarge(let name, let bytes, let largest):
            "'\(name)' has \(bytes) bytes; at most \(largest) are read"
        case .tooManyParts(let most): "more than \(most) parts are not read"
        case .trailingBytes(let offset): "there are bytes behind the end, from byte \(offset) on"
        case .missingPart(let name): "'\(name)' is missing"
        case .badManifest(let reason): "'manifest.json' is wrong: \(reason)"
        }
    }
}
