/// Shows a value to `Decodable` types. Nothing is copied, and a coding path is found only when an
/// error names it.
struct JSONNodeDecoder: Decoder {
    let node: JSONNode

    var codingPath: [any CodingKey] { node.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard node.kind == .object else { throw node.mismatch([String: Any].self) }
        return KeyedDecodingContainer(JSONMembersContainer(object: node))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = node.elements else { throw node.mismatch([Any].self) }
        return JSONElementsContainer(array: node, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        JSONScalarContainer(node: node)
    }
}

private struct JSONMembersContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONNode
    /// The members by their names where there are many, as in a dictionary, which asks for each.
    private let places: [String: JSONNode]?

    init(object: JSONNode) {
        self.object = object
        let isLarge = object.count > 24
        places =
            isLarge
            ? object.members.map { members in
                Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
            } : nil
    }

    private func find(_ key: Key) -> JSONNode? {
        if let places { return places[key.stringValue] }
        return object[key.stringValue]
    }

    var codingPath: [any CodingKey] { object.codingPath }
    var allKeys: [Key] {
        object.members.map { $0.compactMap { Key(stringValue: $0.name) } } ?? []
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    private func member(_ key: Key) throws -> JSONNode {
        guard let value = find(key) else {
            throw DecodingError.keyNotFound(
                key,
                DecodingError.Context(codingPath: codingPath, debugDescription: "it is missing"))
        }
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).isNull }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).truth() }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).text() }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try member(key).floating(type)
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        try member(key).floating(type)
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).integer(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        try member(key).integer(type)
    }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        try member(key).integer(type)
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        try member(key).integer(type)
    }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        try member(key).integer(type)
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        try member(key).integer(type)
    }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        try member(key).integer(type)
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        try member(key).integer(type)
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        try member(key).integer(type)
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        try member(key).integer(type)
    }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try member(key).decode(type)
    }

    // One look for the member instead of the three that the protocol's own would make.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let value = find(key), !value.isNull else { return nil }
        return try value.text()
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard let value = find(key), !value.isNull else { return nil }
        return try value.integer(type)
    }
    func decodeIfPresent<Value: Decodable>(
        _ type: Value.Type, forKey key: Key
    ) throws -> Value? {
        guard let value = find(key), !value.isNull else { return nil }
        return try value.decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONNodeDecoder(node: member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONNodeDecoder(node: member(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        guard let value = object["super"] else {
            throw DecodingError.keyNotFound(
                JSONKey(stringValue: "super"),
                DecodingError.Context(codingPath: codingPath, debugDescription: "it is missing"))
        }
        return JSONNodeDecoder(node: value)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONNodeDecoder(node: try member(key))
    }
}

private struct JSONElementsContainer: UnkeyedDecodingContainer {
    let array: JSONNode
    var elements: JSONNode.Elements
    private(set) var currentIndex = 0

    init(array: JSONNode, elements: JSONNode.Elements) {
        self.array = array
        self.elements = elements
    }

    var codingPath: [any CodingKey] { array.codingPath }
    var count: Int? { array.count }
    var isAtEnd: Bool { currentIndex == array.count }

    private mutating func element(_ type: Any.Type) throws -> JSONNode {
        guard let next = elements.next() else {
            throw DecodingError.valueNotFound(
                type,
                DecodingError.Context(
                    codingPath: codingPath + [JSONKey(intValue: currentIndex)],
                    debugDescription: "the array has ended"))
        }
        currentIndex += 1
        return next
    }

    mutating func decodeNil() throws -> Bool {
        var ahead = elements
        guard let next = ahead.next(), next.isNull else { return false }
        elements = ahead
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // Asked for again without this, an element that was refused would be passed over.
        let (before, index) = (elements, currentIndex)
        do {
            return try element(type).decode(type)
        } catch {
            (elements, currentIndex) = (before, index)
            throw error
        }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONNodeDecoder(node: element([String: Any].self)).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try JSONNodeDecoder(node: element([Any].self)).unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder {
        JSONNodeDecoder(node: try element(Any.self))
    }
}

private struct JSONScalarContainer: SingleValueDecodingContainer {
    let node: JSONNode

    var codingPath: [any CodingKey] { node.codingPath }

    func decodeNil() -> Bool { node.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try node.truth() }
    func decode(_ type: String.Type) throws -> String { try node.text() }
    func decode(_ type: Double.Type) throws -> Double { try node.floating(type) }
    func decode(_ type: Float.Type) throws -> Float { try node.floating(type) }
    func decode(_ type: Int.Type) throws -> Int { try node.integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try node.integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try node.integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try node.integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try node.integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try node.integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try node.integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try node.integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try node.integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try node.integer(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.decode(type) }
}
