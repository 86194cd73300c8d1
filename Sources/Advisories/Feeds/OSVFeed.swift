import JSON

/// Advisories in the Open Source Vulnerability format, one in a document.
/// Source: OSV schema 1.7.
package enum OSVFeed: FeedReader {
    /// Bytes that an id may have.
    static let longestID = 256

    package static func read(
        _ document: FeedDocument, into reading: inout FeedReading<Advisory>
    ) {
        reading.begin(document.name)
        do throws(FeedFault) {
            reading.add(try advisory(try document.json()), .document)
        } catch {
            reading.refuse(error)
        }
    }

    private static func advisory(_ record: JSONNode) throws(FeedFault) -> Advisory {
        if record["id"] == nil, record["modified"] == nil {
            throw FeedFault(
                place: .document,
                problem: .unknownForm(wanted: "an OSV record, which has an 'id' and a 'modified'"))
        }
        var skipped = SkippedParts()
        let id = try record.text("id")
        guard id.utf8.count <= longestID, id.utf8.allSatisfy(isVisible) else {
            throw FeedFault(
                place: .member("id"),
                problem: .badValue(id, wanted: "an id: visible ASCII, \(longestID) at most"))
        }
        let summary = try record.optionalText("summary")
        let details = try record.optionalText("details")
        let own = try record.optionalObject("database_specific")
        var severities = try severities(of: record, "severity", &skipped)
        if let word = own?["severity"]?.string {
            severities.append(SeverityStatement(rating: .word(word), source: "database_specific"))
        }
        let affected = try affected(record, &skipped)
        var references: [Advisory.Reference] = []
        for reference in try record.elements("references") {
            try reference.checkObject()
            references.append(
                Advisory.Reference(
                    kind: try reference.optionalText("type") ?? "WEB",
                    url: try reference.text("url")))
        }
        return Advisory(
            format: .osv, id: id, aliases: try record.texts("aliases"),
            upstream: try record.texts("upstream"), related: try record.texts("related"),
            summary: summary ?? details.map(firstLine) ?? "",
            published: try record.optionalTime("published"), modified: try record.time("modified"),
            withdrawn: try record.optionalTime("withdrawn"),
            isDisputed: own?["isDisputed"]?.bool == true
                || [summary, details].contains { $0?.hasPrefix("** DISPUTED **") == true },
            references: references, severities: severities, affected: affected,
            skipped: skipped.all)
    }

    /// `details` are written for a page; a list has room for a line.
    private static func firstLine(_ details: String) -> String {
        String(details.prefix { !$0.isNewline }.prefix(200))
    }

    /// - Parameter path: Where the severities stand, for what is skipped.
    static func severities(
        of holder: JSONNode, _ path: @autoclosure () -> String, _ skipped: inout SkippedParts
    ) throws(FeedFault) -> [SeverityStatement] {
        var statements: [SeverityStatement] = []
        for (index, severity) in try holder.elements("severity").enumerated() {
            try severity.checkObject()
            let kind = try severity.text("type")
            let score = try severity.text("score")
            let source = try severity.optionalText("source")
            func skip(_ reason: String) { skipped.add("\(path())[\(index)]", reason) }
            guard let versions = cvssVersions(kind) else {
                if kind == "Ubuntu" {
                    statements.append(SeverityStatement(rating: .word(score), source: kind))
                } else {
                    skip("severities of type '\(shortened(kind))' are not known here")
                }
                continue
            }
            do {
                let vector = try CVSSVector(score)
                if versions.contains(vector.version) {
                    statements.append(SeverityStatement(rating: .cvss(vector), source: source))
                } else {
                    skip("'\(shortened(score))' is no vector of \(kind)")
                }
            } catch {
                skip(error.description)
            }
        }
        return statements
    }

    private static func cvssVersions(_ kind: String) -> [CVSSVersion]? {
        switch kind {
        case "CVSS_V2": [.v2]
        case "CVSS_V3": [.v30, .v31]
        case "CVSS_V4": [.v4]
        default: nil
        }
    }
}
