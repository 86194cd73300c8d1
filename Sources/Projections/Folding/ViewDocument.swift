internal import Application
internal import EventSourcing
internal import FoundationEssentials

/// What a view shows: exactly the fields of the API's resource of that kind, in its JSON. Tests
/// hold both against each other.
protocol ViewDocument: Codable, Equatable {
    static var kind: ViewKind { get }
    var id: String { get }
    var state: String { get }
    /// What it belongs to.
    var parent: String? { get }
    /// Lists go by this.
    var sortKey: String { get }
}

extension ViewDocument {
    var parent: String? { nil }

    /// The document of a view that exists; nil when it doesn't.
    static func read(_ id: String, in views: [ViewKey: View]) throws -> Self? {
        guard let view = views[ViewKey(kind, id)] else { return nil }
        return try ViewJSON.decode(Self.self, from: view.document)
    }

    func write(to views: inout [ViewKey: View]) throws {
        views[ViewKey(Self.kind, id)] = View(
            id: id, parent: parent, state: state, sortKey: sortKey,
            document: try ViewJSON.encode(self))
    }
}

/// The JSON of documents, the same as the API's: keys in snake_case, sorted, so that the same value
/// is always the same bytes.
enum ViewJSON {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(bytes))
    }
}

/// An event that belongs to a view which isn't there.
struct MissingView: Error, CustomStringConvertible {
    let kind: ViewKind
    let id: String

    var description: String { "there is no \(kind.rawValue) \(id) that the event could change" }
}

/// A package as the API shows it.
struct PackageDocument: Codable, Equatable {
    var name: String
    var architecture: String
    var version: String
    var sha256: String?
    var size: Int?
}
