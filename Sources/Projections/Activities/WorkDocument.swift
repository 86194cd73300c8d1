/// A piece of work in the queue, as the API shows it.
struct ActivityDocument: Codable, Equatable {
    var id: String
    var kind: String
    var stream: String
    var state: String
    var attempt: Int
    var worker: String?
    var fence: Int64?
    var dueAt: String
    var leaseUntil: String?
    var lastReason: String?
}

/// A process that takes work, as the API shows it.
struct WorkerDocument: Codable, Equatable {
    var id: String
    var name: String
    var state: String
    var held: Int
    var startedAt: String
    var leaseUntil: String
}
