package import EventSourcing

/// The OpenPGP keys of which one has to have signed what comes from a feed's source: pinned by a
/// person, and changed only by one.
package struct FeedKeys: Codable, Hashable, Sendable {
    /// Of primary keys, sorted: 40 hexadecimal digits each, in capitals.
    package let fingerprints: [String]
    /// Of the document with the keys as OpenPGP packets; nil where the publisher's
    /// `provider-metadata.json` says where each of these fingerprints is to be had.
    package let document: Digest?

    /// - Parameter fingerprints: In whatever order, case and grouping.
    package init(fingerprints: [String], document: Digest? = nil) {
        self.fingerprints = Set(fingerprints.map(Self.plain)).sorted()
        self.document = document
    }

    static func plain(_ text: String) -> String {
        String(text.uppercased().filter { !$0.isWhitespace && $0 != ":" })
    }

    /// The first thing in it that may not be.
    var fault: FieldFault? {
        if fingerprints.isEmpty || fingerprints.count > OpenPGPKeys.mostKeys {
            return FieldFault(
                field: "keys.fingerprints", value: "\(fingerprints.count) of them",
                rule: "name 1 to \(OpenPGPKeys.mostKeys)")
        }
        for fingerprint in fingerprints {
            guard fingerprint.utf8.count == 40, fingerprint.utf8.allSatisfy(isHexadecimalDigit)
            else {
                return FieldFault(
                    field: "keys.fingerprints", value: fingerprint,
                    rule: "it has 40 hexadecimal digits, as 'gpg --fingerprint' shows it")
            }
        }
        return nil
    }
}

private func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
}

/// The pinned keys with what they consist of: by what a look checks signatures.
package struct FeedKeyring: Sendable, Equatable {
    package let packets: [UInt8]
    /// Those of which one has to have signed: `packets` may hold others.
    package let fingerprints: [String]

    package init(packets: [UInt8], fingerprints: [String]) {
        self.packets = packets
        self.fingerprints = fingerprints
    }
}

/// From now on one of other keys has to have signed what comes: a person's decision, since whoever
/// holds a key decides what the feed says.
package struct FeedKeysPinned: EventPayload {
    package static let type = "FeedKeysPinned"
    package let keys: FeedKeys
    /// Fingerprints of those before.
    package let before: [String]
    package let reason: String

    package init(keys: FeedKeys, before: [String], reason: String) {
        self.keys = keys
        self.before = before
        self.reason = reason
    }
}
