/// `text` with each `%XX` as the byte that it stands for; nil when an escape is broken, or when the
/// bytes are no UTF-8.
func percentDecoded(_ text: some StringProtocol) -> String? {
    percentDecoded(Array(text.utf8)[...])
}

func percentDecoded(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.contains(ASCII.percent) else { return String(validating: bytes, as: UTF8.self) }
    var plain: [UInt8] = []
    var place = bytes.startIndex
    while place < bytes.endIndex {
        if bytes[place] == ASCII.percent {
            guard place + 2 < bytes.endIndex, let high = hexValue(bytes[place + 1]),
                let low = hexValue(bytes[place + 2])
            else { return nil }
            plain.append(high << 4 | low)
            place += 3
        } else {
            plain.append(bytes[place])
            place += 1
        }
    }
    return String(validating: plain, as: UTF8.self)
}

/// All but letters, digits and `. - _ ~ :` as `%XX` of their UTF-8.
func appendPercentEncoded(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
        switch byte {
        case ASCII.dot, ASCII.hyphen, ASCII.underscore, ASCII.tilde, ASCII.colon:
            bytes.append(byte)
        case _ where isLetterOrDigit(byte): bytes.append(byte)
        default:
            bytes.append(ASCII.percent)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 15))
        }
    }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
}
