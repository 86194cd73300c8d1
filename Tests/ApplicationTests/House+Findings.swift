import Advisories
import Application
import EventSourcing
import PatchManagement
import Testing

/// Advisories, and the findings that follow from them.
extension House {
    static let feed = FeedRegistration(name: "debian", kind: .osv, team: "watch")

    /// Critical, over the network, in the package that all hosts have.
    static func advisory(_ id: String, fixed: String) -> FeedDocument {
        FeedDocument(
            name: "\(id).json",
            bytes: Array(
                """
                {"id":"\(id)","modified":"2026-01-02T00:00:00Z",\
                "published":"2026-01-01T00:00:00Z",\
                "severity":[{"type":"CVSS_V3",\
                "score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],\
                "affected":[{"package":{"ecosystem":"Debian:12","name":"curl"},\
                "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},\
                {"fixed":"\(fixed)"}]}]}]}
                """.utf8))
    }

    func take(_ documents: [FeedDocument]) async throws -> FeedTaken {
        let kept = try await useCases.keepFeedDocuments(
            of: Self.feed.name, documents, order(alice))
        return try await useCases.takeFeed(
            named: Self.feed.name,
            kept.map { FeedContents.Part(name: $0.name, digest: $0.digest) }, order(alice))
    }

    static func finding(_ name: String, on host: String) throws -> StreamID {
        Finding.id(asset: asset(host), vulnerability: try #require(VulnerabilityID(name)))
    }

    func finding(_ name: String, on host: String) async throws -> Finding {
        try await bus.state(of: try Self.finding(name, on: host), as: FindingDecider.self).state
    }

    /// The hosts with CVE-2026-1 on each of them, open and classified.
    func exposed() async throws {
        try await discover()
        _ = try await useCases.watchFeed(Self.feed, order(alice))
        _ = try await take([Self.advisory("CVE-2026-1", fixed: TestHosts.new)])
        for host in ["lab-1", "web-1", "web-2", "web-3", "web-4"] {
            try await wait("a finding on \(host)") {
                try await finding("CVE-2026-1", on: host).deadline != nil
            }
        }
    }

    func exception(_ id: StreamID) async throws -> RiskException {
        try await bus.state(of: id, as: ExceptionDecider.self).state
    }

    /// Asked for by Alice, and granted by Rolf.
    func granted(
        _ request: ExceptionRequest, restart: ClockRestart = .keeps
    ) async throws -> StreamID {
        let exception = try await useCases.requestException(request, order(alice)).id
        let grant = ExceptionGrant(
            digest: request.digest.description, restart: restart, reason: "it is worth it")
        _ = try await useCases.approveException(exception.text, grant, order(rolf))
        return exception
    }

    /// A firewall in front of the web servers, verified.
    func verifiedControl(for days: Int = 30) async throws -> StreamID {
        let registration = ControlRegistration(
            name: "edge", kind: .firewall, description: "in front of the web servers",
            group: TargetSelector(environments: [.production]))
        let control = try await useCases.registerControl(registration, order(alice)).id
        try await verify(control, until: clock.now + .seconds(days * 86_400))
        return control
    }

    func verify(_ control: StreamID, until: Timestamp) async throws {
        let verification = ControlVerification(
            evidence: Digest(of: "\(until)").description, method: "scanned from outside",
            until: until)
        _ = try await useCases.verifyControl(control.text, verification, order(alice))
    }
}
