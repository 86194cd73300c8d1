internal import APIContract
internal import Application
private import Advisories
private import EventSourcing
private import PatchManagement

extension APIRoutes {
    private static let mostUndetermined = 5000

    static func resource(_ found: UndeterminedMatches) -> UndeterminedResource {
        UndeterminedResource(
            asset: found.asset.text, name: found.name, isTold: found.isTold,
            count: found.matches.count,
            data: found.matches.prefix(mostUndetermined).map { match in
                UndeterminedMatchResource(
                    vulnerability: match.vulnerability,
                    ecosystem: match.package.ecosystem.text, package: match.package.name,
                    version: match.package.version, reasons: match.reasons,
                    advisories: match.advisories, fixed: match.fix)
            },
            uncovered: found.uncovered.map {
                UncoveredPackagesResource(ecosystem: $0.ecosystem, packages: $0.packages)
            }, position: found.position)
    }
}
