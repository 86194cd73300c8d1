private import Advisories
private import Archives
private import AsyncHTTPClient
private import struct Crypto.SHA256
private import EventSourcing
private import NIOCore
private import NIOHTTP1
package import PatchManagement

/// Fetches feeds over HTTPS into files without names: whatever ends this process, nothing of them is
/// left.
///
/// It connects only to addresses that it has looked up and checked itself, at each redirect anew, so
/// that neither a name that changes its address nor a publisher's server leads it elsewhere.
package struct HTTPFeedFetcher: FeedFetcher {
    private let directory: String
    private let limits: FeedFetchLimits
    private let conversation: FeedConversation
    fileprivate let signatures: SignatureChecker

    /// - Parameters:
    ///   - directory: Where there is room for what comes; made when it isn't there.
    ///   - proxy: Through which all is fetched but what it excepts.
    ///   - addresses: All addresses of a name.
    package init(
        directory: String, limits: FeedFetchLimits = FeedFetchLimits(), proxy: FeedProxy? = nil,
        addresses: @escaping @Sendable (String) async throws -> [NetworkAddress] =
            HostAddresses.ofSystem
    ) {
        self.directory = directory
        self.limits = limits
        conversation = FeedConversation(limits: limits, proxy: proxy, addresses: addresses)
        signatures = SignatureChecker(directory: directory)
    }

    package func look(
        at source: FeedSource, known: FeedValidators?
    ) async throws -> (any FeedDelivery)? {
        guard let url = FeedURL(source.url) else {
            throw FeedFetchFault(.unreachable, "'\(FeedURL.shown(source.url))' is no URL")
        }
        let deadline = ContinuousClock.now + limits.whole
        var headers = HTTPHeaders()
        if let etag = known?.etag { headers.add(name: "if-none-match", value: etag) }
        if let date = known?.lastModified { headers.add(name: "if-modified-since", value: date) }
        let isConditional = !headers.isEmpty
        let answer: (file: OpenFile, digest: Digest, validators: FeedValidators)? =
            try await conversation.get(url, source.reach, headers, until: deadline) { response in
                if response.status == .notModified, isConditional { return nil }
                try Self.checkIsWhole(response)
                return try await receive(response, until: deadline)
            }
        guard let (file, digest, validators) = answer else { return nil }
        try await check(digest, of: url, source, until: deadline)
        do throws(ArchiveFault) {
            let packed = try PackedDocuments(file, name: url.fileName)
            return PackedDelivery(
                validators: validators, packed: packed, file: file, fetcher: self,
                reach: source.reach, deadline: deadline)
        } catch {
            throw FeedFetchFault(error)
        }
    }

    /// A document that what a look brought lists.
    ///
    /// - Parameter deadline: Of the look.
    fileprivate func listed(
        at url: FeedURL, _ reach: FeedSource.Reach, isSmall: Bool,
        until deadline: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        do {
            return try await bytes(
                at: url, reach, limit: isSmall ? limits.digestBytes : limits.documentBytes,
                until: min(deadline, ContinuousClock.now + limits.document))
        } catch let fault as FeedFetchFault
            where fault.cause == .timedOut && ContinuousClock.now >= deadline
        {
            throw FeedFetchFault(.timedOut, "the whole took too long", scope: .look)
        }
    }

    /// A small answer, in memory.
    private func bytes(
        at url: FeedURL, _ reach: FeedSource.Reach, limit: Int,
        until deadline: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        try await conversation.get(url, reach, HTTPHeaders(), until: deadline) { response in
            try Self.checkIsWhole(response)
            var bytes: [UInt8] = []
            for try await piece in response.body {
                try FeedConversation.check(deadline)
                bytes += piece.readableBytesView
                guard bytes.count <= limit else {
                    throw FeedFetchFault(.tooLarge, "'\(url.shown)' has more than \(limit) bytes")
                }
            }
            return bytes
        }
    }

    private static func checkIsWhole(_ response: HTTPClientResponse) throws(FeedFetchFault) {
        guard response.status == .ok else {
            let wait = response.headers.first(name: "retry-after").flatMap { Int($0) }
            let isAbsent = response.status == .notFound || response.status == .gone
            let scope: FeedFetchFault.Scope =
                if response.status == .tooManyRequests || wait != nil {
                    .look
                } else {
                    response.status.code >= 500 ? .server : .document
                }
            throw FeedFetchFault(
                isAbsent ? .absent : .refused, "the server answered \(response.status.code)",
                scope: scope, retryAfterSeconds: wait.map { max(0, $0) })
        }
        let encoding = response.headers.first(name: "content-encoding") ?? "identity"
        guard encoding.lowercased() == "identity" else {
            throw FeedFetchFault(
                .refused, "the answer is encoded as '\(encoding)', which was not asked for")
        }
    }

    /// Writes the answer to a file as it comes.
    private func receive(
        _ response: HTTPClientResponse, until deadline: ContinuousClock.Instant
    ) async throws -> (OpenFile, Digest, FeedValidators) {
        let stated = response.headers.first(name: "content-length").flatMap { Int($0) }
        if let stated, stated > limits.bytes { throw tooLarge }
        let file = try NamelessFile(in: directory)
        var hash = SHA256()
        for try await piece in response.body {
            try FeedConversation.check(deadline)
            guard file.count + piece.readableBytes <= limits.bytes else { throw tooLarge }
            try piece.withUnsafeReadableBytes { bytes in
                hash.update(bufferPointer: bytes)
                try file.write(bytes)
            }
        }
        if let stated, stated != file.count {
            throw FeedFetchFault(
                .cutOff, "\(file.count) of \(stated) bytes came")
        }
        guard let digest = Digest(bytes: Array(hash.finalize())) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        let validators = FeedValidators(
            etag: response.headers.first(name: "etag"),
            lastModified: response.headers.first(name: "last-modified"))
        do throws(ArchiveFault) {
            return (try file.opened(), digest, validators)
        } catch {
            throw FeedFetchFault(error)
        }
    }

    private var tooLarge: FeedFetchFault {
        FeedFetchFault(.tooLarge, "the answer has more than \(limits.bytes) bytes")
    }

    /// - Throws: `FeedFetchFault` unless the file of digests, if one is named, has this one.
    private func check(
        _ digest: Digest, of url: FeedURL, _ source: FeedSource,
        until deadline: ContinuousClock.Instant
    ) async throws {
        guard let text = source.digestURL else { return }
        guard let digestURL = FeedURL(text) else {
            throw FeedFetchFault(.unreachable, "'\(FeedURL.shown(text))' is no URL")
        }
        let bytes = try await bytes(
            at: digestURL, source.reach, limit: limits.digestBytes, until: deadline)
        let said = String(decoding: bytes, as: UTF8.self)
        guard let expected = StatedDigest.sha256(of: url.fileName, in: said) else {
            throw FeedFetchFault(
                .wrongDigest, "\(digestURL.shown) names no SHA-256 of '\(url.fileName)'")
        }
        guard expected == digest else {
            throw FeedFetchFault(
                .wrongDigest,
                "what came has the digest \(digest), and \(digestURL.shown) says \(expected)")
        }
    }
}

