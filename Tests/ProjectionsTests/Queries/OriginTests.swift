import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Testing

@testable import Projections

/// The archives that hosts are offered updates from.
@Suite struct OriginTests {
    @Test func eachArchiveIsListedOnceWithHowManyAssetsItOffersTo() async throws {
        try await withBooks { books in
            let web = AssetRegistration(name: "web-1", address: "10.0.0.1")
            let other = AssetRegistration(name: "web-2", address: "10.0.0.2")
            for asset in [web, other] { try await tell(.register(asset), asset, books) }
            let curl = OfferedUpdate(
                name: "curl", source: "curl", architecture: "amd64", installedVersion: "1.0-1",
                offeredVersion: "1.0-2", origin: "Debian:12.10/stable-security",
                fromSecurityArchive: true, sha256: Digest(of: "curl"), size: 1000)
            let tar = Goods.offer("tar", security: false)
            try await offer([curl], to: web, books)
            try await offer([curl, tar], to: other, books)
            try await books.project()
            let before = try await books.store.head()
            let (origins, position) = try await books.reads.offeredOrigins(asOf: nil)
            #expect(position == before)
            #expect(Set(origins.map(\.origin)) == [curl.origin, tar.origin])
            let security = try #require(origins.first { $0.origin == curl.origin })
            #expect(security.isSecurityArchive)
            #expect(security.assets == 2)

            try await tell(.decommission(reason: "sold"), other, books)
            try await books.project()
            #expect(
                try await books.reads.offeredOrigins(asOf: nil).origins.map(\.assets) == [1])
            #expect(try await books.reads.offeredOrigins(asOf: before).origins == origins)
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
