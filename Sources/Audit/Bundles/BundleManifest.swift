internal import EventSourcing

/// What its writer says that a bundle holds. Nobody has signed it: it tells what to look for, and
/// proves nothing.
package struct BundleManifest: Codable, Equatable, Sendable {
    package struct Part: Codable, Equatable, Sendable {
        package let name: String
        package let bytes: Int64

        package init(name: String, bytes: Int64) {
            self.name = name
            self.bytes = bytes
        }
    }

    package static let format = "patchflow-audit-bundle"
    package static let version = 1

    /// `patchflow-audit-bundle`.
    package let format: String
    /// Of the format.
    package let version: Int
    /// The log's name, as in the checkpoint.
    package let origin: String
    /// Events in the log, as in the checkpoint.
    package let size: Int64
    package let selection: BundleSelection
    /// All but the manifest itself, in the order of the archive.
    package let parts: [Part]
    /// Whether the parts of feeds, lists of targets and reports are there as well; nil in bundles from
    /// before they were exported.
    package let attachments: Bool?

    init(
        origin: String, size: Int64, selection: BundleSelection, parts: [Part],
        attachments: Bool? = true
    ) {
        format = Self.format
        version = Self.version
        self.origin = origin
        self.size = size
        self.selection = selection
        self.parts = parts
        self.attachments = attachments
    }

    /// - Throws: `BundleError.badManifest`.
    init(_ bytes: [UInt8]) throws(BundleError) {
        let written: [UInt8]
        do {
            self = try CanonicalJSON.decode(Self.self, from: bytes)
            written = try CanonicalJSON.encode(self)
        } catch {
            throw .badManifest(reason: "it is not the JSON of a manifest")
        }
        // A name that isn't known may be one that was changed.
        guard written == bytes else {
            throw .badManifest(reason: "it isn't written as manifests are, or has other members")
        }
        guard format == Self.format else {
            throw .badManifest(reason: "its format is not \(Self.format)")
        }
        guard version == Self.version else {
            throw .badManifest(
                reason: "format version \(version) is not known to this version of patchflow")
        }
    }
}
