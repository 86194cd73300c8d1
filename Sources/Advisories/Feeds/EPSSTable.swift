/// A line for each vulnerability, below `#model_version:v2025.03.14,score_date:2025-03-14T...`.
///
/// The day is that of the comment, or else that of the document's name,
/// `epss_scores-2025-03-14.csv`; a column `date` goes before both.
package struct EPSSTable: FeedTable {
    package static let form = "an EPSS table with the columns cve, epss and percentile"

    private let cve: FeedColumn
    private let score: FeedColumn
    private let percentile: FeedColumn
    private let date: FeedColumn?
    private let day: CalendarDate?
    package let issued: UTCTime?
    package let version: String?

    package init(
        _ header: CommaSeparatedHeader, comments: [CommaSeparatedValues.Row], name: String
    ) throws(FeedTableFault) {
        guard let cve = FeedColumn(header, "cve"), let score = FeedColumn(header, "epss"),
            let percentile = FeedColumn(header, "percentile")
        else { throw FeedTableFault(column: nil, problem: .unknownForm(wanted: Self.form)) }
        self.cve = cve
        self.score = score
        self.percentile = percentile
        date = FeedColumn(header, "date")
        let facts = try Self.facts(comments)
        let named = Self.day(inName: name)
        if let stated = facts.date?.date, let named, stated != named {
            throw FeedTableFault(
                column: nil,
                problem: .badValue("\(stated)", wanted: "\(named), which the name of the file says")
            )
        }
        issued = facts.date ?? named?.start
        day = facts.date?.date ?? named
        version = facts.model
    }

    /// What the comments say as `name:value`.
    private static func facts(
        _ comments: [CommaSeparatedValues.Row]
    ) throws(FeedTableFault) -> (model: String?, date: UTCTime?) {
        var model: String?
        var date: UTCTime?
        for field in comments.flatMap(\.fields) {
            let parts = field.drop { $0 == "#" || $0 == " " }
                .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let value = String(parts[1])
            switch parts[0] {
            case "model_version": model = value
            case "score_date":
                guard let time = UTCTime(value) ?? CalendarDate(value)?.start else {
                    throw FeedTableFault(
                        column: "score_date", problem: .badValue(value, wanted: dayForm))
                }
                date = time
            default: continue
            }
        }
        return (model, date)
    }

    /// The day in `…epss_scores-2025-03-14.csv`, whatever follows it.
    private static func day(inName name: String) -> CalendarDate? {
        guard let mark = name.firstRange(of: "epss_scores-") else { return nil }
        return CalendarDate(String(name[mark.upperBound...].prefix(10)))
    }

    package func record(
        _ row: CommaSeparatedValues.Row
    ) throws(FeedTableFault) -> ExploitPrediction {
        ExploitPrediction(
            cve: try cve.cve(row), score: try probability(score, row),
            percentile: try probability(percentile, row),
            date: try date?.value(row, dayForm) { CalendarDate($0) } ?? day, model: version)
    }

    private func probability(
        _ column: FeedColumn, _ row: CommaSeparatedValues.Row
    ) throws(FeedTableFault) -> Probability {
        let value = try column.value(row, "a number from 0 to 1") { Probability($0) }
        guard let value else { throw column.fault(.missing(column.name)) }
        return value
    }
}
