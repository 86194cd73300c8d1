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
        return Self.document(name, day)
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

    var names: [String] { [FeedListing.fileName] }

    func document(at index: Int) async throws -> FeedDocument {
        FeedDocument(name: names[index], bytes: publisher.list)
    }

    func listed(at url: FeedURL) async throws -> [UInt8] {
        try publisher.answer(String(url.fileName.dropLast(".json".count)))
    }
}
