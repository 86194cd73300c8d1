internal import EventSourcing
internal import FoundationEssentials

/// A stream's id in 24 bytes, since a log has many streams.
struct StreamKey: Hashable, Sendable {
    /// The letters before the underscore, the last one lowest.
    let prefix: UInt32
    let id: IDKey

    /// Reads `prefix_uuid`: nil for anything else.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard let underscore = text.prefix(5).firstIndex(of: UInt8(ascii: "_")),
            (2...4).contains(underscore),
            let id = IDKey(UnsafeBufferPointer(rebasing: text[(underscore + 1)...]))
        else { return nil }
        var prefix: UInt32 = 0
        for letter in text[..<underscore] {
            guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else { return nil }
            prefix = prefix << 8 | UInt32(letter)
        }
        self.prefix = prefix
        self.id = id
    }

    init?(_ text: String) {
        var text = text
        guard let key = text.withUTF8({ StreamKey($0) }) else { return nil }
        self = key
    }

    init(_ stream: StreamID) {
        guard let key = StreamKey(stream.text) else {
            preconditionFailure("the id \(stream) was made without a UUID")
        }
        self = key
    }

    /// The letters of a kind of streams, such as `ro`.
    static func category(of prefix: UInt32) -> String {
        String(
            (0..<4).reversed().compactMap { place -> Character? in
                let byte = UInt8(truncatingIfNeeded: prefix >> (8 * UInt32(place)))
                return byte == 0 ? nil : Character(UnicodeScalar(byte))
            })
    }

    /// What `prefix` is for a text such as `ro`.
    static func prefix(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } }
    }

    static let asset = prefix("as")
    static let patch = prefix("pa")
    static let person = prefix("pe")
    static let rollout = prefix("ro")
    static let deployment = prefix("de")
    static let feed = prefix("fe")
    static let policy = prefix("po")
    static let freeze = prefix("fz")
    static let cap = prefix("cp")
    static let schedule = prefix("sd")
    static let cloudAccount = prefix("cl")
    static let attributeRules = prefix("ar")
    static let finding = prefix("fi")
    static let exception = prefix("ex")
    static let control = prefix("ct")
    static let baseline = prefix("ba")
    static let emergency = prefix("em")
    static let standingApproval = prefix("sa")
    static let disaster = prefix("di")
    static let log = prefix("lg")
}

extension StreamKey: CustomStringConvertible {
    var description: String { Self.category(of: prefix) + "_" + id.description }
}

/// A UUID as two words.
struct IDKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// Reads the 36 characters of a UUID in lower case: nil for anything else.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 36, let base = text.baseAddress else { return nil }
        var wrong: UInt64 = 0
        let high = Words.hexadecimal(Words.load8(base, 0), &wrong)
        let middle = Words.hexadecimal(
            Words.load4(base, 9) | Words.load4(base, 14) << 32, &wrong)
        let clock = Words.hexadecimal(
            Words.load4(base, 19) | Words.load4(base, 24) << 32, &wrong)
        let low = Words.hexadecimal(Words.load8(base, 28), &wrong)
        let hyphen = UInt8(ascii: "-")
        guard wrong == 0, base[8] == hyphen, base[13] == hyphen, base[18] == hyphen,
            base[23] == hyphen
        else { return nil }
        self.high = high << 32 | middle
        self.low = clock << 32 | low
    }

    var uuid: UUID {
        func byte(_ word: UInt64, _ index: UInt64) -> UInt8 {
            UInt8(truncatingIfNeeded: word >> (56 - 8 * index))
        }
        return UUID(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4),
                byte(high, 5), byte(high, 6), byte(high, 7), byte(low, 0), byte(low, 1),
                byte(low, 2), byte(low, 3), byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            ))
    }
}

extension IDKey: CustomStringConvertible {
    var description: String {
        func hex(_ word: UInt64, _ digits: Int) -> String {
            let text = String(word, radix: 16)
            return String(repeating: "0", count: digits - text.utf8.count) + text
        }
        return [
            hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4),
            hex(low >> 48, 4), hex(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
