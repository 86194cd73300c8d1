package import Advisories
package import EventSourcing

/// A report that is to be taken in for an asset. The caller keeps its document.
package struct ReportTaking: Codable, Hashable, Sendable {
    /// Who says so: `trivy`, `sbom`, `cmdb`. A later report takes the place of the one before from
    /// the same source, and of no other.
    package let source: String
    package let format: String
    /// When what it says was seen.
    package let gathered: Timestamp
    /// Digest of the `AssetReport`.
    package let report: Digest
    package let counts: ReportCounts

    /// - Parameters:
    ///   - report: What it says of this asset.
    ///   - skipped: Entries of the whole report that could not be read.
    package init(
        source: String, format: InventoryFormat, gathered: Timestamp, _ report: AssetReport,
        skipped: Int
    ) {
        self.source = source
        self.format = format.rawValue
        self.gathered = gathered
        self.report = report.document.digest
        counts = ReportCounts(
            packages: report.packages.count, matchable: report.matchable.count,
            products: report.products.count, openVulnerabilities: report.open.count,
            skipped: skipped)
    }

    package static let longestSource = 64

    /// Everything in it that may not be, in the order of the fields.
    var faults: [FieldFault] {
        let isPlain = source.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-._".utf8.contains(byte)
        }
        guard isPlain, (1...Self.longestSource).contains(source.utf8.count) else {
            return [
                FieldFault(
                    field: "source", value: source,
                    rule:
                        "1 to \(Self.longestSource) letters, digits, '-', '.' and '_' say where it "
                        + "comes from, such as trivy")
            ]
        }
        return []
    }
}

/// What is in a report.
package struct ReportCounts: Codable, Hashable, Sendable {
    package let packages: Int
    /// Of them, those of an ecosystem that advisories are published for.
    package let matchable: Int
    package let products: Int
    package let openVulnerabilities: Int
    /// Entries that could not be read.
    package let skipped: Int

    private enum CodingKeys: String, CodingKey {
        case packages, matchable, products
        case openVulnerabilities = "open_vulnerabilities"
        case skipped
    }
}

/// What somebody besides the host says of an asset differs from what they said before.
package struct PackageReportTaken: EventPayload {
    package static let type = "PackageReportTaken"
    package let taking: ReportTaking
    /// The report of the same source that it takes the place of.
    package let before: Digest?
    package let by: Actor
}

/// A source was asked again and says what it said before.
package struct PackageReportConfirmed: EventPayload {
    package static let type = "PackageReportConfirmed"
    package let source: String
    package let report: Digest
    package let gathered: Timestamp
}
