internal import EventSourcing
private import FoundationEssentials
private import Logging
internal import Postgres
private import Synchronization

/// Tells other processes that there is news, after it was committed, on a connection of its own
/// and at most every 5 ms: NOTIFY takes a lock of the whole instance at commit.
final class Announcer: Sendable {
    private struct News {
        var events = false
        var work = false
    }

    private let options: ConnectionOptions
    private let news = Mutex(News())
    private let bell = LocalBell()
    private let logger = Logger(label: "patchflow.announcer")

    init(options: ConnectionOptions) {
        self.options = options
    }

    func announce(work: Bool) {
        news.withLock {
            $0.events = true
            $0.work = $0.work || work
        }
        bell.ring()
    }

    /// Until the task is cancelled. What can't be said is dropped: listeners also poll.
    func run() async {
        var connection: Connection?
        while !Task.isCancelled {
            let seen = bell.rings
            let current = news.withLock { news in
                defer { news = News() }
                return news
            }
            guard current.events else {
                await bell.wait(past: seen)
                continue
            }
            do {
                if connection == nil || connection?.isClosed == true {
                    connection = try await Connection.open(options)
                }
                try await connection?.execute(statement(for: current))
            } catch {
                if Task.isCancelled { break }
                logger.warning("cannot notify", metadata: ["error": "\(error)"])
                connection = nil
                try? await Task.sleep(for: .milliseconds(200))
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
        await connection?.close()
    }

    private func statement(for news: News) -> Query {
        guard news.work else { return "select pg_notify(\(Listener.eventsChannel), '')" }
        return """
            select pg_notify(\(Listener.eventsChannel), ''), pg_notify(\(Listener.workChannel), '')
            """
    }
}
