package import EventSourcing

/// The documents that a snapshot of a feed consists of: itself a document, which the snapshot's
/// event names by its digest, so that every word that a finding was decided by can be read again.
package struct FeedContents: Codable, Hashable, Sendable {
    package struct Part: Codable, Hashable, Sendable {
        /// As the publisher names it.
        package let name: String
        package let digest: Digest

        package init(name: String, digest: Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// Sorted by name; no name twice.
    package let parts: [Part]

    /// - Returns: nil when a name stands twice.
    package init?(_ parts: [Part]) {
        let sorted = parts.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for (one, other) in zip(sorted, sorted.dropFirst()) where one.name == other.name {
            return nil
        }
        self.parts = sorted
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }
}
