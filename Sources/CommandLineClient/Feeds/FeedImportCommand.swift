import APIContract
import Advisories
import ArgumentParser
import Foundation

extension AdvisoryCommand {
    /// Sends documents in parts, then lets all of them together stand for what the feed says: a run
    /// that ends in between has changed nothing.
    struct Import: ClientCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes in what a feed says, from files, directories and archives.",
            discussion: """
                All files of all paths together are the feed: what is in none of them is no longer said. \
                A feed that shrank by more than 5 %, is older than the last, is dated in the future, or of \
                which more than 5 % can't be read or contradicts the rest is rejected with its reason; what \
                it said before stays. Single documents and entries are named and left out.

                Archives (.zip) and compressed files (.gz) are unpacked; one that is damaged, encrypted or \
                would grow beyond all measure is refused as a whole. A long table (CSV) is sent and kept in \
                parts, each called by the line that it begins on.
                """)

        @Argument(help: "The feed's name; 'advisory watch' makes it known first.")
        var feed: String

        @Argument(help: "Files, archives, and directories with all that lies below them.")
        var paths: [String]

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let files = try FeedFile.all(at: paths)
            let bar = ProgressBar("sending", isQuiet: session.options.quiet)
            var names: [FeedDocumentName] = []
            var part = FeedPart()
            for (index, file) in files.enumerated() {
                try await file.read { document in
                    part.add(document)
                    guard part.isFull else { return }
                    names += try await send(&part, session)
                    bar.show(Int64(index), of: Int64(files.count))
                }
            }
            names += try await send(&part, session)
            bar.show(Int64(files.count), of: Int64(files.count))
            bar.end()
            let taken: FeedTakenResource = try await session.client.post(
                "feeds/\(feed.segment):take", TakeFeedRequest(documents: names),
                patience: .seconds(600))
            for refusal in taken.refusals { session.printer.note("refused: \(refusal)") }
            if taken.refused > taken.refusals.count {
                session.printer.note(
                    "\(taken.refused - taken.refusals.count) more were refused, not shown")
            }
            for name in taken.duplicates ?? [] {
                session.printer.note("'\(name)' is the same as another document: both count once")
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

/// Documents that are sent in one request.
struct FeedPart {
    private(set) var documents: [FeedDocumentContent] = []
    private var bytes = 0

    private static let mostBytes = 8 << 20
    private static let mostDocuments = 1000
    var isFull: Bool { bytes >= Self.mostBytes || documents.count >= Self.mostDocuments }

    mutating func add(_ document: FeedDocument) {
        bytes += document.bytes.count
        if let text = String(validating: document.bytes, as: UTF8.self) {
            documents.append(FeedDocumentContent(name: document.name, text: text))
        } else {
            documents.append(
                FeedDocumentContent(
                    name: document.name, base64: Data(document.bytes).base64EncodedString()))
        }
    }
}