/// A file that came, with its documents.
private struct PackedDelivery: FeedDelivery {
    let validators: FeedValidators
    let packed: PackedDocuments<OpenFile>
    /// What came, as a whole.
    let file: OpenFile
    let fetcher: HTTPFeedFetcher
    let reach: FeedSource.Reach
    /// Of the look.
    let deadline: ContinuousClock.Instant

    var names: [String] { packed.names }

    /// Unpacking takes a processor, and reading may wait for a disk.
    @concurrent
    func document(at index: Int) async throws -> FeedDocument {
        do throws(ArchiveFault) {
            return FeedDocument(name: names[index], bytes: try packed.contents(at: index))
        } catch {
            try Task.checkCancellation()
            throw FeedFetchFault(error)
        }
    }

    func documents(at index: Int) async throws -> any FeedDocuments {
        do throws(ArchiveFault) {
            return CutDocuments(
                names[index],
                try packed.pieces(at: index, atMost: ArchiveLimits().totalBytes))
        } catch {
            throw FeedFetchFault(error)
        }
    }

    func listed(at url: FeedURL) async throws -> [UInt8] {
        try await fetcher.listed(at: url, reach, isSmall: false, until: deadline)
    }

    func beside(_ url: FeedURL) async throws -> [UInt8] {
        try await fetcher.listed(at: url, reach, isSmall: true, until: deadline)
    }

    func check(
        signature: [UInt8], of bytes: [UInt8]?, by keyring: FeedKeyring
    ) async throws {
        if let bytes {
            try await fetcher.signatures.check(signature, of: bytes, by: keyring)
        } else {
            defer { withExtendedLifetime(file) {} }
            try await fetcher.signatures.check(signature, of: file.descriptor, by: keyring)
        }
    }
}

/// What a file holds, unpacked and cut as it is asked for: that takes a processor, and may wait for a
/// disk.
private actor CutDocuments: FeedDocuments {
    private let pieces: DocumentPieces<OpenFile>
    private var cutter: FeedDocumentCutter
    private var ready: ArraySlice<FeedDocument> = []
    private var isOver = false

    init(_ name: String, _ pieces: sending DocumentPieces<OpenFile>) {
        self.pieces = pieces
        cutter = FeedDocumentCutter(name: name, largest: ArchiveLimits().memberBytes)
    }

    func next() throws -> FeedDocument? {
        while ready.isEmpty, !isOver {
            try Task.checkCancellation()
            do {
                if let piece = try pieces.next() {
                    ready = try cutter.append(piece)[...]
                } else {
                    isOver = true
                    ready = cutter.finish()[...]
                }
            } catch let fault as ArchiveFault {
                throw FeedFetchFault(fault)
            } catch let fault as FeedDocumentTooLarge {
                throw FeedFetchFault(.tooLarge, "a document has more than \(fault.limit) bytes")
            }
        }
        return ready.popFirst()
    }
}

extension FeedFetchFault {
    fileprivate init(_ fault: ArchiveFault) {
        let cause: Cause =
            if case .tooLarge = fault.problem { .tooLarge } else { .badArchive }
        self.init(cause, fault.description)
    }
}
