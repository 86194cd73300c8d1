import JSON

/// CISA's catalogue of known exploited vulnerabilities, as JSON or as a table.
package enum KEVFeed: FeedReader {
    /// Entries that are refused one by one. With more of them the document is something else.
    private static let mostRefused = 100

    package static func read(
        _ document: FeedDocument, into reading: inout FeedReading<ExploitedVulnerability>
    ) {
        guard document.firstByte == UInt8(ascii: "{") else {
            FeedTableReader<KEVTable>.read(document, into: &reading)
            return
        }
        reading.begin(document.name)
        do throws(FeedFault) {
            try read(try document.json(), into: &reading)
        } catch {
            reading.refuse(error)
        }
    }

    private static func read(
        _ catalogue: JSONNode, into reading: inout FeedReading<ExploitedVulnerability>
    ) throws(FeedFault) {
        if catalogue["vulnerabilities"] == nil {
            throw FeedFault(place: .document, problem: .unknownForm(wanted: KEVTable.form))
        }
        let issued = try catalogue.time("dateReleased")
        let version = try catalogue.text("catalogVersion")
        let entries = try catalogue.elements("vulnerabilities")
        if let count = catalogue["count"]?.integer, count != entries.count {
            throw FeedFault(
                place: .member("count"), problem: .wrongCount(stated: count, found: entries.count))
        }
        reading.note(issued: issued, version: version)
        var refused = 0
        for (index, entry) in entries.enumerated() {
            if refused > mostRefused {
                throw FeedFault(
                    place: .member("vulnerabilities"),
                    problem: .tooMany("entries that had to be refused", limit: mostRefused))
            }
            do throws(FeedFault) {
                reading.add(try vulnerability(entry), .member("vulnerabilities[\(index)]"))
            } catch {
                refused += 1
                reading.refuse(error)
            }
        }
    }

    private static func vulnerability(
        _ entry: JSONNode
    ) throws(FeedFault) -> ExploitedVulnerability {
        try entry.checkObject()
        guard let added = try day(entry, "dateAdded") else { throw entry.missing("dateAdded") }
        var isUsedByRansomware = false
        if let word = try entry.optionalText("knownRansomwareCampaignUse") {
            guard let isKnown = ransomwareUse(word) else {
                throw entry.fault(.badValue(word, wanted: ransomwareForm))
            }
            isUsedByRansomware = isKnown
        }
        return ExploitedVulnerability(
            cve: try entry.cve("cveID"), dateAdded: added, dueDate: try day(entry, "dueDate"),
            isUsedByRansomware: isUsedByRansomware, vendor: try entry.optionalText("vendorProject"),
            product: try entry.optionalText("product"),
            name: try entry.optionalText("vulnerabilityName"),
            requiredAction: try entry.optionalText("requiredAction"))
    }

    private static func day(
        _ entry: JSONNode, _ name: String
    ) throws(FeedFault) -> CalendarDate? {
        guard let text = try entry.optionalText(name), !text.isEmpty else { return nil }
        guard let day = CalendarDate(text) else {
            throw (entry[name] ?? entry).fault(.badValue(text, wanted: dayForm))
        }
        return day
    }

    static let ransomwareForm = "Known or Unknown"

    /// nil for a word that says neither.
    static func ransomwareUse(_ word: String) -> Bool? {
        switch word.lowercased() {
        case "known": true
        case "unknown": false
        default: nil
        }
    }
}
