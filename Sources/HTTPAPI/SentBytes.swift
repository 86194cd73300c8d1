internal import Application
private import FoundationEssentials

/// A document inside a request: as text, or in base64 where it is no UTF-8.
enum SentBytes {
    /// - Parameter field: Of the object that has the two, as errors name it; empty for the body.
    static func of(
        text: String?, base64: String?, field: String
    ) throws(InvalidInput) -> [UInt8] {
        switch (text, base64.map { Data(base64Encoded: $0) }) {
        case (let text?, nil): return Array(text.utf8)
        case (nil, .some(.some(let data))): return Array(data)
        case (nil, .some(nil)):
            throw InvalidInput(
                field: field.isEmpty ? "base64" : "\(field).base64", message: "it is no base64")
        case (.some, .some), (nil, nil):
            throw InvalidInput(
                field: field.isEmpty ? "text" : field, message: "give either text or base64")
        }
    }
}
