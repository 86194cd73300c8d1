package import EventSourcing

extension TreeHash: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits, for people.
    package var description: String { digest.description }

    /// The same 32 bytes as the value that events and the API use.
    package var digest: Digest {
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("a hash has 32 bytes") }
        return digest
    }

    /// Reads the 44 characters of standard base64 that checkpoints and proofs have: nil for
    /// anything else.
    package init?(base64: some Collection<UInt8>) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(bytes: bytes)
    }

    package var base64: String { Base64.encode(bytes) }
}
