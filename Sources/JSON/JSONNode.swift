/// A value inside a document: a view, of which nothing is copied until it is asked for.
package struct JSONNode: Sendable {
    package enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    let tape: JSONTape
    let index: Int

    var entry: JSONEntry { tape.entries[index] }

    package var kind: Kind {
        switch entry.form {
        case .null: .null
        case .no, .yes: .bool
        case .integer, .fraction: .number
        case .plainText, .escapedText: .string
        case .array: .array
        case .object: .object
        }
    }

    package var isNull: Bool { entry.form == .null }

    /// Bytes of the document before the value's first one.
    package var offset: Int {
        switch entry.form {
        case .plainText, .escapedText: Int(entry.start) - 1
        case .null, .no, .yes, .integer, .fraction, .array, .object: Int(entry.start)
        }
    }

    /// Elements of an array, members of an object; 0 for everything else.
    package var count: Int {
        switch entry.form {
        case .array, .object: Int(entry.length)
        case .null, .no, .yes, .integer, .fraction, .plainText, .escapedText: 0
        }
    }

    package var string: String? {
        let entry = entry
        switch entry.form {
        case .plainText:
            return plainText(entry)
        case .escapedText:
            return tape.bytes.withUnsafeBufferPointer {
                String(decoding: JSONText.unescaped(entry, $0), as: UTF8.self)
            }
        case .null, .no, .yes, .integer, .fraction, .array, .object: return nil
        }
    }

    /// A number that is written as an integer and fits.
    package var integer: Int64? {
        entry.form == .integer ? Int64(scalar) : nil
    }

    /// A number as the nearest double; nil as well for one beyond the largest.
    package var number: Double? {
        switch entry.form {
        case .integer, .fraction: Double(scalar).flatMap { $0.isFinite ? $0 : nil }
        case .null, .no, .yes, .plainText, .escapedText, .array, .object: nil
        }
    }

    package var bool: Bool? {
        switch entry.form {
        case .yes: true
        case .no: false
        case .null, .integer, .fraction, .plainText, .escapedText, .array, .object: nil
        }
    }

    /// The exact text of a number, a word or a string with its escapes, without quotes.
    package var scalar: String {
        switch entry.form {
        case .array, .object: ""
        case .null, .no, .yes, .integer, .fraction, .plainText, .escapedText: plainText(entry)
        }
    }

    /// The bytes of an entry as they stand.
    private func plainText(_ entry: JSONEntry) -> String {
        tape.bytes.withUnsafeBufferPointer { bytes in
            let start = Int(entry.start)
            let text = bytes[start..<(start + Int(entry.length))]
            return String(decoding: UnsafeBufferPointer(rebasing: text), as: UTF8.self)
        }
    }

    /// The member `name` of an object; nil for anything else. Cost: linear in the members.
    package subscript(_ name: String) -> JSONNode? {
        guard entry.form == .object else { return nil }
        var name = name
        // Every field that is decoded is looked for like this.
        let place = name.withUTF8 { wanted in
            tape.entries.withUnsafeBufferPointer { entries in
                tape.bytes.withUnsafeBufferPointer { bytes in
                    Self.place(of: wanted, in: index, entries, bytes)
                }
            }
        }
        return place.map { JSONNode(tape: tape, index: $0 + 1) }
    }

    /// Where the name of a member stands.
    private static func place(
        of wanted: UnsafeBufferPointer<UInt8>, in object: Int,
        _ entries: UnsafeBufferPointer<JSONEntry>, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        var place = object + 1
        for _ in 0..<entries[object].length {
            let name = entries[place]
            if name.form == .plainText {
                let start = Int(name.start)
                if Int(name.length) == wanted.count,
                    bytes[start..<(start + wanted.count)].elementsEqual(wanted)
                {
                    return place
                }
            } else if JSONText.unescaped(name, bytes).elementsEqual(wanted) {
                return place
            }
            place = Int(entries[place + 1].next)
        }
        return nil
    }

    /// The elements of an array in their order; nil for anything else.
    package var elements: Elements? {
        entry.form == .array ? Elements(tape: tape, place: index + 1, left: count) : nil
    }

    /// The members of an object in the order of the text; nil for anything else.
    package var members: Members? {
        entry.form == .object ? Members(tape: tape, place: index + 1, left: count) : nil
    }

    package struct Elements: Sequence, IteratorProtocol, Sendable {
        fileprivate let tape: JSONTape
        fileprivate var place: Int
        fileprivate var left: Int

        package var underestimatedCount: Int { left }

        package mutating func next() -> JSONNode? {
            guard left > 0 else { return nil }
            left -= 1
            defer { place = Int(tape.entries[place].next) }
            return JSONNode(tape: tape, index: place)
        }
    }

    package struct Members: Sequence, IteratorProtocol, Sendable {
        fileprivate let tape: JSONTape
        fileprivate var place: Int
        fileprivate var left: Int

        package var underestimatedCount: Int { left }

        package mutating func next() -> (name: String, value: JSONNode)? {
            guard left > 0, let name = JSONNode(tape: tape, index: place).string else { return nil }
            left -= 1
            let value = JSONNode(tape: tape, index: place + 1)
            place = Int(value.entry.next)
            return (name, value)
        }
    }

    /// The whole value as a tree of its own. An integer too large for 64 bits becomes a number.
    package var value: JSONValue {
        switch entry.form {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .integer, .fraction:
            if let integer { return .integer(integer) }
            return number.map(JSONValue.number) ?? .string(scalar)
        case .plainText, .escapedText: return string.map(JSONValue.string) ?? .null
        case .array: return .array(elements.map { $0.map(\.value) } ?? [])
        case .object:
            var tree: [String: JSONValue] = [:]
            tree.reserveCapacity(count)
            if let members {
                for (name, value) in members { tree[name] = value.value }
            }
            return .object(tree)
        }
    }
}

extension JSONNode {
    /// One step from an array or object to a value in it.
    enum Step {
        case name(String)
        case index(Int)
    }

    /// The steps from the document's root, found by walking down once more: only messages ask.
    var steps: [Step] {
        var steps: [Step] = []
        var holder = JSONNode(tape: tape, index: 0)
        while holder.index < index {
            if let member = holder.members?.first(where: { $0.value.holds(index) }) {
                steps.append(.name(member.name))
                holder = member.value
            } else if let element = holder.elements?.enumerated().first(where: {
                $0.element.holds(index)
            }) {
                steps.append(.index(element.offset))
                holder = element.element
            } else {
                break
            }
        }
        return steps
    }

    private func holds(_ other: Int) -> Bool { index <= other && other < Int(entry.next) }

    /// Where the value lies in its document, for messages: `affected[3].ranges[0].type`, and an
    /// empty text for the root.
    package var path: String {
        steps.reduce(into: "") { path, step in
            switch step {
            case .name(let name): path += path.isEmpty ? name : ".\(name)"
            case .index(let number): path += "[\(number)]"
            }
        }
    }
}
