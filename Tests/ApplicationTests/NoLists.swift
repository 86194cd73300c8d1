import Application
import EventSourcing
import PatchManagement

/// For what reads no list: neither a dispatch to a host nor a look at a feed does.
struct NoLists: ReadModel {
    func list(_ request: ListRequest) async throws -> ViewPage { throw Unread() }
    func offeredUpdates(_ request: OfferRequest) async throws -> ViewPage { throw Unread() }
    func offeredOrigins(
        asOf: Int64?
    ) async throws -> (origins: [OfferedOrigin], position: Int64) { throw Unread() }
    func find(_ key: ViewKey, asOf position: Int64?) async throws -> View? { throw Unread() }
    func position() async throws -> Int64 { throw Unread() }
    func facts(_ wish: FactWish, _ visit: (ReportFact) throws -> Void) async throws -> Int64 {
        throw Unread()
    }
    func moment(of position: Int64) async throws -> Timestamp? { throw Unread() }
    func position(at moment: Timestamp) async throws -> Int64 { throw Unread() }

    private struct Unread: Error {}
}
