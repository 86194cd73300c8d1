import Advisories
import Testing

@Suite("Package URLs: parse, build, and one form for each")
struct PackageURLTests {
    @Test("Debian: type, vendor, name, version, then the qualifiers in order")
    func debian() {
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

    @Test("All components are read")
    func components() throws {
        let url = try PackageURL(
            "pkg:golang/google.golang.org/genproto@v0.0.1?b=2&a=x%20y#googleapis/api")
        #expect(url.type == "golang")
        #expect(url.namespace == "google.golang.org")
        #expect(url.name == "genproto")
        #expect(url.version == "v0.0.1")
        #expect(url.qualifiers.map(\.key) == ["a", "b"])
        #expect(url.qualifiers.map(\.value) == ["x y", "2"])
        #expect(url.subpath == "googleapis/api")
        #expect(
            url.text == "pkg:golang/google.golang.org/genproto@v0.0.1?a=x%20y&b=2#googleapis/api")
    }

    /// From the examples of the package URL specification and its type definitions.
    @Test(
        "Forms that mean the same become one",
        arguments: [
            ("pkg://maven/org.apache.commons/io@1.3.4", "pkg:maven/org.apache.commons/io@1.3.4"),
            (
                "PKG:Nuget/EnterpriseLibrary.Common@6.0.1304",
                "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"
            ),
            ("pkg:PYPI/Django_package@1.11.1.dev1", "pkg:pypi/django-package@1.11.1.dev1"),
            ("pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            ("pkg:npm/@babel/core", "pkg:npm/%40babel/core"),
            ("pkg:composer/Laravel/Laravel@5.5.0", "pkg:composer/laravel/laravel@5.5.0"),
            (
                "pkg:github/Package-URL/PURL-Spec@244fd47e",
                "pkg:github/package-url/purl-spec@244fd47e"
            ),
            (
                "pkg:rpm/Fedora/Curl@7.50.3-1.fc25?arch=i386",
                "pkg:rpm/fedora/Curl@7.50.3-1.fc25?arch=i386"
            ),
            (
                "pkg:gem/jruby-launcher@1.1.2?Platform=java&x=",
                "pkg:gem/jruby-launcher@1.1.2?platform=java"
            ),
            ("pkg:generic/a//b@1#/./x/../y/", "pkg:generic/a/b@1#x/y"),
            (
                "pkg:oci/debian@sha256%3A244f?repository_url=docker.io/library/debian",
                "pkg:oci/debian@sha256:244f?repository_url=docker.io%2Flibrary%2Fdebian"
            ),
            ("pkg:generic/%C3%A9@1", "pkg:generic/%C3%A9@1"), ("pkg:generic/x@", "pkg:generic/x"),
        ])
    func canonical(_ given: String, _ canonical: String) throws {
        #expect(try PackageURL(given).text == canonical)
        #expect(try PackageURL(canonical).text == canonical)
        #expect(try PackageURL(given) == PackageURL(canonical))
    }

    @Test(
        "What is no package URL is refused, and the error says which component",
        arguments: [
            ("", PackageURLError.missing(.scheme)), ("deb/debian/curl", .missing(.scheme)),
            ("http:deb/curl", .missing(.scheme)), ("pkg:", .missing(.type)),
            ("pkg:deb", .missing(.name)), ("pkg:deb/", .missing(.name)),
            ("pkg:deb/debian/@1", .missing(.name)), ("pkg:1x/a@1", .malformed(.type, "1x")),
            ("pkg:d b/a", .malformed(.type, "d b")), ("pkg:deb/a%2@1", .badEscape(.name, "a%2")),
            ("pkg:deb/a@%zz", .badEscape(.version, "%zz")),
            ("pkg:deb/%ff@1", .badEscape(.name, "%ff")),
            ("pkg:deb/a%2Fb/c@1", .slashInSegment(.namespace, "a/b")),
            ("pkg:deb/a@1/b", .strayAt("a@1")), ("pkg:deb/a%00@1", .controlCharacter("a\0")),
            ("pkg:deb/a?k=%0A", .controlCharacter("\n")), ("pkg:deb/a?x=1&X=2", .twice("x")),
            ("pkg:deb/a?1x=1", .malformed(.qualifiers, "1x")),
            ("pkg:swift/Alamofire@5", .required(.namespace, type: "swift")),
            ("pkg:vcpkg/boost/asio@1", .prohibited(.namespace, type: "vcpkg")),
            ("pkg:julia/Dates", .requiredQualifier("uuid", type: "julia")),
            ("pkg:generic/" + String(repeating: "a", count: 9000), .tooLong),
        ])
    func refused(_ text: String, _ error: PackageURLError) {
        #expect(throws: error) { try PackageURL(text) }
        #expect(!error.description.isEmpty)
    }

    @Test("Built from components as parsed from text")
    func built() throws {
        let url = try PackageURL(
            type: "Maven", namespace: "org.apache.commons", name: "io", version: "1.0 Final",
            qualifiers: [("type", "pom"), ("classifier", ""), ("a", "/")], subpath: "/x//y/")
        #expect(url.text == "pkg:maven/org.apache.commons/io@1.0%20Final?a=%2F&type=pom#x/y")
        #expect(try PackageURL(url.text) == url)
        #expect(throws: PackageURLError.missing(.name)) { try PackageURL(type: "deb", name: "") }
    }

    @Test("The version has the order of its type, an RPM package's epoch included")
    func orderedVersion() throws {
        func version(_ text: String) throws -> PackageVersion? {
            try PackageURL(text).orderedVersion()
        }
        let old = try #require(try version("pkg:rpm/redhat/bind@9.11.36-8.el8?epoch=32"))
        let new = try #require(try version("pkg:rpm/redhat/bind@9.16.0-1.el8"))
        #expect(old.order(relativeTo: new) == 1)
        #expect(old.text == "32:9.11.36-8.el8")
        #expect(try version("pkg:deb/debian/curl@7.88.1-10")?.scheme == .debian)
        #expect(try version("pkg:deb/debian/curl")?.text == nil)
        #expect(try version("pkg:generic/x@1")?.text == nil)
        #expect(throws: VersionError.self) { try version("pkg:npm/x@latest") }
    }
}
