/// A scanner's findings, or a list of packages, as comma-separated values with a header line.
///
/// Columns, in any order: `asset`, `purl`, `package`, `version`, `vulnerability`, `fixed_version`,
/// `status`. With a column `vulnerability` every row reports one; without, each `purl` is a package
/// that is installed. Several names of a column are known; other columns are passed over.
struct CSVReport: ReportReading, Sendable {
    private struct Columns {
        let asset: Int?
        let url: Int?
        let package: Int?
        let version: Int?
        let vulnerability: Int?
        let fixedVersion: Int?
        let status: Int?

        init(_ header: CommaSeparatedHeader) {
            asset = header.place(of: "asset", "host", "hostname", "ip", "image")
            url = header.place(of: "purl", "package_url")
            package = header.place(of: "package", "package_name", "name", "component")
            version = header.place(of: "version", "installed_version", "installed")
            vulnerability = header.place(
                of: "vulnerability", "vulnerability_id", "cve", "cves", "id")
            fixedVersion = header.place(of: "fixed_version", "fixed_in", "fix")
            status = header.place(of: "status", "state")
        }
    }

    private var values: CommaSeparatedValues
    private var header: CommaSeparatedHeader?
    private var columns: Columns?
    private var draft: ReportDraft

    init(_ draft: ReportDraft) {
        self.draft = draft
        values = CommaSeparatedValues(longestRow: draft.limits.line)
    }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        values.append(piece)
        try takeRows()
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        values.finish()
        try takeRows()
        guard header != nil else { throw draft.error(.document, "it is empty") }
        return try draft.report()
    }

    private mutating func takeRows() throws(InventoryError) {
        while true {
            do {
                guard let row = try values.next() else { return }
                try take(row)
            } catch let error as CommaSeparatedError {
                switch error.problem {
                case .tooLong, .quoteNotClosed, .columnTwice:
                    throw draft.error(.line(error.line), error.reason)
                case .notUTF8, .quoteInPlainField, .textAfterQuote, .carriageReturn, .fieldCount:
                    if header == nil { throw draft.error(.line(error.line), error.reason) }
                    try draft.skip("", .unreadable, error.reason, at: .line(error.line))
                }
            } catch let error as InventoryError {
                throw error
            } catch {
                preconditionFailure("an error of no known kind: \(error)")
            }
        }
    }

    private mutating func take(_ row: CommaSeparatedValues.Row) throws {
        guard let header, let columns else {
            let names = row.fields.map {
                $0.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
            }
            let header = try CommaSeparatedHeader(
                CommaSeparatedValues.Row(line: row.line, fields: names))
            let columns = Columns(header)
            guard columns.vulnerability != nil || columns.url != nil else {
                throw draft.error(
                    .line(row.line),
                    "the header has neither a column 'vulnerability' nor 'purl': name the columns "
                        + "asset, purl, package, version, vulnerability, fixed_version, status")
            }
            (self.header, self.columns) = (header, columns)
            return
        }
        try header.check(row)
        func field(_ place: Int?) -> String? {
            place.flatMap { row.fields[$0].isEmpty ? nil : row.fields[$0] }
        }
        let position = InventoryPosition.line(row.line)
        let asset = field(columns.asset)
        var package: ReportedPackage?
        if let text = field(columns.url) {
            // The packages of several assets would make one inventory that none of them has.
            if columns.asset != nil {
                if draft.asset == nil { draft.asset = asset }
                guard asset == nil || asset == draft.asset || columns.vulnerability != nil else {
                    throw draft.error(
                        position,
                        "it lists packages of '\(shortened(draft.asset ?? ""))' and of "
                            + "'\(shortened(asset ?? ""))': send one list for each")
                }
            }
            do {
                let url = try PackageURL(text)
                if columns.vulnerability == nil {
                    package = try draft.add(url, named: text, at: position)
                } else {
                    package = try ReportedPackage(url, release: draft.release)
                }
            } catch let error as InventoryError {
                throw error
            } catch {
                return try draft.skip(text, .unreadable, "\(error)", at: position)
            }
        }
        guard columns.vulnerability != nil else {
            if field(columns.url) == nil {
                try draft.skip(
                    field(columns.package) ?? "", .unreadable, "the purl is missing", at: position)
            }
            return
        }
        try takeVulnerability(
            field(columns.vulnerability) ?? "", field(columns.status),
            ReportedVulnerability(
                asset: asset ?? draft.asset, id: "",
                packageName: field(columns.package) ?? package?.name, packageURL: package?.url,
                installedVersion: field(columns.version) ?? package?.version,
                fixedVersion: field(columns.fixedVersion), status: .open), at: position)
    }

    /// - Parameter template: The vulnerability but for its id and status.
    private mutating func takeVulnerability(
        _ ids: String, _ status: String?, _ template: ReportedVulnerability,
        at position: InventoryPosition
    ) throws(InventoryError) {
        guard let status = Self.status(status) else {
            return try draft.skip(
                ids, .unreadable,
                "status '\(shortened(status ?? ""))': write one of "
                    + ReportedVulnerability.Status.allCases.map(\.rawValue).joined(separator: ", "),
                at: position)
        }
        let given = ids.split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace })
        if given.isEmpty {
            return try draft.skip(
                template.packageName ?? "", .unreadable, "the vulnerability is missing",
                at: position)
        }
        for text in given {
            guard let id = ReportedVulnerability.identifier(String(text)) else {
                try draft.skip(String(text), .unreadable, "it is no identifier", at: position)
                continue
            }
            try draft.add(
                ReportedVulnerability(
                    asset: template.asset, id: id, packageName: template.packageName,
                    packageURL: template.packageURL, installedVersion: template.installedVersion,
                    fixedVersion: template.fixedVersion, status: status))
        }
    }

    /// A missing status is open: the scanner wrote it down. nil for an unknown word.
    private static func status(_ text: String?) -> ReportedVulnerability.Status? {
        switch text?.lowercased().replacing(" ", with: "-").replacing("_", with: "-") {
        case nil, "open", "new", "affected", "active", "reopened", "exploitable": .open
        case "fixed", "closed", "resolved", "mitigated": .fixed
        case "not-affected", "false-positive": .notAffected
        case "under-investigation", "in-triage": .underInvestigation
        default: nil
        }
    }
}
