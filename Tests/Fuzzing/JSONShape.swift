import JSON

/// A JSON document as parts that can be changed and put together again: what comes out is JSON, so
/// that it gets past the parser, and is wrong in what it says.
struct JSONShape: Sendable {
    private indirect enum Part: Sendable {
        /// As it is written.
        case scalar([UInt8])
        case array([Part])
        case object([Member])
    }

    private struct Member: Sendable {
        var name: [UInt8]
        var value: Part
    }

    private var root: Part

    /// nil for what is no JSON.
    init?(_ bytes: [UInt8]) {
        let limits = JSONLimits(refusesDuplicateNames: false)
        guard let document = try? JSONDocument(parsing: bytes, limits: limits) else { return nil }
        root = Self.part(document.root)
    }

    private static func part(_ node: JSONNode) -> Part {
        if let elements = node.elements { return .array(elements.map(part)) }
        if let members = node.members {
            return .object(members.map { Member(name: quoted($0.name), value: part($0.value)) })
        }
        return .scalar(node.string.map(quoted) ?? Array(node.scalar.utf8))
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case 0..<0x20: bytes += Array("\\u000".utf8) + Array(String(byte & 15, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        Self.write(root, to: &bytes)
        return bytes
    }

    private static func write(_ part: Part, to bytes: inout [UInt8]) {
        switch part {
        case .scalar(let text): bytes += text
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += member.name
                bytes.append(UInt8(ascii: ":"))
                write(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    // MARK: Changes

    /// Changes one part of it, where parts of `others` may be put.
    mutating func change(_ random: inout SplitMix, with others: [JSONShape]) {
        Self.change(&root, &random, others)
    }

    /// Goes down at random, and changes where it comes to stand.
    private static func change(
        _ part: inout Part, _ random: inout SplitMix, _ others: [JSONShape]
    ) {
        switch part {
        case .scalar(let text): part = replacement(of: text, &random, others)
        case .array(var elements):
            let place = random.below(elements.count + 1)
            if place < elements.count, random.below(8) > 0 {
                change(&elements[place], &random, others)
            } else {
                rearrange(&elements, &random) { any(of: others, &$0) }
            }
            part = .array(elements)
        case .object(var members):
            let place = random.below(members.count + 1)
            if place < members.count, random.below(8) > 0 {
                change(&members[place].value, &random, others)
            } else if place < members.count, random.below(3) == 0 {
                members[place].name = random.pick(members).name
            } else {
                let name = members.isEmpty ? quoted("a") : random.pick(members).name
                rearrange(&members, &random) { Member(name: name, value: any(of: others, &$0)) }
            }
            part = .object(members)
        }
    }

    /// Takes one away, says one twice, or puts another in.
    private static func rearrange<Element>(
        _ parts: inout [Element], _ random: inout SplitMix,
        new: (inout SplitMix) -> Element
    ) {
        let place = random.below(parts.count + 1)
        switch random.below(4) {
        case 0, 1: if place < parts.count { parts.remove(at: place) }
        case 2:
            guard place < parts.count else { return }
            let part = parts[place]
            let times = random.below(40) == 0 ? 30 : 1
            parts.insert(contentsOf: Array(repeating: part, count: times), at: place)
        default: parts.insert(new(&random), at: place)
        }
    }

    /// Some part of some document.
    private static func any(of others: [JSONShape], _ random: inout SplitMix) -> Part {
        var part = random.pick(others).root
        while random.below(5) > 0 {
            switch part {
            case .array(let elements) where !elements.isEmpty: part = random.pick(elements)
            case .object(let members) where !members.isEmpty: part = random.pick(members).value
            case .scalar, .array, .object: return part
            }
        }
        return part
    }

    private static func replacement(
        of text: [UInt8], _ random: inout SplitMix, _ others: [JSONShape]
    ) -> Part {
        switch random.below(6) {
        case 0: return any(of: others, &random)
        case 1: return .scalar(random.pick(oddities))
        case 2 where random.below(20) == 0:
            let depth = 1 + random.below(90)
            return (0..<depth).reduce(.scalar(text)) { inner, _ in .array([inner]) }
        default:
            guard text.first == UInt8(ascii: "\""), text.count > 2 else {
                return .scalar(random.pick(oddities))
            }
            return .scalar(rewritten(text, &random))
        }
    }

    /// A string of which a few characters differ.
    private static func rewritten(_ text: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var text = text
        for _ in 0...random.below(3) {
            let place = 1 + random.below(text.count - 1)
            let isEnd = place == text.count - 1
            switch random.below(4) {
            case 0 where !isEnd && !isEscape(text, place): text.remove(at: place)
            case 1 where !isEnd && !isEscape(text, place): text[place] = random.pick(characters)
            case 2 where text.count < 500 && !isEscape(text, place):
                // A part of itself again, without escapes cut in two.
                let part = text[place..<min(text.count - 1, place + 8)].filter { $0 != 0x5C }
                text.insert(contentsOf: part, at: place)
            default:
                if !isEscape(text, place) { text.insert(random.pick(characters), at: place) }
            }
        }
        return text
    }

    /// Whether the byte belongs to an escape.
    private static func isEscape(_ text: [UInt8], _ place: Int) -> Bool {
        text[max(0, place - 6)...place].contains(0x5C)
    }

    private static let characters = Array("0019aZxT:.-+~/@%?#&=_ ,;|<>!*()^[]{}'$".utf8)

    private static let oddities: [[UInt8]] = [
        "null", "true", "false", "0", "-1", "-0", "1.5", "1e999", "-1e-999", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "{}", "[]",
        "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\u{202E}\"", "\"null\"",
        "\"2026-13-45T99:99:99Z\"", "\"9999-12-31T23:59:60Z\"", "\"0000-00-00\"",
        "\"../../etc/passwd\"", "\"-oProxyCommand=x\"", "\"CVE-0000-0000\"",
        "\"" + String(repeating: "a", count: 700) + "\"", "\"1.0\"", "\"*\"",
    ].map { Array($0.utf8) }
}
