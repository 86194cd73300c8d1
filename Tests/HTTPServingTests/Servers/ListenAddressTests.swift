import HTTPServing
import Testing

/// Where servers listen, as people write it.
@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("localhost:0", "localhost", 0),
        ("[::1]:65535", "::1", 65_535), (":80", "::", 80),
    ])
    func hostAndPort(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(ListenAddress(address.description) == address)
    }

    @Test(arguments: ["", "8080", "localhost", "a:x", "a:65536", "a:-1", "::1:80", "a:"])
    func anythingElseIsRefused(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
