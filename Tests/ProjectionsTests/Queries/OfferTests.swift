import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

/// Offered updates, summed up over assets.
@Suite struct OfferTests {
    @Test func updatesAreListedOnceWithEveryoneWhoIsOfferedThem() async throws {
        try await withBooks { books in
            let web = AssetRegistration(name: "web-1", address: "10.0.0.1")
            let other = AssetRegistration(name: "web-2", address: "10.0.0.2")
            let gone = AssetRegistration(name: "web-3", address: "10.0.0.3")
            let all = [web, other, gone]
            for asset in all { try await tell(.register(asset), asset, books) }
            try await offer([Goods.offer("curl", security: true)], to: web, books)
            try await offer(
                [
                    Goods.offer("curl", security: true, installed: "0.9"),
                    Goods.offer("tar", security: false),
                ], to: other, books)
            try await offer([Goods.offer("zlib1g", security: true)], to: gone, books)
            try await tell(.decommission(reason: "sold"), gone, books)
            try await books.project()
            let before = try await books.store.head()

            var request = OfferRequest()
            let offers = try await list(request, books)
            #expect(offers.map(\.name) == ["curl", "tar"])
            #expect(offers[0].assets.map(\.name) == ["web-1", "web-2"])
            #expect(offers[0].assets.map(\.installedVersion) == ["1.0-1", "0.9"])
            #expect(offers[0].assets[0].id == web.asset.text)
            #expect(offers[0].sha256 == Digest(of: "curl").description)

            request.isSecurityOnly = true
            #expect(try await list(request, books).map(\.name) == ["curl"])
            request.isSecurityOnly = false
            request.source = "tar-source"
            #expect(try await list(request, books).map(\.name) == ["tar"])
            request.source = nil
            request.asset = web.asset.text
            let own = try await list(request, books)
            #expect(own.map(\.name) == ["curl"])
            #expect(own[0].assets.map(\.name) == ["web-1"])

            // As it was, after it has changed.
            try await offer([], to: web, books)
            try await books.project()
            request = OfferRequest()
            #expect(try await list(request, books)[0].assets.map(\.name) == ["web-2"])
            request.asOf = before
            #expect(try await list(request, books) == offers)
        }
    }

    @Test func pagesOfOffersAddUp() async throws {
        try await withBooks { books in
            let web = AssetRegistration(name: "web-1", address: "10.0.0.1")
            try await tell(.register(web), web, books)
            // More than an event holds: the document has them all.
            let names = (0..<400).map { "package-with-quite-a-long-name-\($0)" }
            try await offer(names.map { Goods.offer($0, security: false) }, to: web, books)
            try await books.project()
            var request = OfferRequest()
            request.limit = 150
            var found: [String] = []
            var pages = 0
            while true {
                let page = try await books.reads.offeredUpdates(request)
                pages += 1
                found += try page.views.map {
                    try ViewJSON.decode(OfferedUpdateDocument.self, from: $0.document).name
                }
                guard let next = page.next else { break }
                request.cursor = next
            }
            #expect(pages == 3)
            #expect(found == names.sorted())
            let view = try await books.reads.find(ViewKey(.asset, web.asset.text), asOf: nil)
            let asset = try ViewJSON.decode(
                AssetDocument.self, from: try #require(view).document)
            #expect(asset.offers == 400)
        }
    }

    @Test func aScanThatFoundNothingNewClosesItself() async throws {
        try await withBooks { books in
            let web = AssetRegistration(name: "web-1", address: "10.0.0.1")
            try await tell(.register(web), web, books)
            for _ in 0..<2 {
                try await tell(.requestScan(.inventory), web, books)
                try await tell(.requestScan(.updates), web, books)
                try await books.project()
                #expect(try await asset(web, books).openScans == 2)
                let report = WorkResult.inventory(Goods.inventory(1))
                try await tell(.recordScan(.inventory, report), web, books)
                try await offer([Goods.offer("curl", security: true)], to: web, books)
                try await books.project()
                #expect(try await asset(web, books).openScans == 0)
            }
            let reported = try await asset(web, books).reportedAt
            let last = try await books.wholeLog().last { $0.type == "ScanConfirmed" }
            #expect(last != nil)
            #expect(reported != nil)
        }
    }

    private func asset(
        _ registration: AssetRegistration, _ books: Books
    ) async throws -> AssetDocument {
        let key = ViewKey(.asset, registration.asset.text)
        let view = try #require(try await books.reads.find(key, asOf: nil))
        return try ViewJSON.decode(AssetDocument.self, from: view.document)
    }

    private func list(
        _ request: OfferRequest, _ books: Books
    ) async throws -> [OfferedUpdateDocument] {
        try await books.reads.offeredUpdates(request).views.map {
            try ViewJSON.decode(OfferedUpdateDocument.self, from: $0.document)
        }
    }

    private func offer(
        _ offers: [OfferedUpdate], to asset: AssetRegistration, _ books: Books
    ) async throws {
        let result = WorkResult.offers(offers)
        try await tell(
            .recordScan(.updates, result), asset, books,
            documents: AssetDecider.document(of: result).map { [$0] } ?? [])
    }

    private func tell(
        _ command: AssetCommand, _ asset: AssetRegistration, _ books: Books,
        documents: [Document] = []
    ) async throws {
        var options = CommandBus.Options()
        options.documents = documents
        _ = try await books.bus.send(
            command, to: asset.asset, as: AssetDecider.self,
            CommandContext(
                actor: Actor(id: "pe_1", role: "vendorWatch"),
                at: Timestamp(seconds: 1_767_225_600), commandID: UUID()), options)
    }
}
