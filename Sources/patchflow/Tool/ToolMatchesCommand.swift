internal import Advisories
internal import ArgumentParser
internal import PatchManagement

/// What an inventory has of what advisories say: files against files, without a server.
struct ToolMatchesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matches",
        abstract: "Matches an inventory against advisories.",
        discussion: """
            Answers {"vulnerability", "package", "installed", "verdict", "fixed", "advisories", \
            "suppressed", "upstream_only"} for each vulnerability of each package, as the findings of a \
            server would have it; what is only known of the project upstream opens none where the \
            distribution has advisories of its own.

              dpkg-query -W -f '\(InventoryFormat.dpkgFormat)' |
                patchflow tool matches --advisories osv/ --as dpkg-query --os debian:12 -
            """)

    @Option(help: "Advisories: files, and directories with all that lies below them.")
    var advisories: [String]

    @Option(help: "Of the advisories: osv or csaf.")
    var kind: String = "osv"

    @Option(
        name: .customLong("as"), help: "The inventory's format, such as dpkg-query or cyclonedx.")
    var format: String

    @Option(help: "The system of a package list that doesn't say it, such as debian:12.")
    var os: SystemOption?

    @Argument(help: "The inventory; - for standard input.")
    var inventory: String

    func run() throws {
        guard let format = InventoryFormat(rawValue: format) else {
            let known = InventoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--as '\(self.format)': choose one of \(known)")
        }
        var index = AdvisoryIndex()
        let records = try read()
        for advisory in records { _ = index.apply(.put(advisory)) }
        let report: PackageReport
        do {
            let files = try ToolFile.all(at: [inventory])
            guard files.count == 1 else {
                throw ValidationError("'\(inventory)' is \(files.count) files; name one inventory")
            }
            report = try PackageReportReader.report(
                Array(try files[0].read()), format, release: os?.release)
        } catch let error as InventoryError {
            throw ValidationError("\(inventory): \(error)")
        }
        var answer = JSONLine()
        var affected = 0
        let matches = index.match(report.inventory)
        for match in matches {
            if match.verdict == .affected, !match.isSuppressed { affected += 1 }
            answer.add("vulnerability", match.vulnerability)
            answer.add("package", match.package.name)
            answer.add("installed", match.package.version)
            answer.add("verdict", match.verdict == .affected ? "affected" : "undetermined")
            answer.add("fixed", match.fix?.version)
            answer.add(
                "advisories",
                Set(match.bases.map(\.advisory.id)).sorted().joined(separator: " "))
            answer.add("suppressed", number: "\(match.isSuppressed)")
            answer.add("upstream_only", number: "\(match.isByUpstreamOnly)")
            try answer.write()
        }
        complain(
            "patchflow: \(records.count) advisories, \(report.inventory.packages.count) packages, "
                + "\(matches.count) matches, \(affected) of them affected")
    }

    private func read() throws -> [Advisory] {
        var reading = FeedReading<Advisory>()
        for file in try ToolFile.all(at: advisories) {
            let document = FeedDocument(name: file.name, bytes: Array(try file.read()))
            switch kind {
            case "osv": OSVFeed.read(document, into: &reading)
            case "csaf": CSAFFeed.read(document, into: &reading)
            default: throw ValidationError("--kind '\(kind)': choose osv or csaf")
            }
        }
        for refusal in reading.refusals.prefix(20) { complain("refused: \(refusal)") }
        return reading.records
    }
}
