private import APIContract
private import Advisories
internal import Application
private import EventSourcing
internal import HTTPServing
private import PatchManagement

extension APIRoutes {
    static func addAdvisories(to routes: inout Routes, _ useCases: UseCases) {
        routes.get("advisories", query: .list, ["id", "package", "feed"]) { call in
            let list = try call.listWish()
            var wish = AdvisoryWish()
            (wish.moment, wish.limit, wish.cursor) = (list.moment, list.limit, list.cursor)
            wish.id = call.filter("id")
            wish.package = call.filter("package")
            wish.feed = call.filter("feed")
            let page = try await useCases.listAdvisories(wish, call.caller())
            return try .json(
                ListPage(
                    data: page.entries.map(resource), next: page.next, position: page.position))
        }
        routes.get("advisories/{id}", query: .moment) { call in
            let found = try await useCases.showAdvisory(
                call.parameter("id"), call.caller(), call.moment())
            return try .json(StatedAdvisories(data: found.map(resource)))
        }
    }

    private static func resource(_ entry: AdvisoryCatalogue.Entry) -> AdvisoryResource {
        AdvisoryResource(
            id: entry.id, feed: entry.feed, format: entry.format.rawValue, ids: entry.ids,
            summary: entry.summary, severity: entry.severity, packages: entry.packages,
            published: entry.published?.description, modified: entry.modified.description,
            withdrawn: entry.withdrawn?.description)
    }

    private static let mostAffected = 500

    private static func resource(_ stated: StatedAdvisory) -> StatedAdvisoryResource {
        let advisory = stated.advisory
        let entry = AdvisoryCatalogue.Entry(stated)
        let packages = advisory.affected.map {
            StatedAdvisoryResource.Affected(
                within: $0.ecosystem, name: $0.name, fixed: $0.fixedVersions, vulnerability: nil)
        }
        let products = advisory.statements.map {
            StatedAdvisoryResource.Affected(
                within: $0.status.rawValue, name: $0.product.name,
                fixed: $0.status == .fixed ? [$0.product.version].compactMap(\.self) : [],
                vulnerability: $0.vulnerability)
        }
        return StatedAdvisoryResource(
            advisory: resource(entry), publisher: advisory.publisher,
            isDisputed: advisory.isDisputed, related: advisory.related,
            severities: advisory.severities.map(\.text),
            affected: Array((packages + products).prefix(mostAffected)),
            references: advisory.references.map(\.url),
            skipped: advisory.skipped.map(\.description), document: stated.document,
            digest: stated.digest.description)
    }
}
