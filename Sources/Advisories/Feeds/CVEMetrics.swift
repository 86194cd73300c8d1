import JSON

/// Gathers the metrics of a CVE record's containers.
struct CVEMetrics {
    private(set) var assessment: SSVCAssessment?
    private(set) var exploitedSince: CalendarDate?
    private(set) var severities: [SeverityStatement] = []
    private(set) var skipped = SkippedParts()

    mutating func read(_ container: JSONNode, at path: String) throws(FeedFault) {
        let provider = try container.optionalObject("providerMetadata")
        let source = try provider?.optionalText("shortName")
        for (index, metric) in try container.elements("metrics").enumerated() {
            try metric.checkObject()
            let path = "\(path).metrics[\(index)]"
            for name in ["cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0"] {
                guard let cvss = try metric.optionalObject(name) else { continue }
                addVector(try cvss.text("vectorString"), source, "\(path).\(name)")
            }
            guard let other = try metric.optionalObject("other") else { continue }
            let kind = try other.text("type").lowercased()
            let content = try other.object("content")
            switch kind {
            case "ssvc": try addAssessment(content)
            case "kev": try addExploit(content)
            default:
                skipped.add(
                    "\(path).other", "metrics of type '\(shortened(kind))' are not known here")
            }
        }
    }

    private mutating func addVector(_ text: String, _ source: String?, _ path: String) {
        do {
            let vector = try CVSSVector(text)
            severities.append(SeverityStatement(rating: .cvss(vector), source: source))
        } catch {
            skipped.add(path, error.description)
        }
    }

    /// Of several assessments the latest counts.
    private mutating func addAssessment(_ content: JSONNode) throws(FeedFault) {
        let date = try content.optionalTime("timestamp", zoneIsOptional: true)
        var points = SSVCPoints()
        for option in try content.elements("options") {
            guard let members = option.members else { throw option.wrongKind("an object") }
            for (name, value) in members {
                let text = try value.text()
                guard points.take(name, text) else {
                    throw value.fault(.badValue(text, wanted: SSVCPoints.wanted(name)))
                }
            }
        }
        if let earlier = assessment, let last = earlier.date, date.map({ $0 < last }) ?? true {
            return
        }
        assessment = points.assessment(date)
    }

    private mutating func addExploit(_ content: JSONNode) throws(FeedFault) {
        let text = try content.text("dateAdded")
        guard let day = CalendarDate(text) else {
            throw content.fault(.badValue(text, wanted: dayForm))
        }
        exploitedSince = min(exploitedSince ?? day, day)
    }
}
