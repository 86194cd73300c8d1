/// Where a subscriber stands, and what it keeps between events, both saved in one commit.
package protocol SubscriptionStore: Sendable {
    /// The position up to which `name` has handled everything; 0 for a new one.
    func checkpoint(of name: String) async throws -> Int64

    /// What `name` kept under `key`; nil when it kept nothing.
    func note(of name: String, key: String) async throws -> [UInt8]?

    /// What `name` kept under keys above `key`, in the order of their bytes, at most `limit`.
    func notes(
        of name: String, after key: String, limit: Int
    ) async throws -> [(key: String, note: [UInt8])]

    /// Moves the checkpoint from `old` to `new` and stores `notes` (nil removes one).
    ///
    /// - Returns: false when another process moved it first: forget everything and load again.
    func advance(
        _ name: String, from old: Int64, to new: Int64, notes: [String: [UInt8]?]
    ) async throws -> Bool

    /// Runs `body` while this process leads `name`, waiting until it may; at most one process of
    /// all leads, as far as the database can tell. A matter of economy: `advance` is what is right.
    func lead(_ name: String, _ body: @Sendable () async throws -> Void) async throws
}
