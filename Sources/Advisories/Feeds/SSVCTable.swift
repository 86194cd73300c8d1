/// A line for each CVE.
package struct SSVCTable: FeedTable {
    package static let form =
        "CVE records in JSON, or a table with the columns cve, exploitation, automatable and"
        + " technical_impact"

    private let cve: FeedColumn
    /// With the point that each of them gives.
    private let points: [(point: String, column: FeedColumn)]
    private let exploitedSince: FeedColumn?
    private let version: FeedColumn?
    private let vector: FeedColumn?
    private let published: FeedColumn?
    private let state: FeedColumn?

    package init(
        _ header: CommaSeparatedHeader, comments: [CommaSeparatedValues.Row], name: String
    ) throws(FeedTableFault) {
        guard let cve = FeedColumn(header, "cve", "cveID", "CVE"),
            let exploitation = FeedColumn(header, "exploitation", "Exploitation"),
            let automatable = FeedColumn(header, "automatable", "Automatable"),
            let impact = FeedColumn(header, "technical_impact", "Technical Impact")
        else { throw FeedTableFault(column: nil, problem: .unknownForm(wanted: Self.form)) }
        self.cve = cve
        points = [
            ("exploitation", exploitation), ("automatable", automatable),
            ("technical impact", impact),
        ]
        exploitedSince = FeedColumn(header, "kev_date_added")
        version = FeedColumn(header, "cvss_version")
        vector = FeedColumn(header, "cvss_vector")
        published = FeedColumn(header, "date_published")
        state = FeedColumn(header, "state")
    }

    package func record(
        _ row: CommaSeparatedValues.Row
    ) throws(FeedTableFault) -> EnrichedVulnerability {
        var points = SSVCPoints()
        for (point, column) in self.points {
            guard let text = column.text(row) else { continue }
            guard points.take(point, text) else {
                throw column.fault(.badValue(text, wanted: SSVCPoints.wanted(point)))
            }
        }
        var skipped = SkippedParts()
        var severities: [SeverityStatement] = []
        if let column = vector, let text = column.text(row) {
            do {
                let vector = try CVSSVector(text)
                if let stated = version?.text(row), stated != vector.version.rawValue {
                    skipped.add(
                        column.name,
                        "'\(shortened(text))' is no vector of CVSS \(shortened(stated))")
                } else {
                    severities.append(SeverityStatement(rating: .cvss(vector)))
                }
            } catch {
                skipped.add(column.name, error.description)
            }
        }
        return EnrichedVulnerability(
            cve: try cve.cve(row),
            state: try state?.value(row, "PUBLISHED or REJECTED") { .init(rawValue: $0) }
                ?? .published,
            published: try published?.value(row, dayForm) {
                CalendarDate($0)?.start ?? UTCTime($0, zoneIsOptional: true)
            },
            assessment: points.assessment(nil),
            exploitedSince: try exploitedSince?.value(row, dayForm) { CalendarDate($0) },
            severities: severities, skipped: skipped.all)
    }
}
