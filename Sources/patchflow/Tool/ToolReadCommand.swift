internal import Advisories
internal import ArgumentParser
internal import EventSourcing
internal import PatchManagement

/// What would be taken in of documents, before anybody takes them in.
struct ToolReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Reads advisories, signals and inventories, and says what is refused and why.",
        discussion: """
            Answers {"file", "records", "refused", "reason"} for each file: how many records it has, how \
            many of its parts were refused, and the first reason. Of an inventory the records are its \
            packages, products and vulnerabilities. Nothing is kept anywhere.

            Exit status: 0 every file gave records; 1 at least one was refused as a whole.
            """)

    @Option(
        name: .customLong("as"),
        help: "osv, csaf, kev, epss, ssvc; or a format of 'asset report', such as dpkg-status.")
    var format: String

    @Option(help: "The system of a package list that doesn't say it, such as debian:12.")
    var os: SystemOption?

    @Argument(
        help:
            "Files, directories with all that lies below them, .zip and .gz; - for standard input.")
    var paths: [String]

    func run() throws {
        let read: (String, [UInt8]) -> Outcome
        if let kind = FeedKind(rawValue: format) {
            read = { Self.feed($0, $1, kind) }
        } else if let inventory = InventoryFormat(rawValue: format) {
            read = { Self.inventory($1, inventory, os?.release) }
        } else {
            let known =
                FeedKind.allCases.map(\.rawValue) + InventoryFormat.allCases.map(\.rawValue)
            throw ValidationError(
                "--as '\(format)': choose one of \(known.joined(separator: ", "))")
        }
        var total = Outcome()
        var (files, unread) = (0, 0)
        var answer = JSONLine()
        for file in try ToolFile.all(at: paths) {
            let outcome = read(file.name, Array(try file.read()))
            answer.add("file", file.name)
            answer.add("records", number: "\(outcome.records)")
            answer.add("refused", number: "\(outcome.refused)")
            answer.add("reason", outcome.reason)
            try answer.write()
            files += 1
            total.records += outcome.records
            total.refused += outcome.refused
            if outcome.records == 0, outcome.reason != nil { unread += 1 }
        }
        complain(
            "patchflow: \(files) files, \(total.records) records, \(total.refused) parts refused, "
                + "\(unread) files refused as a whole")
        if unread > 0 { throw ExitCode(1) }
    }

    private struct Outcome {
        var records = 0
        var refused = 0
        var reason: String?
    }

    private static func feed(_ name: String, _ bytes: [UInt8], _ kind: FeedKind) -> Outcome {
        var inspection = FeedInspection(of: kind, latest: .now + FeedDecider.tolerance)
        inspection.read(FeedDocument(name: name, bytes: bytes))
        let (summary, refusals) = inspection.result
        return Outcome(
            records: summary.records, refused: summary.leftOut,
            reason: refusals.first?.description)
    }

    private static func inventory(
        _ bytes: [UInt8], _ format: InventoryFormat, _ release: OperatingSystemRelease?
    ) -> Outcome {
        do {
            let report = try PackageReportReader.report(bytes, format, release: release)
            let inventory = report.inventory
            return Outcome(
                records: inventory.packages.count + inventory.products.count
                    + report.vulnerabilities.count,
                refused: inventory.skippedCount, reason: inventory.skipped.first?.description)
        } catch {
            return Outcome(refused: 1, reason: "\(error)")
        }
    }
}

/// `debian:12`.
struct SystemOption: ExpressibleByArgument {
    let release: OperatingSystemRelease

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
        guard let id = parts.first, !id.isEmpty else { return nil }
        release = OperatingSystemRelease(id: id, version: parts.count > 1 ? parts[1] : "")
    }
}
