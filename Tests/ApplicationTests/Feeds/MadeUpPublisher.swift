import Advisories
import EventSourcing
import PatchManagement
import Synchronization

/// A provider of CSAF documents without a network: a list of them, and what becomes of each question.
final class MadeUpPublisher: FeedFetcher {
    private struct State {
        var days: [String: Int] = [:]
        var faults: [String: FeedFetchFault] = [:]
        var asked: [String] = []
        var looks = 0
        var isHeld = false
        var beside: [String: [UInt8]] = [:]
        var twins: [String: String] = [:]
        var first: (name: String, bytes: [UInt8])?
        var etag = 1
    }

    private let state = Mutex(State())

    static let url = "https://vendor.example/csaf/changes.csv"

    /// The day of January on which each document changed last, by its name.
    var days: [String: Int] {
        get { state.withLock { $0.days } }
        set {
            state.withLock { state in
                state.days = newValue
                state.etag += 1
            }
        }
    }

    /// What is answered instead of a document.
    var faults: [String: FeedFetchFault] {
        get { state.withLock { $0.faults } }
        set { state.withLock { $0.faults = newValue } }
    }

    /// What stands beside the documents: digests, signatures and keys, by the ends of their URLs.
    var beside: [String: [UInt8]] {
        get { state.withLock { $0.beside } }
        set { state.withLock { $0.beside = newValue } }
    }

    /// Documents that are sent in the place of others.
    var twins: [String: String] {
        get { state.withLock { $0.twins } }
        set { state.withLock { $0.twins = newValue } }
    }

    /// What the source sends instead of a list of changes.
    var first: (name: String, bytes: [UInt8])? {
        get { state.withLock { $0.first } }
        set {
            state.withLock { state in
                state.first = newValue
                state.etag += 1
            }
        }
    }

    /// Whether it lets who looks wait.
    var isHeld: Bool {
        get { state.withLock { $0.isHeld } }
        set { state.withLock { $0.isHeld = newValue } }
    }

    var looks: Int { state.withLock { $0.looks } }

    /// The documents that were asked for since the last call, in order.
    func takeAsked() -> [String] {
        state.withLock { state in
            defer { state.asked = [] }
            return state.asked.sorted()
        }
    }

    func look(at source: FeedSource, known: FeedValidators?) async throws -> (any FeedDelivery)? {
        let etag = state.withLock { state in
            state.looks += 1
            return "\(state.etag)"
        }
        while isHeld { try await Task.sleep(for: .milliseconds(5)) }
        guard known?.etag != etag else { return nil }
        return Delivery(
            validators: FeedValidators(etag: etag, lastModified: nil), publisher: self)
    }

    /// What is signed here: no more than that somebody of that name says so.
    static func signature(of bytes: [UInt8], by fingerprint: String) -> [UInt8] {
        Array("\(fingerprint) \(Digest(of: bytes))".utf8)
    }

    fileprivate func besides(_ url: FeedURL) throws(FeedFetchFault) -> [UInt8] {
        if url.fileName == FeedListing.fileName { return list }
        guard let found = beside.first(where: { url.description.hasSuffix($0.key) })?.value else {
            throw FeedFetchFault(.absent, "there is no such file")
        }
        return found
    }

    fileprivate var list: [UInt8] {
        days.sorted { $0.key < $1.key }.flatMap {
            Array("\"2026/\($0.key).json\",\"\(Self.date($0.value))\"\n".utf8)
        }
    }

    fileprivate func answer(_ name: String) throws(FeedFetchFault) -> [UInt8] {
        let (day, fault) = state.withLock { state in
            state.asked.append(name)
            return (state.days[name], state.faults[name])
        }
        if let fault { throw fault }
        guard let day else { throw FeedFetchFault(.absent, "there is no such document") }
        return Self.document(twins[name] ?? name, day)
    }

    private static func date(_ day: Int) -> String {
        "2026-01-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
    }

    static func document(_ id: String, _ day: Int) -> [UInt8] {
        Array(
            """
            {"document":{"category":"csaf_security_advisory","csaf_version":"2.0","title":"\(id)",\
            "publisher":{"category":"vendor","name":"V","namespace":"https://v.example"},\
            "tracking":{"id":"\(id)","status":"final","version":"1",\
            "initial_release_date":"2026-01-01T00:00:00Z",\
            "current_release_date":"\(date(day))",\
            "revision_history":[{"number":"1","date":"2026-01-01T00:00:00Z","summary":"s"}]}}}
            """.utf8)
    }
}

private struct Delivery: FeedDelivery {
    let validators: FeedValidators
    let publisher: MadeUpPublisher

    var names: [String] { [publisher.first?.name ?? FeedListing.fileName] }

    func document(at index: Int) async throws -> FeedDocument {
        FeedDocument(name: names[index], bytes: publisher.first?.bytes ?? publisher.list)
    }

    func documents(at index: Int) async throws -> any FeedDocuments {
        OneDocument(try await document(at: index))
    }

    func beside(_ url: FeedURL) async throws -> [UInt8] { try publisher.besides(url) }

    func check(
        signature: [UInt8], of bytes: [UInt8]?, by keyring: FeedKeyring
    ) async throws {
        let signed = bytes ?? publisher.first?.bytes ?? []
        let isGood = keyring.fingerprints.contains {
            MadeUpPublisher.signature(of: signed, by: $0) == signature
        }
        guard isGood else {
            throw FeedFetchFault(.badSignature, "it is not signed by a pinned key")
        }
    }

    func listed(at url: FeedURL) async throws -> [UInt8] {
        guard url.target.contains("/20") else { return try publisher.besides(url) }
        return try publisher.answer(String(url.fileName.dropLast(".json".count)))
    }
}

private actor OneDocument: FeedDocuments {
    private var document: FeedDocument?

    init(_ document: FeedDocument) { self.document = document }

    func next() -> FeedDocument? { document.take() }
}
