import JSON

/// CVE records as CISA's vulnrichment adds to them: SSVC decision points, exploits, CVSS; whole
/// records in JSON, one in a document, or a table made of them.
/// Source: the CVE JSON record format 5.1, "containers"; the SSVC computed schema.
package enum SSVCFeed: FeedReader {
    package static func read(
        _ document: FeedDocument, into reading: inout FeedReading<EnrichedVulnerability>
    ) {
        guard document.firstByte == UInt8(ascii: "{") else {
            FeedTableReader<SSVCTable>.read(document, into: &reading)
            return
        }
        reading.begin(document.name)
        do throws(FeedFault) {
            reading.add(try vulnerability(try document.json()), .document)
        } catch {
            reading.refuse(error)
        }
    }

    private static func vulnerability(
        _ record: JSONNode
    ) throws(FeedFault) -> EnrichedVulnerability {
        if record["cveMetadata"] == nil {
            throw FeedFault(place: .document, problem: .unknownForm(wanted: SSVCTable.form))
        }
        let metadata = try record.object("cveMetadata")
        let cve = try metadata.cve("cveId")
        let stateName = try metadata.text("state")
        guard let state = EnrichedVulnerability.State(rawValue: stateName) else {
            throw FeedFault(
                place: .member("cveMetadata.state"),
                problem: .badValue(stateName, wanted: "PUBLISHED or REJECTED"))
        }
        let containers = try record.object("containers")
        let cna = try containers.object("cna")
        var metrics = CVEMetrics()
        try metrics.read(cna, at: "containers.cna")
        for (index, adp) in try containers.elements("adp").enumerated() {
            try adp.checkObject()
            try metrics.read(adp, at: "containers.adp[\(index)]")
        }
        return EnrichedVulnerability(
            cve: cve, state: state,
            published: try metadata.optionalTime("datePublished", zoneIsOptional: true),
            modified: try metadata.optionalTime("dateUpdated", zoneIsOptional: true),
            isDisputed: try cna.texts("tags").contains("disputed"),
            title: try cna.optionalText("title"), assessment: metrics.assessment,
            exploitedSince: metrics.exploitedSince, severities: metrics.severities,
            skipped: metrics.skipped.all)
    }
}
