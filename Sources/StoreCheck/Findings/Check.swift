/// What one check of a store has looked at, and what it has found.
package struct Check: Codable, Equatable, Sendable {
    /// Findings that are kept in full; of all others the number.
    package static let most = 20

    package let name: String
    /// How much was looked at, in words.
    package private(set) var looked: String
    package private(set) var findings: [StoreFinding] = []
    package private(set) var moreFindings = 0

    private enum CodingKeys: String, CodingKey {
        case name = "check"
        case looked, findings
        case moreFindings = "more_findings"
    }

    package init(_ name: String, looked: String = "nothing") {
        self.name = name
        self.looked = looked
    }

    package mutating func hasLooked(at text: String) { looked = text }

    package mutating func add(_ finding: StoreFinding) {
        // One that decides the result is never lost among others.
        let isNew = !findings.contains { $0.kind == finding.kind }
        if findings.count < Self.most || isNew {
            findings.append(finding)
        } else {
            moreFindings += 1
        }
    }

    package mutating func damaged(
        _ reason: String, at position: Int64? = nil, action: String = StoreFinding.compare
    ) {
        add(StoreFinding(.damaged, reason, at: position, action: action))
    }

    package mutating func attention(
        _ reason: String, at position: Int64? = nil, action: String
    ) {
        add(StoreFinding(.attention, reason, at: position, action: action))
    }

    package mutating func incomplete(_ reason: String, action: String) {
        add(StoreFinding(.incomplete, reason, action: action))
    }

    /// How bad it is.
    package var verdict: StoreReport.Result {
        if findings.contains(where: { $0.kind == .damaged }) { return .damaged }
        return findings.contains { $0.kind == .incomplete } ? .incomplete : .sound
    }
}

/// A number with its noun: `1 event`, `2 events`.
package func counted(_ number: Int64, _ noun: String, plural: String? = nil) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
}

package func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    counted(Int64(number), noun, plural: plural)
}
