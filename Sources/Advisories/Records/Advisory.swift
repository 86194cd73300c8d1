/// A vendor's or database's statement: which versions of which packages a vulnerability affects,
/// and which fix it.
package struct Advisory: Sendable, Hashable {
    /// In which format it was published.
    package enum Format: String, Sendable, Hashable, CaseIterable {
        case osv
        case csaf
    }

    package struct Reference: Sendable, Hashable {
        /// As the format names it, `ADVISORY` or `external`.
        package let kind: String
        package let url: String

        package init(kind: String, url: String) {
            self.kind = kind
            self.url = url
        }
    }

    package let format: Format
    /// `DSA-5678-1`, `GHSA-…`, `CVE-…`: the publisher's own id.
    package let id: String
    /// Other ids of the very same vulnerability. Those of an advisory for several vulnerabilities
    /// are no aliases of it, but stand in `upstream` or `related`.
    package let aliases: [String]
    /// The vulnerabilities of others that it passes on: those that it fixes.
    package let upstream: [String]
    /// What has to do with it in another way; some publishers name the fixed CVEs here.
    package let related: [String]
    package let summary: String
    /// Who says it: a CSAF document's publisher; nil where the format doesn't tell.
    package let publisher: String?
    package let published: UTCTime?
    package let modified: UTCTime
    /// From when on it says nothing any more.
    package let withdrawn: UTCTime?
    /// The publisher marks the vulnerability as one whose existence is in dispute.
    package let isDisputed: Bool
    package let references: [Reference]
    package let severities: [SeverityStatement]
    package let affected: [AffectedPackage]
    /// What the publisher says of products by their state; empty but for CSAF.
    package let statements: [ProductStatement]
    /// What of the document was left out, each with a reason.
    package let skipped: [SkippedPart]

    package init(
        format: Format, id: String, aliases: [String] = [], upstream: [String] = [],
        related: [String] = [], summary: String = "", publisher: String? = nil,
        published: UTCTime? = nil, modified: UTCTime, withdrawn: UTCTime? = nil,
        isDisputed: Bool = false, references: [Reference] = [],
        severities: [SeverityStatement] = [], affected: [AffectedPackage] = [],
        statements: [ProductStatement] = [], skipped: [SkippedPart] = []
    ) {
        self.format = format
        self.id = id
        self.aliases = aliases
        self.upstream = upstream
        self.related = related
        self.summary = summary
        self.publisher = publisher
        self.published = published
        self.modified = modified
        self.withdrawn = withdrawn
        self.isDisputed = isDisputed
        self.references = references
        self.severities = severities
        self.affected = affected
        self.statements = statements
        self.skipped = skipped
    }
}

/// A part of a document that nothing was made of, while the rest was read.
package struct SkippedPart: Sendable, Hashable, CustomStringConvertible {
    /// Where in the document, `affected[3].ranges[0]`.
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}
