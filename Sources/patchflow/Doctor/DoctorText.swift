internal import CommandLineClient
internal import StoreCheck

/// A check as people read it: a line, and below it what was found.
enum DoctorText {
    static func text(_ check: Check) -> String {
        let name = check.name.padding(to: 20)
        var lines = ["\(word(check).padding(to: 10))  \(name)  \(check.looked)"]
        for finding in check.findings {
            let place = finding.position.map { "position \($0): " } ?? ""
            lines.append("    \(place)\(finding.reason)")
            lines.append("      do: \(finding.action)")
        }
        if check.moreFindings > 0 { lines.append("    and \(check.moreFindings) more") }
        return lines.map { Table.printable($0) + "\n" }.joined()
    }

    private static func word(_ check: Check) -> String {
        switch check.verdict {
        case .damaged: "DAMAGED"
        case .incomplete: "incomplete"
        case .sound: check.findings.isEmpty ? "ok" : "look"
        }
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
