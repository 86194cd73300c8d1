/// A CVSS vector, `CVSS:3.1/AV:N/AC:L/...`; without a version in front, one of CVSS 2.0.
/// Source: CVSS 2.0 §2.4, 3.0 and 3.1 §6, 4.0 §7, "Vector String".
package struct CVSSVector: Sendable, CustomStringConvertible {
    static let longest = 512

    /// The text as it was given.
    package let text: String
    package let version: CVSSVersion
    /// For each metric of the version, which of its values; 0 of an optional one says nothing.
    let values: [UInt8]

    package var description: String { text }

    /// Metrics may come in any order, each once.
    /// - Throws: What is wrong with the text, and where; nothing is repaired.
    package init(_ text: String) throws(CVSSVectorError) {
        var cursor = ByteCursor(text)
        func wrong(_ problem: CVSSVectorError.Problem, at place: Int) -> CVSSVectorError {
            CVSSVectorError(text: text, place: place, problem: problem)
        }
        if cursor.isAtEnd { throw wrong(.empty, at: 0) }
        if cursor.end > Self.longest { throw wrong(.tooLong, at: Self.longest) }
        guard let version = Self.version(&cursor) else { throw wrong(.unknownVersion, at: 0) }
        let metrics = CVSSMetric.all(of: version)
        let absent = UInt8.max
        var values = [UInt8](repeating: absent, count: metrics.count)
        repeat {
            let start = cursor.place
            let name = cursor.take { $0 != ASCII.colon && $0 != ASCII.slash }
            guard cursor.take(ASCII.colon) else { throw wrong(.noValue, at: start) }
            guard let metric = metrics.firstIndex(where: { cursor.holds($0.name, at: name) }) else {
                throw wrong(.unknownMetric, at: start)
            }
            if values[metric] != absent { throw wrong(.twice, at: start) }
            let text = cursor.take { $0 != ASCII.slash }
            let value = metrics[metric].values.firstIndex { cursor.holds($0, at: text) }
            guard let value else { throw wrong(.unknownValue, at: text.lowerBound) }
            values[metric] = UInt8(value)
        } while cursor.take(ASCII.slash)
        for index in values.indices where values[index] == absent {
            if metrics[index].group == .base {
                throw wrong(.missing("\(metrics[index].name)"), at: cursor.end)
            }
            values[index] = 0
        }
        self.text = text
        self.version = version
        self.values = values
    }

    package var scores: CVSSScores {
        switch version {
        case .v2: CVSS2Equations(vector: self).scores
        case .v30, .v31: CVSS3Equations(vector: self).scores
        case .v4: CVSS4Equations(vector: self).scores
        }
    }

    /// The one in words that knows most.
    package var severity: CVSSSeverity { CVSSSeverity(scores.overall, version) }

    /// Whether the vector says anything with its metrics of `group`.
    func says(_ group: CVSSMetric.Group) -> Bool {
        let metrics = CVSSMetric.all(of: version)
        return values.indices.contains { values[$0] != 0 && metrics[$0].group == group }
    }

    private static func version(_ cursor: inout ByteCursor) -> CVSSVersion? {
        guard cursor.take(exactly: "CVSS:") else { return .v2 }
        for version in [CVSSVersion.v31, .v30, .v4] where cursor.take(exactly: version.prefix) {
            return version
        }
        return nil
    }
}

/// Why a text is no CVSS vector.
package struct CVSSVectorError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Problem: Sendable, Equatable {
        case empty
        case tooLong
        case unknownVersion
        case noValue
        case unknownMetric
        case unknownValue
        case twice
        case missing(String)
    }

    package let text: String
    /// The byte that it is about, counted from 0.
    package let place: Int
    package let problem: Problem

    package init(text: String, place: Int, problem: Problem) {
        self.text = text
        self.place = place
        self.problem = problem
    }

    package var description: String {
        let reason =
            switch problem {
            case .empty: "it is empty"
            case .tooLong: "it is longer than \(CVSSVector.longest) bytes"
            case .unknownVersion: "the version is none of CVSS:3.0, CVSS:3.1 and CVSS:4.0"
            case .noValue: "a metric is its name, a colon and its value"
            case .unknownMetric: "the version has no such metric"
            case .unknownValue: "the metric has no such value"
            case .twice: "the metric is given twice"
            case .missing(let name): "the metric \(name) is missing, which every vector must give"
            }
        return "vector '\(shortened(text))', byte \(place): \(reason)"
    }
}

extension CVSSVersion {
    fileprivate var prefix: StaticString {
        switch self {
        case .v2: ""
        case .v30: "3.0/"
        case .v31: "3.1/"
        case .v4: "4.0/"
        }
    }
}

extension ByteCursor {
    /// Whether the bytes of `range` are `text`.
    fileprivate func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where bytes[range.lowerBound + index] != text.utf8Start[index]
        {
            return false
        }
        return true
    }

    fileprivate mutating func take(exactly text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard end - place >= count, holds(text, at: place..<place + count) else { return false }
        skip(count)
        return true
    }
}
