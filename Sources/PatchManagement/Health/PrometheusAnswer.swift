private import JSON

/// What a Prometheus server says to an instant query (`/api/v1/query`).
package enum PrometheusAnswer {
    /// More than any answer with one element has.
    package static let mostBytes = 64 << 10

    /// The value of a scalar, or of the only element of a vector, in thousandths, rounded towards
    /// zero.
    ///
    /// - Returns: Nothing to measure by, with the reason, for everything else: an error, several
    ///   elements or none, a matrix, no number, infinity.
    package static func reading(_ bytes: [UInt8]) -> HealthReading {
        let root: JSONNode
        do throws(JSONSyntaxError) {
            root = try JSONDocument(
                parsing: bytes, limits: JSONLimits(bytes: mostBytes, depth: 16)
            ).root
        } catch {
            return .none(detail: "the answer is no JSON: \(error)")
        }
        guard root["status"]?.string == "success", let data = root["data"] else {
            let said = root["error"]?.string ?? "it doesn't say why"
            return .none(detail: "the query failed: \(said)")
        }
        let sample: JSONNode?
        switch data["resultType"]?.string {
        case "scalar": sample = data["result"]
        case "vector":
            guard let elements = data["result"]?.elements.map(Array.init) else {
                return .none(detail: "the vector has no elements")
            }
            guard elements.count == 1 else {
                return .none(detail: "the vector has \(elements.count) elements, not one")
            }
            sample = elements[0]["value"]
        case let other: return .none(detail: "the result is a '\(other ?? "?")', not one value")
        }
        guard let pair = sample?.elements.map(Array.init), pair.count == 2,
            let text = pair[1].string
        else { return .none(detail: "the value is not a pair of time and text") }
        guard let value = thousandths(text) else {
            return .none(detail: "the value '\(text)' is no number that can be counted")
        }
        return .answer(value: value, isRefusal: false, detail: text)
    }

    /// A decimal number, with an exponent or without, as thousandths; nil for one that isn't finite or
    /// doesn't fit.
    static func thousandths(_ text: String) -> Int? {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let mantissa = rest.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        var exponent = 3
        if mantissa.endIndex < rest.endIndex {
            let digits = rest[rest.index(after: mantissa.endIndex)...]
            guard let number = Int(String(decoding: digits, as: UTF8.self)), abs(number) <= 400
            else { return nil }
            exponent += number
        }
        let parts = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !(parts.allSatisfy(\.isEmpty)),
            parts.allSatisfy({ $0.allSatisfy(isDigit) })
        else { return nil }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        var digits = (Array(parts[0]) + fraction).map { Int($0) - 48 }
        let shift = exponent - fraction.count
        if shift < 0 { digits = Array(digits.dropLast(min(-shift, digits.count))) }
        var value = 0
        for digit in digits + Array(repeating: 0, count: max(0, shift)) {
            if value == 0, digit == 0 { continue }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            guard !isTooLarge, product <= 1 << 53 else { return nil }
            value = product + digit
        }
        return isNegative ? -value : value
    }
}
