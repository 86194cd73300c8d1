package import Advisories
import Archives
package import Foundation

/// A document of a feed in a file or an archive, by the name that it has there.
package struct FeedFile: Sendable {
    /// Of the file that it is, or is in.
    let path: String
    /// Below the directory or in the archive that was named, with that one's name where several paths
    /// were; or the file's own.
    package let name: String
    private let packed: (documents: PackedDocuments<OpenFile>, index: Int)?

    private init(path: String, name: String) {
        self.path = path
        self.name = name
        packed = nil
    }

    private init(path: String, name: String, _ documents: PackedDocuments<OpenFile>, _ index: Int) {
        self.path = path
        self.name = name
        packed = (documents, index)
    }

    /// All of it at once.
    ///
    /// - Throws: `ClientFailure` naming the file when it can't be read or may not be unpacked.
    package func read() throws -> Data {
        Data(
            try refusing { () throws(ArchiveFault) in
                let (documents, index) = try opened()
                return try documents.contents(at: index)
            })
    }

    /// Reads it piece by piece, and gives what it is sent as: itself, or a long table in several
    /// documents.
    ///
    /// - Throws: `ClientFailure` naming the file when it can't be read or may not be unpacked, and what
    ///   `take` throws.
    package func read(_ take: (FeedDocument) async throws -> Void) async throws {
        var cutter = FeedDocumentCutter(name: name, largest: Self.largest)
        let pieces = try refusing { () throws(ArchiveFault) in
            let (documents, index) = try opened()
            return try documents.pieces(at: index, atMost: ArchiveLimits().totalBytes)
        }
        while let piece = try refusing({ () throws(ArchiveFault) in try pieces.next() }) {
            let documents: [FeedDocument]
            do throws(FeedDocumentTooLarge) {
                documents = try cutter.append(piece)
            } catch {
                throw ClientFailure.usage(
                    "'\(path)' is refused: a document of it has more than \(error.limit) bytes")
            }
            for document in documents { try await take(document) }
        }
        for document in cutter.finish() { try await take(document) }
    }

    private func opened() throws(ArchiveFault) -> (PackedDocuments<OpenFile>, Int) {
        if let packed { return packed }
        return (try PackedDocuments(OpenFile(path: path), name: name), 0)
    }

    /// Of one document; a server takes no more.
    private static let largest = 60 << 20

    private func refusing<Value>(
        _ work: () throws(ArchiveFault) -> Value
    ) throws(ClientFailure) -> Value {
        do throws(ArchiveFault) {
            return try work()
        } catch {
            throw ClientFailure.usage("'\(path)' is refused: \(error)")
        }
    }

    /// Hidden files are left out, as are links: a directory can't lead outside itself. Of archives the
    /// JSON and CSV files are taken.
    package static func all(at paths: [String]) throws -> [FeedFile] {
        var files: [FeedFile] = []
        for path in paths {
            let last = URL(filePath: path).lastPathComponent
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw ClientFailure.usage("'\(path)' is not there; name a file or a directory")
            }
            guard isDirectory.boolValue else {
                files += try Self.files(at: path, name: last, isAlone: paths.count == 1)
                continue
            }
            guard let below = FileManager.default.enumerator(atPath: path) else {
                throw ClientFailure.usage("the directory '\(path)' can't be read")
            }
            for case let name as String in below {
                let full = "\(path)/\(name)"
                let type = try FileManager.default.attributesOfItem(atPath: full)[.type]
                let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
                guard type as? FileAttributeType == .typeRegular, !isHidden else { continue }
                files += try Self.files(
                    at: full, name: paths.count == 1 ? name : "\(last)/\(name)", isAlone: false)
            }
        }
        if files.isEmpty {
            throw ClientFailure.usage(
                "\(paths.joined(separator: ", ")): no document is in it; archives within archives are "
                    + "not opened")
        }
        files.sort { $0.name < $1.name }
        for (one, other) in zip(files, files.dropFirst()) where one.name == other.name {
            throw ClientFailure.usage(
                "'\(one.path)' and '\(other.path)' have one name; import from a directory above both"
            )
        }
        return files
    }

    /// The file itself, or the documents in it.
    private static func files(
        at path: String, name: String, isAlone: Bool
    ) throws -> [FeedFile] {
        guard name.hasSuffix(".zip") || name.hasSuffix(".gz") else {
            return [FeedFile(path: path, name: name)]
        }
        do throws(ArchiveFault) {
            let documents = try PackedDocuments(try OpenFile(path: path), name: name)
            let isZip = name.hasSuffix(".zip")
            return documents.names.enumerated().map { index, inner in
                FeedFile(
                    path: path, name: isZip && !isAlone ? "\(name)/\(inner)" : inner, documents,
                    index)
            }
        } catch {
            throw ClientFailure.usage("'\(path)' is refused: \(error)")
        }
    }
}
