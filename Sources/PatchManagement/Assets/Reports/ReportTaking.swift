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
    /// The image that it was made of, where it isn't of the asset itself; nil for the asset's own.
    package let image: ImageOrigin?

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
        image = nil
    }

    /// What is known of an image, for an asset that runs it.
    ///
    /// - Parameter gathered: When the asset was seen to run it: that is what shows how it is.
    package init(of image: ImageOrigin, _ report: Asset.SourceReport, gathered: Timestamp) {
        source = ImageOrigin.source(report.source)
        format = report.format
        self.gathered = gathered
        self.report = report.report
        counts = report.counts
        self.image = image
    }

    package static let longestSource = 64

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
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

/// Where an instance's report comes from that is its image's.
package struct ImageOrigin: Codable, Hashable, Sendable {
    /// The image as an asset.
    package let asset: StreamID
    /// What both are known by: `sha256:...` or the provider's id.
    package let image: String

    package init(asset: StreamID, image: String) {
        self.asset = asset
        self.image = image
    }

    private static let prefix = "image."

    /// The source of an instance's report that is its image's by `source`.
    package static func source(_ source: String) -> String {
        String((prefix + source).prefix(ReportTaking.longestSource))
    }

    /// Whether only an image can be the source of it.
    package static func isSource(_ source: String) -> Bool { source.hasPrefix(prefix) }
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

/// What a source said of an asset counts no longer, nor does its silence.
package struct ReportSourceForgotten: EventPayload {
    package static let type = "ReportSourceForgotten"
    package let source: String
    /// What it had said last.
    package let report: Digest
    package let reason: String
    package let by: Actor
}
