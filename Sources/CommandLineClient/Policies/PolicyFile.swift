import APIContract
import FoundationEssentials
import JSON

/// A policy as people write it: YAML, of which JSON is a part.
package enum PolicyFile {
    /// No policy is as long by far.
    private static let longest = 1 << 20

    /// The policy as JSON.
    ///
    /// - Parameter path: `-` for standard input.
    package static func json(at path: String) throws -> [UInt8] {
        Array(try WireJSON.encode(try read(path)))
    }

    /// - Parameter path: `-` for standard input.
    static func read(_ path: String) throws -> JSONValue {
        var bytes: [UInt8] = []
        if path == "-" {
            while bytes.count <= longest, let line = Terminal.current.readLine() {
                bytes += Array("\(line)\n".utf8)
            }
        } else if let data = FileManager.default.contents(atPath: path) {
            bytes = Array(data)
        } else {
            throw ClientFailure.usage("the policy '\(path)' can't be read; does it exist?")
        }
        guard bytes.count <= longest else {
            throw ClientFailure.usage("the policy '\(path)' has more than \(longest) bytes")
        }
        return try value(of: bytes, named: path)
    }

    /// - Parameter name: For what is wrong with it.
    static func value(of bytes: [UInt8], named name: String) throws -> JSONValue {
        let isJSON = bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
        let fault: String
        do {
            if isJSON { return try JSONDocument.decode(JSONValue.self, from: bytes) }
            fault = ""
        } catch DecodingError.dataCorrupted(let context) {
            fault = "is no JSON: \(context.debugDescription)"
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ClientFailure.usage("the policy '\(name)' is no text in UTF-8")
        }
        do throws(YAMLFault) {
            return try YAMLReader.read(text).json
        } catch {
            // What begins like JSON was most likely meant to be.
            throw ClientFailure.usage(
                "the policy '\(name)' "
                    + (isJSON ? fault : "is no YAML: line \(error.line): \(error.reason)"))
        }
    }
}
