/// The text form that public and private keys share: `NAME+HASH+BASE64`, where the last part is the
/// signature type's byte and 32 bytes of key.
struct KeyText {
    let name: String
    let hash: UInt32
    let algorithm: SignatureAlgorithm
    let key: [UInt8]

    init(name: String, hash: UInt32, algorithm: SignatureAlgorithm, key: [UInt8]) {
        self.name = name
        self.hash = hash
        self.algorithm = algorithm
        self.key = key
    }

    init(_ text: some StringProtocol) throws(KeyError) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].count == 8, let bytes = Base64.decode(parts[2]),
            let hash = UInt32(String(decoding: parts[1], as: UTF8.self), radix: 16),
            let first = bytes.first
        else { throw .malformed }
        guard KeyName.text(of: hash).utf8.elementsEqual(parts[1]) else { throw .malformed }
        name = String(decoding: parts[0], as: UTF8.self)
        guard KeyName.isValid(name) else { throw .invalidName }
        guard let algorithm = SignatureAlgorithm(rawValue: first) else {
            throw .wrongAlgorithm(first)
        }
        guard bytes.count == 33 else { throw .invalidKey }
        self.hash = hash
        self.algorithm = algorithm
        key = Array(bytes.dropFirst())
    }

    var text: String {
        "\(name)+\(KeyName.text(of: hash))+\(Base64.encode([algorithm.rawValue] + key))"
    }
}
