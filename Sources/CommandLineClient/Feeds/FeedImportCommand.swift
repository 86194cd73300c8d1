import APIContract
import ArgumentParser
import Foundation

extension AdvisoryCommand {
    /// Sends documents in parts, then lets all of them together stand for what the feed says: a run
    /// that ends in between has changed nothing.
    struct Import: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes in what a feed says, from files and directories.",
            discussion: """
                All files of all paths together are the feed: what is in none of them is no longer said. \
                A feed that shrank by more than 5 %, is older than the last, contradicts itself, is dated \
                in the future, or can't be read for the most part is rejected with its reason; what it \
                said before stays. Single documents that can't be read are named and left out.
                """)

        @Argument(help: "The feed's name; 'advisory watch' makes it known first.")
        var feed: String

        @Argument(help: "Files, and directories with all that lies below them.")
        var paths: [String]

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let files = try FeedFile.all(at: paths)
            let bar = ProgressBar("sending", isQuiet: session.options.quiet)
            var names: [FeedDocumentName] = []
            var part = FeedPart()
            for file in files {
                try part.add(file)
                guard part.isFull else { continue }
                names += try await send(&part, session)
                bar.show(Int64(names.count), of: Int64(files.count))
            }
            names += try await send(&part, session)
            bar.show(Int64(names.count), of: Int64(files.count))
            bar.end()
            let taken: FeedTakenResource = try await session.client.post(
                "feeds/\(feed.segment):take", TakeFeedRequest(documents: names),
                patience: .seconds(600))
            for refusal in taken.refusals { session.printer.note("refused: \(refusal)") }
            if taken.refused > taken.refusals.count {
                session.printer.note(
                    "\(taken.refused - taken.refusals.count) more were refused, not shown")
            }
            try session.printer.show(taken) {
                "\(feed) \(taken.outcome): \(taken.records) records, \(taken.refused) refused "
                    + "(position \(taken.position))\n"
            }
            if taken.outcome == "rejected" {
                throw ClientFailure.failed(
                    "the feed was rejected: \(taken.reason ?? ""); what it said before stays")
            }
        }

        private func send(
            _ part: inout FeedPart, _ session: Session
        ) async throws -> [FeedDocumentName] {
            if part.documents.isEmpty { return [] }
            let kept: KeptFeedDocuments = try await session.client.post(
                "feeds/\(feed.segment)/documents",
                KeepFeedDocumentsRequest(documents: part.documents), patience: .seconds(300))
            part = FeedPart()
            return kept.data.map { FeedDocumentName(name: $0.name, digest: $0.digest) }
        }
    }
}

/// A file of a feed, by the name that it has there.
struct FeedFile: Equatable {
    let path: String
    /// Below the directory that was named, with that one's name where several paths were; or the
    /// file's own.
    let name: String

    /// Hidden files are left out, as are links: a directory can't lead outside itself.
    static func all(at paths: [String]) throws -> [FeedFile] {
        var files: [FeedFile] = []
        for path in paths {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw ClientFailure.usage("'\(path)' is not there; name a file or a directory")
            }
            if path.hasSuffix(".zip") {
                throw ClientFailure.usage(
                    "'\(path)' is an archive: unpack it into a directory and name that")
            }
            guard isDirectory.boolValue else {
                files.append(FeedFile(path: path, name: URL(filePath: path).lastPathComponent))
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
                files.append(
                    FeedFile(
                        path: full,
                        name: paths.count == 1
                            ? name : "\(URL(filePath: path).lastPathComponent)/\(name)"))
            }
        }
        if files.isEmpty { throw ClientFailure.usage("there is no file at \(paths)") }
        files.sort { $0.name < $1.name }
        for (one, other) in zip(files, files.dropFirst()) where one.name == other.name {
            throw ClientFailure.usage(
                "'\(one.path)' and '\(other.path)' have one name; import from a directory above both"
            )
        }
        return files
    }
}

/// Documents that are sent in one request.
struct FeedPart {
    private(set) var documents: [FeedDocumentContent] = []
    private var bytes = 0

    private static let mostBytes = 8 << 20
    private static let mostDocuments = 1000
    /// Of one file; a server takes no more.
    private static let largest = 60 << 20

    var isFull: Bool { bytes >= Self.mostBytes || documents.count >= Self.mostDocuments }

    mutating func add(_ file: FeedFile) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file.path))
        } catch {
            throw ClientFailure.usage("'\(file.path)' can't be read: \(error)")
        }
        guard data.count <= Self.largest else {
            throw ClientFailure.usage(
                "'\(file.path)' has \(data.count) bytes; a document may have \(Self.largest)")
        }
        bytes += data.count
        if let text = String(validating: data, as: UTF8.self) {
            documents.append(FeedDocumentContent(name: file.name, text: text))
        } else {
            documents.append(
                FeedDocumentContent(name: file.name, base64: data.base64EncodedString()))
        }
    }
}
