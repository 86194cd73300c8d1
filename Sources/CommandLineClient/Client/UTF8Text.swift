/// A file's bytes as text.
enum UTF8Text {
    struct Fault: Error, CustomStringConvertible {
        /// Counted from 0.
        let offset: Int
        /// Counted from 1.
        let line: Int
        let byte: UInt8

        var description: String {
            let digits = String(byte, radix: 16, uppercase: true)
            return
                "byte \(offset), in line \(line), is 0x\(digits), which is no UTF-8: save the file as "
                + "UTF-8"
        }
    }

    static func of(_ bytes: [UInt8]) throws(Fault) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            offset += UTF8.width(scalar)
            if scalar == "\n" { line += 1 }
        }
        throw Fault(offset: offset, line: line, byte: bytes[min(offset, bytes.count - 1)])
    }
}
