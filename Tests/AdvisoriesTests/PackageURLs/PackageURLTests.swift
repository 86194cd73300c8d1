import Advisories
import Testing

@Suite("Package URLs of Debian packages")
struct PackageURLTests {
    @Test("Type, vendor, name, version, then the qualifiers in order")
    func plain() {
        #expect(
            PackageURL.debian(vendor: "debian", name: "curl", version: "7.88.1-10").text
                == "pkg:deb/debian/curl@7.88.1-10")
        #expect(
            PackageURL.debian(
                vendor: "Debian", name: "libssl3", version: "3.0.15-1", architecture: "amd64",
                distribution: "debian-12"
            ).text == "pkg:deb/debian/libssl3@3.0.15-1?arch=amd64&distro=debian-12")
    }

    @Test("A plus is escaped, an epoch's colon and a tilde stand")
    func escapes() {
        #expect(
            PackageURL.debian(vendor: "debian", name: "g++", version: "4:12.2.0-3~x+deb12u1").text
                == "pkg:deb/debian/g%2B%2B@4:12.2.0-3~x%2Bdeb12u1")
        #expect(
            PackageURL.debian(vendor: "debian", name: "a/b", version: "1", architecture: "").text
                == "pkg:deb/debian/a%2Fb@1")
    }
}
