/// The catalogue with a line for each vulnerability.
package struct KEVTable: FeedTable {
    package static let form =
        "a KEV catalogue: JSON, or a table with the columns cveID and dateAdded"

    private let cve: FeedColumn
    private let added: FeedColumn
    private let due: FeedColumn?
    private let ransomware: FeedColumn?
    private let vendor: FeedColumn?
    private let product: FeedColumn?
    private let name: FeedColumn?
    private let action: FeedColumn?

    package init(
        _ header: CommaSeparatedHeader, comments: [CommaSeparatedValues.Row], name: String
    ) throws(FeedTableFault) {
        guard let cve = FeedColumn(header, "cveID", "cve"),
            let added = FeedColumn(header, "dateAdded", "date_added")
        else { throw FeedTableFault(column: nil, problem: .unknownForm(wanted: Self.form)) }
        self.cve = cve
        self.added = added
        due = FeedColumn(header, "dueDate", "due_date")
        ransomware = FeedColumn(header, "knownRansomwareCampaignUse", "ransomware")
        vendor = FeedColumn(header, "vendorProject")
        product = FeedColumn(header, "product")
        self.name = FeedColumn(header, "vulnerabilityName")
        action = FeedColumn(header, "requiredAction")
    }

    package func record(
        _ row: CommaSeparatedValues.Row
    ) throws(FeedTableFault) -> ExploitedVulnerability {
        guard let day = try added.value(row, dayForm, { CalendarDate($0) }) else {
            throw added.fault(.missing(added.name))
        }
        return ExploitedVulnerability(
            cve: try cve.cve(row), dateAdded: day,
            dueDate: try due?.value(row, dayForm) { CalendarDate($0) },
            isUsedByRansomware: try ransomware?.value(
                row, KEVFeed.ransomwareForm, KEVFeed.ransomwareUse) ?? false,
            vendor: vendor?.text(row), product: product?.text(row), name: name?.text(row),
            requiredAction: action?.text(row))
    }
}
