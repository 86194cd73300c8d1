import APIContract
import ArgumentParser

extension FindingCommand {
    struct Undetermined: ReadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists what nobody can tell of an asset: it may be vulnerable, or not.",
            discussion: """
                Where an advisory's versions can't be compared with what is installed, no finding is opened, \
                and none is closed. Each is listed with its reason, by the asset's last report and by what \
                the feeds say, or said then (--as-of): look at it yourself, or let the asset be reported in a \
                form that tells more. So are packages of which no feed says anything at all.
                """)

        @Argument(help: "The asset's name or id.")
        var asset: String

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let id = try await session.assetID(of: asset)
            let found: UndeterminedResource = try await session.read(
                "assets/\(id.segment)/undetermined")
            try session.printer.show(found) { Self.text(found) }
        }

        private static func text(_ found: UndeterminedResource) -> String {
            guard found.isTold else {
                return
                    "\(found.name): nothing can be told of it: nothing was reported of it, or it has "
                    + "a system that no advisories are read for\n"
            }
            var head = "\(found.name): of \(found.count) vulnerabilities nobody can tell\n"
            for uncovered in found.uncovered { head += line(uncovered) + "\n" }
            return found.data.isEmpty ? head : head + "\n" + Table.text(found.data, columns)
        }

        private static func line(_ uncovered: UncoveredPackagesResource) -> String {
            let packages = Count.of(uncovered.packages, "package")
            guard let ecosystem = uncovered.ecosystem else {
                return "nothing is known of \(packages): nobody says of which system; report them "
                    + "with --os"
            }
            return
                "nothing is known of \(packages) of \(ecosystem): no feed that is watched speaks "
                + "of it"
        }

        private static let columns: [Column<UndeterminedMatchResource>] = [
            Column("vulnerability") { $0.vulnerability }, Column("package") { $0.package },
            Column("version") { $0.version.isEmpty ? "-" : $0.version },
            Column("fixed in") { $0.fixed ?? "-" },
            Column("because") { $0.reasons.joined(separator: "; ") },
            Column("advisories") { $0.advisories.prefix(3).joined(separator: ", ") },
        ]
    }
}
