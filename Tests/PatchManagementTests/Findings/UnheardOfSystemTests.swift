import EventSourcing
import Testing

@testable import PatchManagement

/// Where no feed speaks of a system, that nothing is found on it means nothing.
@Suite("Findings where no feed speaks of the system") struct UnheardOfSystemTests {
    private func advisory(of ecosystem: String, _ name: String = "CVE-2026-0001") -> String {
        """
        {"id": "\(name)", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
         "affected": [{"package": {"ecosystem": "\(ecosystem)", "name": "openssl"},
           "ranges": [{"type": "ECOSYSTEM",
             "events": [{"introduced": "0"}, {"fixed": "3.0.2-1"}]}]}]}
        """
    }

    @Test(
        "An upgrade to a release that no feed knows ends no finding, a later report of it neither")
    func upgraded() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory(of: "Debian:12")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        site.report(["libssl3": "3.0.1-1"], on: "debian", "13")
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        // Perhaps it is mended there; nobody has said so.
        site.report(["libssl3": "3.5.0-1"], on: "debian", "13")
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        // A package that isn't there has no vulnerability, whatever the system.
        site.report(["zlib1g": "1"], on: "debian", "13")
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").resolution?.means == .removed)
    }

    @Test("Once a feed speaks of the new release, its next report ends what is mended there")
    func known() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory(of: "Debian:12")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        site.report(["libssl3": "3.5.0-1"], on: "debian", "13")
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .open)
        try site.take(
            site.feed,
            ["a": advisory(of: "Debian:12"), "b": advisory(of: "Debian:13", "CVE-2026-0002")])
        try site.settle()
        site.confirm()
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").resolution?.means == .outOfBand)
    }

    @Test(
        "An advisory that is withdrawn ends its finding, though nothing speaks of the system then")
    func withdrawn() throws {
        var site = MonitoredSite()
        try site.take(site.feed, ["a": advisory(of: "Debian:12")])
        site.report(["libssl3": "3.0.1-1"])
        try site.settle()
        try site.take(site.feed, ["b": advisory(of: "npm")])
        try site.settle()
        #expect(try site.finding("CVE-2026-0001").phase == .dismissed)
    }
}
