import APIContract
import EventSourcing
import Foundation
import JSON
import Support
import Testing

func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while !(try await holds()) {
        guard ContinuousClock.now < deadline else {
            throw InstallationError("\(what) did not come about")
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}

extension Installation {
    /// The size of the latest checkpoint, cosigned or not; nil when there is none.
    func latest() async throws -> Int64? {
        let answer = try await attempt(
            "admin", ["audit", "checkpoint", "--quorum", "0", "-o", "json"])
        guard answer.status == 0, case .object(let checkpoint) = try answer.json,
            case .integer(let size) = checkpoint["size"]
        else { return nil }
        return size
    }

    /// The same, when all that is in the log now is sealed.
    func sealed() async throws -> Int64 {
        let page: ListPage<EventResource> = try WireJSON.decode(
            ListPage.self,
            from: Data(
                await call("admin", ["event", "list", "-o", "json"]).output.utf8))
        let head = try #require(page.data.last).position
        try await eventually("a checkpoint of \(head)") { try await latest() ?? 0 >= head }
        return try #require(await latest())
    }
}
