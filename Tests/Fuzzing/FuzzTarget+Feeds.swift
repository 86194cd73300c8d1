import Advisories

extension FuzzTarget {
    static let feeds = [
        commaSeparatedValues, osvFeed, csafFeed, kevFeed, kevTable, epssTable, ssvcFeed, ssvcTable,
    ]

    /// Rows don't depend on how the text is cut into pieces, and are read again from what they are
    /// written as.
    static var commaSeparatedValues: FuzzTarget {
        let name = "csv"
        let mutation = Mutation(
            [
                "cve,epss\nCVE-2026-1000,0.97105\r\n", "a,\"b, \"\"c\"\"\nd\",\n\"\",x\n\nlast",
                "\u{FEFF}\"é\",\"ü\r\n\"\r\n,,\n",
            ], alphabet: ",\"\n\r ax\u{0}")
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            let (rows, errors) = Self.rows([bytes[...]])
            let cut = random.below(bytes.count + 1)
            let again = Self.rows([bytes[..<cut], bytes[cut...]])
            if again.rows != rows || again.errors != errors {
                throw FuzzFailure(
                    target: name, law: "the pieces don't matter", input: ["\(bytes)", "\(cut)"])
            }
            let written = rows.map { row in
                row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\n"
            }
            let reread = Self.rows([Array(written.joined().utf8)[...]], longestRow: 10_000)
            if reread.rows != rows || !reread.errors.isEmpty {
                throw FuzzFailure(
                    target: name, law: "rows are read as they are written", input: ["\(bytes)"])
            }
            return errors.isEmpty && !rows.isEmpty
        }
    }

    private static func rows(
        _ pieces: [ArraySlice<UInt8>], longestRow: Int = 1000
    ) -> (rows: [[String]], errors: [CommaSeparatedError]) {
        var values = CommaSeparatedValues(longestRow: longestRow)
        var rows: [[String]] = []
        var errors: [CommaSeparatedError] = []
        func drain() {
            while true {
                do {
                    guard let row = try values.next() else { return }
                    rows.append(row.fields)
                } catch {
                    errors.append(error)
                }
            }
        }
        for piece in pieces {
            values.append(piece)
            drain()
        }
        values.finish()
        drain()
        return (rows, errors)
    }

    /// A document becomes records or refusals, never nothing, the same ones each time.
    ///
    /// - Parameter brokenLaw: nil when the record is as records must be.
    private static func feed<Feed: FeedReader>(
        _ name: String, _ feed: Feed.Type, _ samples: [String], alphabet: String,
        brokenLaw: @escaping @Sendable (Feed.Record) -> String?
    ) -> FuzzTarget {
        let isJSON = samples.allSatisfy { $0.hasPrefix("{") }
        let mutation =
            isJSON
            ? Mutation(documents: samples, alphabet: alphabet)
            : Mutation(samples, alphabet: alphabet)
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let bytes = mutation.bytes(&random)
            let document = FeedDocument(name: "fuzz", bytes: bytes)
            let reading = feed.read([document])
            func broken(_ law: String) -> FuzzFailure {
                FuzzFailure(
                    target: name, law: law,
                    input: [String(decoding: bytes, as: UTF8.self), "\(bytes)"])
            }
            for record in reading.records {
                if let law = brokenLaw(record) { throw broken(law) }
            }
            for refusal in reading.refusals + reading.contradictions
            where refusal.description.utf8.count > 2000 {
                throw broken("a reason is short")
            }
            var twice = reading
            feed.read(document, into: &twice)
            if twice.records != reading.records
                || twice.refusals.count != 2 * reading.refusals.count
                || twice.duplicates < reading.records.count
            {
                throw broken("what is read twice counts once")
            }
            return !reading.records.isEmpty
        }
    }

    private static let json = "{}[]\",: 0nul\\"

    static var osvFeed: FuzzTarget {
        feed("osv", OSVFeed.self, FeedTexts.osv, alphabet: json) { advisory in
            for package in advisory.affected {
                if !package.isComplete, advisory.skipped.isEmpty {
                    return "an incomplete package says what was left out"
                }
                if package.isComplete, package.ranges.isEmpty, package.versions.isEmpty {
                    return "a complete package has versions"
                }
            }
            return advisory.id.isEmpty ? "a record has an id" : nil
        }
    }

    static var csafFeed: FuzzTarget {
        feed("csaf", CSAFFeed.self, FeedTexts.csaf, alphabet: json) { advisory in
            var states: Set<[String]> = []
            for statement in advisory.statements {
                let isNew = states.insert([statement.vulnerability, statement.product.id]).inserted
                if !isNew { return "a product has one state for each vulnerability" }
                if !advisory.upstream.contains(statement.vulnerability) {
                    return "a statement is about a vulnerability of the advisory"
                }
            }
            return nil
        }
    }

    static var kevFeed: FuzzTarget {
        feed("kev", KEVFeed.self, FeedTexts.kev, alphabet: json) { brokenLaw(ofCVE: $0.cve) }
    }

    static var kevTable: FuzzTarget {
        feed("kev-table", KEVFeed.self, FeedTexts.kevTable, alphabet: ",\"\n-0") {
            brokenLaw(ofCVE: $0.cve)
        }
    }

    static var epssTable: FuzzTarget {
        feed("epss", EPSSFeed.self, FeedTexts.epss, alphabet: ",\"\n-.#:0e") { prediction in
            for value in [prediction.score, prediction.percentile]
            where Probability(value.description) != value {
                return "a probability is read as it is written"
            }
            return brokenLaw(ofCVE: prediction.cve)
        }
    }

    static var ssvcFeed: FuzzTarget {
        feed("ssvc", SSVCFeed.self, FeedTexts.ssvc, alphabet: json) { brokenLaw(ofCVE: $0.cve) }
    }

    static var ssvcTable: FuzzTarget {
        feed("ssvc-table", SSVCFeed.self, FeedTexts.ssvcTable, alphabet: ",\"\n-0") {
            brokenLaw(ofCVE: $0.cve)
        }
    }

    private static func brokenLaw(ofCVE id: String) -> String? {
        let bytes = Array(id.utf8)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let looksRight =
            (13...28).contains(bytes.count) && id.hasPrefix("CVE-")
            && bytes[8] == UInt8(ascii: "-") && bytes[4..<8].allSatisfy { digits.contains($0) }
            && bytes[9...].allSatisfy { digits.contains($0) }
        return looksRight ? nil : "a CVE looks like one"
    }
}
