import Advisories
import Testing

@Suite("KEV, EPSS and SSVC: what is known of exploits")
struct SignalFeedTests {
    // KEV

    private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

    private func exploited() throws -> [ExploitedVulnerability] {
        [
            ExploitedVulnerability(
                cve: "CVE-2026-1000", dateAdded: try day("2026-02-27"),
                dueDate: try day("2026-03-20"), isUsedByRansomware: true, vendor: "Example",
                product: "Foo", name: "Foo overflow", requiredAction: "Patch."),
            ExploitedVulnerability(cve: "CVE-2025-0002", dateAdded: try day("2025-12-01")),
        ]
    }

    @Test("The catalogue is read as JSON, with its version and the moment of its release")
    func catalogue() throws {
        let reading = KEVFeed.read(FeedSamples.kev)
        #expect(reading.words == [])
        #expect(reading.records == (try exploited()))
        #expect(reading.version == "2026.03.01")
        #expect(reading.issued?.description == "2026-03-01T17:04:19.979600Z")
    }

    @Test("The catalogue is read as a table, with CISA's names of columns or with short ones")
    func catalogueTable() throws {
        let reading = KEVFeed.read(FeedSamples.kevTable)
        #expect(reading.words == [])
        #expect(reading.records.map(\.product) == ["Foo, Bar", nil])
        #expect(reading.records.first?.name == #"Foo "x" flaw"#)
        #expect(reading.records.map(\.isUsedByRansomware) == [true, false])
        #expect(reading.latestDate?.description == "2026-02-27T00:00:00Z")
        let short = KEVFeed.read(
            "cve,date_added,due_date,ransomware\r\nCVE-2026-1000,2026-02-27,2026-03-20,Known\r\n")
        #expect(
            short.records == [
                ExploitedVulnerability(
                    cve: "CVE-2026-1000", dateAdded: try day("2026-02-27"),
                    dueDate: try day("2026-03-20"), isUsedByRansomware: true)
            ])
    }

    @Test(
        "A broken entry of the catalogue is refused, and the others are read",
        arguments: [
            (
                #""cveID": "CVE-2026-1000""#, #""cveID": "cve-2026-1000""#,
                "vulnerabilities[0].cveID: 'cve-2026-1000' is not a CVE id such as CVE-2026-12345"
            ),
            (
                #""dateAdded": "2026-02-27""#, #""dateAdded": "2026-02-30""#,
                "vulnerabilities[0].dateAdded: '2026-02-30' is not a day such as 2026-03-01"
            ),
            (
                #""dateAdded": "2026-02-27","#, "", "vulnerabilities[0]: 'dateAdded' is missing"
            ),
            (
                #""Known""#, #""Maybe""#,
                "vulnerabilities[0]: 'Maybe' is not Known or Unknown"
            ),
            (
                #""product": "Foo""#, #""product": ["Foo"]"#,
                "vulnerabilities[0].product: it is an array, where a text belongs"
            ),
        ])
    func brokenEntry(_ part: String, _ new: String, _ reason: String) throws {
        let reading = KEVFeed.read(FeedSamples.kev.replacing(part, with: new))
        #expect(reading.words == ["sample: \(reason)"])
        #expect(reading.records == (try [exploited()[1]]))
    }

    @Test(
        "A catalogue that isn't whole is refused as a whole",
        arguments: [
            (
                #""count": 2"#, #""count": 3"#,
                "count: it says that it has 3 entries, and has 2: was it cut off?"
            ),
            (#""vulnerabilities""#, #""others""#, "it is not \(KEVTable.form)"),
            (#""dateReleased""#, #""date""#, "'dateReleased' is missing"),
            (
                #""catalogVersion": "2026.03.01""#, #""catalogVersion": 2026"#,
                "catalogVersion: it is a number, where a text belongs"
            ),
        ])
    func brokenCatalogue(_ part: String, _ new: String, _ reason: String) {
        let reading = KEVFeed.read(FeedSamples.kev.replacing(part, with: new))
        #expect(reading.records == [])
        #expect(reading.words == ["sample: \(reason)"])
    }

    @Test("A catalogue of nothing but broken entries is given up in little time")
    func manyBroken() {
        let entries = Array(repeating: "7", count: 50_000).joined(separator: ",")
        let reading = KEVFeed.read(
            """
            {"catalogVersion": "1", "dateReleased": "2026-03-01T00:00:00Z",
             "vulnerabilities": [\(entries)]}
            """)
        #expect(reading.refused == 102)
        #expect(
            reading.words.last
                == "sample: vulnerabilities: there are more than 100 entries that had to be refused"
        )
    }

    // EPSS

    @Test("Scores are exact, and know their day and their model")
    func predictions() throws {
        let reading = EPSSFeed.read(FeedSamples.epss)
        #expect(reading.words == [])
        #expect(reading.version == "v2025.03.14")
        #expect(reading.issued?.description == "2026-03-01T00:00:00Z")
        let first = try #require(reading.records.first)
        #expect(first.cve == "CVE-2026-1000")
        #expect(first.score.billionths == 971_050_000)
        #expect(first.percentile.billionths == 999_710_000)
        #expect(first.date == (try day("2026-03-01")))
        #expect(first.model == "v2025.03.14")
    }

    @Test("Without a comment the day is that of the file's name, or of each row")
    func days() throws {
        let rows = "cve,epss,percentile\nCVE-2026-1000,0.5,0.5\n"
        let named = EPSSFeed.read(rows, name: "archive/epss_scores-2026-03-01.csv")
        #expect(named.records.map(\.date) == [try day("2026-03-01")])
        #expect(named.issued?.description == "2026-03-01T00:00:00Z")
        let dated = EPSSFeed.read(
            "cve,date,cvss3,epss,percentile\nCVE-2026-1000,2026-03-02,,0.5,0.5\n")
        #expect(dated.records.map(\.date) == [try day("2026-03-02")])
        #expect(EPSSFeed.read(rows).records.map(\.date) == [nil])
        let other = EPSSFeed.read(FeedSamples.epss, name: "epss_scores-2026-02-28.csv")
        #expect(
            other.words == [
                "epss_scores-2026-02-28.csv: line 2: '2026-03-01' is not 2026-02-28, which the name"
                    + " of the file says"
            ])
    }

    @Test(
        "A broken row is refused with its line and column, and the others are read",
        arguments: [
            ("0.97105", "1.97105", "line 3, column 'epss': '1.97105' is not a number from 0 to 1"),
            ("0.99971", "", "line 3, column 'percentile': 'percentile' is missing"),
            ("0.97105,", "", "line 3: 2 fields, where the header has 3 columns"),
            (
                "CVE-2026-1000", "2026-1000",
                "line 3, column 'cve': '2026-1000' is not a CVE id such as CVE-2026-12345"
            ),
            ("0.97105", #"0.9"7"#, "line 3, column '2': a quote inside"),
        ])
    func brokenRow(_ part: String, _ new: String, _ reason: String) throws {
        let reading = EPSSFeed.read(FeedSamples.epss.replacing(part, with: new))
        #expect(reading.records.map(\.cve) == ["CVE-2025-0002"])
        #expect(reading.words.count == 1)
        #expect(try #require(reading.words.first).hasPrefix("sample: \(reason)"))
    }

    @Test(
        "A table without the columns that are needed is refused as a whole",
        arguments: [
            ("", "it is not \(EPSSTable.form)"),
            ("#only,a comment\n", "it is not \(EPSSTable.form)"),
            ("cve,score\nCVE-2026-1000,0.5\n", "line 1: it is not \(EPSSTable.form)"),
            (
                "cve,epss,cve\nCVE-2026-1000,0.5,x\n",
                "line 1, column '3': column 'cve' is there twice"
            ),
            ("<html>\n<body>\n", "line 1: it is not \(EPSSTable.form)"),
            (
                "#score_date:soon\ncve,epss,percentile\n",
                "line 2, column 'score_date': 'soon' is not a day such as 2026-03-01"
            ),
        ])
    func brokenTable(_ text: String, _ reason: String) {
        let reading = EPSSFeed.read(text)
        #expect(reading.records == [])
        #expect(reading.words == ["sample: \(reason)"])
    }

    @Test("A table that arrives in pieces is read as if it had come whole")
    func pieces() {
        let whole = EPSSFeed.read(FeedSamples.epss)
        var reading = FeedReading<ExploitPrediction>()
        var reader = FeedTableReader<EPSSTable>(name: "sample", into: &reading)
        for byte in FeedSamples.epss.utf8 { reader.append([byte], into: &reading) }
        reader.finish(into: &reading)
        #expect(reading.records == whole.records)
        #expect(reading.issued == whole.issued)
    }

    // SSVC

    @Test("A CVE record is read with the decision points, exploits and scores that others added")
    func enriched() throws {
        let reading = SSVCFeed.read(FeedSamples.cve)
        #expect(reading.words == [])
        let record = try #require(reading.records.first)
        #expect(record.cve == "CVE-2026-1000")
        #expect(record.state == .published)
        #expect(record.published?.description == "2026-02-01T00:00:00Z")
        #expect(record.modified?.description == "2026-03-01T00:00:00.123000Z")
        #expect(record.title == "Foo overflow")
        #expect(!record.isDisputed)
        #expect(
            record.assessment
                == SSVCAssessment(
                    exploitation: .active, isAutomatable: false, technicalImpact: .total,
                    date: UTCTime("2026-02-20T13:59:47.589309Z")))
        #expect(record.exploitedSince == (try day("2026-02-27")))
        #expect(record.severities.map(\.source) == ["example"])
        #expect(record.skipped == [])
    }

    @Test("A table made of such records says the same")
    func enrichedTable() throws {
        let reading = SSVCFeed.read(FeedSamples.cveTable)
        #expect(reading.words == [])
        let record = try #require(reading.records.first)
        #expect(
            record.assessment
                == SSVCAssessment(
                    exploitation: .active, isAutomatable: false, technicalImpact: .total))
        #expect(record.exploitedSince == (try day("2026-02-27")))
        #expect(record.severities.count == 1)
        #expect(reading.records.last?.state == .rejected)
        #expect(reading.records.last?.assessment == nil)
    }

    @Test("Of several assessments the latest counts, wherever it stands")
    func latest() throws {
        let later = FeedSamples.cve.replacing(
            #""metrics": [{"format""#,
            with: """
                "metrics": [{"other": {"type": "ssvc", "content": {"timestamp":
                    "2026-02-21T00:00:00Z", "options": [{"Exploitation": "PoC"}]}}}, {"format"
                """)
        let assessment = try #require(SSVCFeed.read(later).records.first?.assessment)
        #expect(assessment.exploitation == .publicPoC)
        #expect(assessment.isAutomatable == nil)
    }

    @Test("A dispute is told, and metrics of another kind are left out with a word")
    func other() throws {
        let text = FeedSamples.cve.replacing(
            #""title": "Foo"#, with: #""tags": ["disputed"], "title": "Foo"#
        )
        .replacing(#""type": "kev""#, with: #""type": "mood""#)
        let record = try #require(SSVCFeed.read(text).records.first)
        #expect(record.isDisputed)
        #expect(
            record.skipped.map(\.description)
                == ["containers.adp[0].metrics[1].other: metrics of type 'mood' are not known here"]
        )
    }

    @Test(
        "A value that no decision point has is refused, in a record as in a table",
        arguments: [
            ("\"active\"", "\"rumoured\"", "'rumoured' is not none, poc or active"),
            ("\"No\"", "\"partly\"", "'partly' is not yes or no"),
            ("\"Total\"", "\"huge\"", "'huge' is not partial or total"),
            ("\"PUBLISHED\"", "\"LOST\"", "'LOST' is not PUBLISHED or REJECTED"),
        ])
    func unknownValue(_ value: String, _ new: String, _ reason: String) throws {
        let record = SSVCFeed.read(FeedSamples.cve.replacing(value, with: new))
        #expect(record.records == [])
        #expect(try #require(record.words.first).hasSuffix(reason))
        let bare = { (text: String) in text.filter { $0 != "\"" } }
        let table = SSVCFeed.read(
            FeedSamples.cveTable.replacing(",\(bare(value))", with: ",\(bare(new))"))
        #expect(table.records.map(\.cve) == ["CVE-2025-0002"])
        #expect(try #require(table.words.first).hasSuffix(reason))
    }

    @Test("A vector of another version than its column says is left out, and the row stays")
    func otherVersion() throws {
        let reading = SSVCFeed.read(FeedSamples.cveTable.replacing(",3.1,", with: ",4.0,"))
        let record = try #require(reading.records.first)
        #expect(record.severities == [])
        #expect(record.skipped.count == 1)
    }
}
