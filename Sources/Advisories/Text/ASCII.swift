/// The bytes that versions, package URLs and vectors are made of, by name.
enum ASCII {
    static let zero = UInt8(ascii: "0")
    static let dot = UInt8(ascii: ".")
    static let hyphen = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let tilde = UInt8(ascii: "~")
    static let caret = UInt8(ascii: "^")
    static let colon = UInt8(ascii: ":")
    static let underscore = UInt8(ascii: "_")
    static let slash = UInt8(ascii: "/")
    static let percent = UInt8(ascii: "%")
    static let at = UInt8(ascii: "@")
    static let question = UInt8(ascii: "?")
    static let hash = UInt8(ascii: "#")
    static let ampersand = UInt8(ascii: "&")
    static let equals = UInt8(ascii: "=")
    static let comma = UInt8(ascii: ",")
    static let quote = UInt8(ascii: "\"")
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
}

func isDigit(_ byte: UInt8) -> Bool { byte &- ASCII.zero < 10 }

func isLowercase(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }

func isUppercase(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 26 }

func isLetter(_ byte: UInt8) -> Bool { isLowercase(byte | 0x20) }

func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

/// What has a shape on paper: no space, no control character, nothing outside ASCII.
func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

func lowercased(_ byte: UInt8) -> UInt8 { isUppercase(byte) ? byte | 0x20 : byte }
