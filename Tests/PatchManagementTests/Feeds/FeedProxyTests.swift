import Testing

@testable import PatchManagement

@Suite("Proxies, and what is asked without them")
struct FeedProxyTests {
    @Test("A proxy is a host with a port, perhaps with an account")
    func reading() throws {
        let plain = try #require(FeedProxy("http://proxy.example:3128"))
        #expect((plain.host, plain.port, plain.account) == ("proxy.example", 3128, nil))
        #expect(FeedProxy("proxy.example:3128/") == plain)
        #expect(FeedProxy("HTTP://proxy.example")?.port == 80)
        let known = try #require(FeedProxy("http://a%40b:p%3A%2F@[2001:db8::1]:8080/"))
        #expect(known.account == FeedProxy.Account(name: "a@b", password: "p:/"))
        #expect(known.shown == "[2001:db8::1]:8080")
        #expect(!known.shown.contains("p:"))
    }

    @Test(
        "Everything else is refused",
        arguments: [
            "", "https://proxy:3128", "socks5://proxy:1080", "http://", "http://proxy:0",
            "http://proxy:99999", "http://proxy/path", "http://@proxy", "http://pro xy",
        ])
    func refusals(text: String) {
        #expect(FeedProxy(text) == nil)
    }

    @Test("NO_PROXY excepts names with all below them, addresses, networks and single ports")
    func exceptions() {
        let exceptions = ProxyExceptions(
            "intra.example, .corp.example *.lab.example,10.0.0.0/8,192.0.2.7,2001:db8::/32,[::1]:8443,"
                + "one.example:8443,nonsense/33,10.0.0.0/99")
        for host in [
            "intra.example", "a.intra.example", "corp.example", "x.corp.example", "a.lab.example",
            "10.255.0.1", "192.0.2.7", "2001:db8:1::5",
        ] {
            #expect(exceptions.contains(host, port: 443), "\(host)")
        }
        for host in [
            "example", "notintra.example", "11.0.0.1", "192.0.2.8", "2001:db9::1", "10.example",
            "one.example",
        ] {
            #expect(!exceptions.contains(host, port: 443), "\(host)")
        }
        #expect(exceptions.contains("one.example", port: 8443))
        #expect(ProxyExceptions("*").contains("anything.example", port: 1))
        #expect(!ProxyExceptions.none.contains("a.example", port: 443))
    }

    @Test("Addresses are read in the usual forms only")
    func addresses() {
        #expect(NetworkAddress("127.0.0.1")?.zone == .loopback)
        #expect(NetworkAddress("::1")?.zone == .loopback)
        #expect(NetworkAddress("fd00::1")?.zone == .privateNetwork)
        #expect(NetworkAddress("2606:4700::1111")?.zone == .publicInternet)
        for text in ["", "1.2.3", "1.2.3.256", "1.2.3.4.5", ":::", "1::2::3", "12345::", "a.b.c.d"]
        {
            #expect(NetworkAddress(text) == nil, "\(text)")
        }
    }
}

@Suite("Archives that hosts are offered updates from are watched by their origins")
struct ArchiveOriginTests {
    @Test(arguments: [
        ("Debian:12.10/stable-security", "Debian:12.10/stable-security", true),
        ("Debian:12.10/stable-security", "Debian:12*/stable-security", true),
        ("Debian:13.1/stable-security", "Debian:12*/stable-security", false),
        ("Debian:12.10/stable", "Debian:*", true), ("Debian:12.10/stable", "*stable*", true),
        ("Ubuntu:24.04/noble", "Debian:*", false), ("a", "", false), ("", "*", true),
        ("aaab", "a*ab", true), ("aaac", "a*ab", false), ("ab", "a**b", true),
    ])
    func patterns(origin: String, pattern: String, matches: Bool) {
        #expect(ArchiveOrigin.matches(origin, pattern) == matches)
    }

    @Test("A registration names some origins, printable and not too many")
    func faults() {
        for origins in [[], [""], ["a b"], [String](repeating: "a", count: 51)] {
            let registration = FeedRegistration(
                name: "debian", kind: .osv, team: "t", origins: origins)
            #expect(registration.faults.map(\.field) == ["origins"])
        }
        #expect(
            FeedRegistration(name: "debian", kind: .osv, team: "t", origins: ["Debian:12*/*"])
                .faults.isEmpty)
    }
}
