import APIContract
import ArgumentParser
import Foundation

extension AssetCommand {
    /// What scanners, bills of materials and package lists say; what hosts say themselves, `scan` asks.
    struct Report: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Takes in what a scanner, a bill of materials or a package list says.",
            discussion: """
                Formats: dpkg-query, dpkg-status, dpkg-status.d, rpm, apk-installed, apk-list, cyclonedx, \
                spdx, osquery, trivy, grype, openvas, csv; device: JSON with vendor, product and version, or \
                cpe, of what nobody can log in to. A later report of one source takes the place of \
                the one before. A broken or truncated report is refused as a whole; entries that can't be \
                read are named and left out. For dpkg-query ask with dpkg-query -W -f \
                '${db:Status-Status} ${Package} ${Architecture} ${Version} ${source:Package} \
                ${source:Version}\\n', for rpm with rpm -qa --qf '%{NAME} %{EPOCHNUM} %{VERSION} \
                %{RELEASE} %{ARCH} %{SOURCERPM}\\n'. A finding that is verified as gone and that the report finds \
                open is disputed.
                """)

        @Argument(help: "The report, or - for standard input.")
        var file: String

        @Option(help: "Its format; by default as the file's name says.")
        var format: String?

        @Option(help: "Who says so, such as trivy; by default the format.")
        var source: String?

        @Option(help: "Name, address or id of the asset; by default the report says it.")
        var asset: String?

        @Option(
            name: .customLong("gathered"),
            help: "When it was seen (RFC 3339); by default as the report says, else now.")
        var gathered: String?

        @Option(
            help: """
                The system of a package list that doesn't say it, such as debian:12; by default that of \
                the asset's last inventory, or that which it was described with.
                """)
        var os: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            guard let format = format ?? Self.format(of: file) else {
                throw ClientFailure.usage(
                    "the format of '\(file)' can't be told from its name; give --format")
            }
            let system = os?.split(separator: ":", maxSplits: 1).map(String.init)
            let data = try Self.read(file)
            let text = String(validating: data, as: UTF8.self)
            let result: ReportAssetsResult = try await session.client.post(
                "assets:report",
                ReportAssetsRequest(
                    format: format, source: source, asset: asset, gatheredAt: gathered,
                    osName: system?.first, osVersion: system.flatMap { $0.count > 1 ? $0[1] : nil },
                    text: text, base64: text == nil ? data.base64EncodedString() : nil),
                patience: .seconds(300))
            for name in result.unknown {
                session.printer.note("'\(name)' is no asset here: nothing was taken of it")
            }
            for entry in result.refused { session.printer.note("refused: \(entry)") }
            for entry in result.skipped { session.printer.note("left out: \(entry)") }
            for asset in result.data where asset.matchable < asset.packages {
                session.printer.note(
                    "\(asset.name): of \(asset.packages - asset.matchable) of "
                        + "\(Count.of(asset.packages, "package")) nobody can tell whether they are "
                        + "vulnerable: no advisories are published for their system; say it with --os, "
                        + "such as debian:12")
            }
            if session.options.quiet { return }
            try session.printer.list(
                ListPage(data: result.data, next: nil, position: result.position),
                [
                    Column("name") { $0.name }, Column("asset") { $0.id },
                    Column("outcome") { $0.outcome },
                    Column("packages", .right) { String($0.packages) },
                    Column("matched", .right) { String($0.matchable) },
                    Column("products", .right) { String($0.products) },
                    Column("open", .right) { String($0.openVulnerabilities) },
                ])
        }

        static func format(of file: String) -> String? {
            let name = URL(filePath: file).lastPathComponent.lowercased()
            let endings = [
                (".cdx.json", "cyclonedx"), ("bom.json", "cyclonedx"), (".spdx.json", "spdx"),
                (".csv", "csv"),
            ]
            if name == "status" { return "dpkg-status" }
            if name == "installed" { return "apk-installed" }
            return endings.first { name.hasSuffix($0.0) }?.1
        }

        private static func read(_ file: String) throws -> Data {
            if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
            do {
                return try Data(contentsOf: URL(filePath: file))
            } catch {
                throw ClientFailure.usage("the report '\(file)' can't be read; does it exist?")
            }
        }
    }
}
