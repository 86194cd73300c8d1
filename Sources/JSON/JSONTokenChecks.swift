// What checks JSON texts token by token, where none is kept: each reads bytes as they come and can
// stop between any two.

/// A string after its opening quote.
struct JSONStringCheck {
    struct Fault: Error {
        let reason: String
    }

    private enum State {
        case plain
        case escape
        /// Digits of `\u` still to come, and the unit so far.
        case unit(Int, UInt32)
    }

    private var state = State.plain
    /// A leading surrogate was escaped; its other half must follow: `\`, then `u`, then the unit.
    private var awaitsHalf = false
    /// Bytes of a UTF-8 sequence still to come, and what the next of them may be.
    private var continuations = 0
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// Reads `bytes` from `place` on, up to and with the closing quote.
    ///
    /// - Returns: Whether the string has ended; if not, all bytes were read.
    mutating func read(_ bytes: [UInt8], _ place: inout Int) throws(Fault) -> Bool {
        while place < bytes.count {
            let byte = bytes[place]
            switch state {
            case .plain:
                if continuations > 0 {
                    guard allowed.contains(byte) else { throw Fault(reason: "this is not UTF-8") }
                    continuations -= 1
                    allowed = 0x80...0xBF
                } else if byte == UInt8(ascii: "\\") {
                    state = .escape
                } else if awaitsHalf {
                    throw Fault(reason: "half of a surrogate pair stands alone")
                } else if byte == UInt8(ascii: "\"") {
                    place += 1
                    return true
                } else if byte < 0x20 {
                    throw Fault(reason: "a control character in a string is not escaped")
                } else if byte >= 0x80 {
                    try beginSequence(byte)
                }
            case .escape:
                if byte == UInt8(ascii: "u") {
                    state = .unit(4, 0)
                } else {
                    guard !awaitsHalf else {
                        throw Fault(reason: "half of a surrogate pair stands alone")
                    }
                    guard "\"\\/bfnrt".utf8.contains(byte) else {
                        throw Fault(reason: "there is no such escape")
                    }
                    state = .plain
                }
            case .unit(let count, let unit): try readDigit(byte, count, unit)
            }
            place += 1
        }
        return false
    }

    private mutating func readDigit(
        _ byte: UInt8, _ count: Int, _ unit: UInt32
    ) throws(Fault) {
        let digit: UInt8
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
        default: throw Fault(reason: "\\u needs four hexadecimal digits")
        }
        let unit = unit << 4 | UInt32(digit)
        guard count == 1 else {
            state = .unit(count - 1, unit)
            return
        }
        let isTrailing = (0xDC00...0xDFFF).contains(unit)
        guard isTrailing == awaitsHalf else {
            throw Fault(reason: "half of a surrogate pair stands alone")
        }
        awaitsHalf = (0xD800...0xDBFF).contains(unit)
        state = .plain
    }

    /// Source: Unicode 15, table 3-7 "Well-Formed UTF-8 Byte Sequences".
    private mutating func beginSequence(_ byte: UInt8) throws(Fault) {
        switch byte {
        case 0xC2...0xDF: continuations = 1
        case 0xE0: (continuations, allowed) = (2, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: continuations = 2
        case 0xED: (continuations, allowed) = (2, 0x80...0x9F)
        case 0xF0: (continuations, allowed) = (3, 0x90...0xBF)
        case 0xF1...0xF3: continuations = 3
        case 0xF4: (continuations, allowed) = (3, 0x80...0x8F)
        default: throw Fault(reason: "this is not UTF-8")
        }
    }
}

/// A number after its first byte.
struct JSONNumberCheck {
    enum Answer { case more, end, wrong }

    private enum State { case sign, zero, integer, point, fraction, exponent, exponentSign, power }

    private var state: State

    /// - Returns: nil when no number begins with `first`.
    init?(_ first: UInt8) {
        switch first {
        case UInt8(ascii: "-"): state = .sign
        case UInt8(ascii: "0"): state = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .integer
        default: return nil
        }
    }

    var isComplete: Bool {
        switch state {
        case .zero, .integer, .fraction, .power: true
        case .sign, .point, .exponent, .exponentSign: false
        }
    }

    mutating func read(_ byte: UInt8) -> Answer {
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        switch (state, byte) {
        case (.sign, UInt8(ascii: "0")): state = .zero
        case (.sign, _) where isDigit: state = .integer
        case (.zero, _) where isDigit: return .wrong
        case (.integer, _) where isDigit, (.fraction, _) where isDigit, (.power, _) where isDigit:
            break
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): state = .point
        case (.point, _) where isDigit: state = .fraction
        case (.exponent, _) where isDigit, (.exponentSign, _) where isDigit: state = .power
        case (.zero, _), (.integer, _), (.fraction, _):
            guard byte | 0x20 == UInt8(ascii: "e") else { return .end }
            state = .exponent
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): state = .exponentSign
        case (.power, _): return .end
        default: return .wrong
        }
        return .more
    }
}

/// Finds where a value ends, and nothing more: whoever gathers it has it parsed afterwards.
struct JSONPartEnd {
    /// A number or literal, which ends before the byte that follows it.
    let isScalar: Bool
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    init(_ first: UInt8) {
        isScalar =
            first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
            && first != UInt8(ascii: "\"")
    }

    /// - Returns: Whether the value ends before `place`; if not, all bytes were read.
    mutating func read(_ bytes: [UInt8], _ place: inout Int) -> Bool {
        while place < bytes.count {
            let byte = bytes[place]
            if isScalar {
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x0A, 0x0D,
                    0x09:
                    return true
                default: place += 1
                }
                continue
            }
            place += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    if depth == 0 { return true }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return true }
            default: break
            }
        }
        return false
    }
}
