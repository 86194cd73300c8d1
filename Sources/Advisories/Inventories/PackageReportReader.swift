/// Reads a report of one format, which arrives in pieces of any size.
///
/// What can't be read in it is skipped with its reason, and the rest is used. A report whose form
/// is broken, which was cut off or is larger than the limits is refused as a whole: half an
/// inventory would look like packages that are gone.
package struct PackageReportReader: Sendable {
    private var reading: any ReportReading & Sendable
    private var refusal: InventoryError?

    /// - Parameters:
    ///   - release: Of the asset, where it is known; most package lists don't say it themselves.
    ///   - asset: What the reporter calls the asset, for reports that don't name it.
    package init(
        _ format: InventoryFormat, release: OperatingSystemRelease? = nil, asset: String? = nil,
        limits: InventoryLimits = InventoryLimits()
    ) {
        var draft = ReportDraft(format, release: release, limits: limits)
        draft.asset = asset
        switch format {
        case .dpkgQuery: reading = LineReport(DpkgQueryLines(), draft)
        case .dpkgStatus: reading = LineReport(DpkgStatusLines(), draft)
        case .dpkgStatusFiles:
            reading = LineReport(DpkgStatusLines(needsStatus: false), draft)
        case .rpm: reading = LineReport(RPMLines(), draft)
        case .apkInstalled: reading = LineReport(ApkInstalledLines(), draft)
        case .apkList: reading = LineReport(ApkListLines(), draft)
        case .osRelease: reading = LineReport(OSReleaseLines(), draft)
        case .cycloneDX: reading = JSONReport(CycloneDXParts(), draft)
        case .spdx: reading = JSONReport(SPDXParts(), draft)
        case .osquery: reading = OsqueryReport(draft)
        case .trivy: reading = JSONReport(TrivyParts(), draft)
        case .grype: reading = JSONReport(GrypeParts(), draft)
        case .openVAS: reading = OpenVASReport(draft)
        case .csv: reading = CSVReport(draft)
        case .device: reading = DeviceReport(draft)
        }
    }

    /// - Throws: `InventoryError` as soon as the report must be refused, and from then on.
    package mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        if let refusal { throw refusal }
        do {
            try reading.read(piece)
        } catch {
            refusal = error
            throw error
        }
    }

    package mutating func finish() throws(InventoryError) -> PackageReport {
        if let refusal { throw refusal }
        return try reading.finish()
    }

    /// Reads a report that is there as a whole.
    package static func report(
        _ bytes: [UInt8], _ format: InventoryFormat, release: OperatingSystemRelease? = nil,
        asset: String? = nil, limits: InventoryLimits = InventoryLimits()
    ) throws(InventoryError) -> PackageReport {
        var reader = PackageReportReader(format, release: release, asset: asset, limits: limits)
        try reader.read(bytes)
        return try reader.finish()
    }
}

/// One format's way through a report.
protocol ReportReading {
    mutating func read(_ piece: [UInt8]) throws(InventoryError)
    mutating func finish() throws(InventoryError) -> PackageReport
}

/// What a format makes of one line after the other.
protocol LineReading {
    mutating func take(_ line: TextLines.Line, _ draft: inout ReportDraft) throws(InventoryError)
    /// After the last line.
    mutating func end(_ draft: inout ReportDraft) throws(InventoryError)
}

extension LineReading {
    mutating func end(_ draft: inout ReportDraft) throws(InventoryError) {}
}

struct LineReport<Lines: LineReading & Sendable>: ReportReading, Sendable {
    private var lines: TextLines
    private var reading: Lines
    private var draft: ReportDraft

    init(_ reading: Lines, _ draft: ReportDraft) {
        self.reading = reading
        self.draft = draft
        lines = TextLines(limit: draft.limits.line)
    }

    mutating func read(_ piece: [UInt8]) throws(InventoryError) {
        lines.append(piece)
        do {
            while let line = try lines.next() { try reading.take(line, &draft) }
        } catch let fault as TextLines.Fault {
            throw draft.error(.line(fault.line), fault.reason)
        } catch let error as InventoryError {
            throw error
        } catch {
            preconditionFailure("an error of no known kind: \(error)")
        }
    }

    mutating func finish() throws(InventoryError) -> PackageReport {
        let rest: TextLines.Line?
        do {
            rest = try lines.unfinished()
        } catch {
            throw draft.error(.line(error.line), error.reason)
        }
        if let rest {
            throw draft.error(
                .line(rest.number),
                "the last line has no end: the report was cut off, ask for it again")
        }
        try reading.end(&draft)
        return try draft.report()
    }
}
