/// An advisory in short, as `GET /advisories` lists it.
package struct AdvisoryResource: Codable, Sendable, Equatable {
    /// The publisher's own.
    package let id: String
    package let feed: String
    /// `osv` or `csaf`.
    package let format: String
    /// Other ids that lead to it: aliases, and the vulnerabilities that it fixes or passes on.
    package let ids: [String]
    package let summary: String
    /// The first that it states: a CVSS vector, or the publisher's own word.
    package let severity: String?
    package let packages: [String]
    package let published: String?
    package let modified: String
    package let withdrawn: String?

    package init(
        id: String, feed: String, format: String, ids: [String], summary: String,
        severity: String?, packages: [String], published: String?, modified: String,
        withdrawn: String?
    ) {
        self.id = id
        self.feed = feed
        self.format = format
        self.ids = ids
        self.summary = summary
        self.severity = severity
        self.packages = packages
        self.published = published
        self.modified = modified
        self.withdrawn = withdrawn
    }
}

/// `GET /advisories/{id}`: all that feeds say under an id.
package struct StatedAdvisories: Codable, Sendable, Equatable {
    package let data: [StatedAdvisoryResource]

    package init(data: [StatedAdvisoryResource]) { self.data = data }
}

/// An advisory with the document that says it.
package struct StatedAdvisoryResource: Codable, Sendable, Equatable {
    /// What it says of a package, or of a product.
    package struct Affected: Codable, Sendable, Equatable {
        /// `Debian:12`, or the product's state in CSAF, such as `knownAffected`.
        package let within: String
        package let name: String
        package let fixed: [String]
        /// Of the vulnerabilities of the advisory; nil for all of it.
        package let vulnerability: String?

        package init(within: String, name: String, fixed: [String], vulnerability: String?) {
            self.within = within
            self.name = name
            self.fixed = fixed
            self.vulnerability = vulnerability
        }
    }

    package let advisory: AdvisoryResource
    package let publisher: String?
    package let isDisputed: Bool
    package let related: [String]
    package let severities: [String]
    /// At most 500.
    package let affected: [Affected]
    package let references: [String]
    /// What of it could not be read, each with the reason.
    package let skipped: [String]
    /// The document's name within the feed, and its SHA-256.
    package let document: String
    package let digest: String

    package init(
        advisory: AdvisoryResource, publisher: String?, isDisputed: Bool, related: [String],
        severities: [String], affected: [Affected], references: [String], skipped: [String],
        document: String, digest: String
    ) {
        self.advisory = advisory
        self.publisher = publisher
        self.isDisputed = isDisputed
        self.related = related
        self.severities = severities
        self.affected = affected
        self.references = references
        self.skipped = skipped
        self.document = document
        self.digest = digest
    }
}
