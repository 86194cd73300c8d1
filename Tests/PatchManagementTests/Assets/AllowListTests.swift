import PatchManagement
import Testing

@Suite("Allow-lists of what may reach a command line")
struct AllowListTests {
    @Test(
        "Ordinary host names are taken",
        arguments: ["web-01", "web-01.example.org", "a", "db_1", "10-0-0-1.lan", "X"])
    func hostNames(_ text: String) {
        #expect(HostName(text)?.text == text)
    }

    @Test(
        "A host name that could be an option, a path or a shell word is refused",
        arguments: [
            "-oProxyCommand=id", "", ".", "a..b", "a.", "-a", "a-", "a b", "a;b", "a/b", "a$b",
            "a\nb", "a@b", "ä", "a\u{0}", "_a", "a.-b",
            String(repeating: "a", count: 64),
            Array(repeating: "abcdefgh", count: 29).joined(separator: "."),
        ])
    func refusedHostNames(_ text: String) {
        #expect(HostName(text) == nil)
    }

    @Test(
        "Addresses are names, IPv4 or IPv6",
        arguments: [
            "10.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "2001:db8:0:0:0:0:0:1",
            "host.lan",
        ])
    func locations(_ text: String) {
        #expect(HostLocation(text)?.text == text)
    }

    @Test(
        "Anything else is no address",
        arguments: [
            "256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "1::2::3", ":::", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "12345::", "fe80::1%eth0", "[::1]", "-1", ":", "",
        ])
    func refusedLocations(_ text: String) {
        #expect(HostLocation(text) == nil)
    }

    @Test("Users, packages, architectures, versions and services each have a rule")
    func others() {
        for text in ["root", "_apt", "patch-flow", "u1"] { #expect(UserName(text) != nil) }
        for text in ["-l", "Root", "1u", "", "a b", String(repeating: "a", count: 33)] {
            #expect(UserName(text) == nil, "\(text)")
        }
        for text in ["libssl3", "g++", "0ad", "libstdc++6", "a.b"] {
            #expect(PackageName(text) != nil, "\(text)")
        }
        for text in ["-o", "a", "A", "bash; rm -rf /", "$(id)", "", "a_b", "+a", "bash=1"] {
            #expect(PackageName(text) == nil, "\(text)")
        }
        for text in ["amd64", "all", "kfreebsd-amd64"] {
            #expect(PackageArchitecture(text) != nil, "\(text)")
        }
        for text in ["", "-amd64", "amd 64", "AMD64"] {
            #expect(PackageArchitecture(text) == nil, "\(text)")
        }
        for text in ["1.0", "2:1.2.3-4+deb12u1~bpo1", "v2"] {
            #expect(PackageVersionText(text) != nil, "\(text)")
        }
        for text in ["", "-1", "1 2", "1;2", "1$(x)", "1/2"] {
            #expect(PackageVersionText(text) == nil, "\(text)")
        }
        for text in ["ssh", "getty@tty1.service", "a:b"] {
            #expect(ServiceName(text) != nil, "\(text)")
        }
        for text in ["", "-H", "a b", "a;b", "../x"] {
            #expect(ServiceName(text) == nil, "\(text)")
        }
    }
}
