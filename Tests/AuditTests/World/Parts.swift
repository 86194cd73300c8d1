import EventSourcing

@testable import Audit

/// A bundle taken apart, for whoever wants to put something else together.
struct Parts {
    var all: [(part: BundlePart, content: [UInt8])]
    var manifest: BundleManifest

    init(_ bytes: [UInt8]) throws {
        let bundle = try AuditBundle(MemoryBytes(bytes))
        manifest = bundle.manifest
        all = []
        for part in bundle.parts where part != .manifest {
            guard let content = try bundle.read(part) else { continue }
            all.append((part, content))
        }
    }

    subscript(part: BundlePart) -> [UInt8]? {
        get { all.first { $0.part == part }?.content }
        set {
            let place = all.firstIndex { $0.part == part }
            switch (place, newValue) {
            case (let place?, let content?): all[place].content = content
            case (let place?, nil): all.remove(at: place)
            case (nil, let content?): all.append((part, content))
            case (nil, nil): break
            }
        }
    }

    /// Puts them together as a careful forger would: with a manifest that fits.
    ///
    /// - Parameter attachments: As manifests say it; nil in those of old bundles.
    func packed(attachments: Bool? = true) throws -> [UInt8] {
        var archive = ArchiveWriter()
        var bytes: [UInt8] = []
        for (part, content) in all { bytes += archive.bytes(of: part, content) }
        let manifest = BundleManifest(
            origin: manifest.origin, size: manifest.size, selection: manifest.selection,
            parts: archive.parts, attachments: attachments)
        bytes += archive.bytes(of: .manifest, try CanonicalJSON.encode(manifest))
        return bytes + ArchiveWriter.end
    }
}
