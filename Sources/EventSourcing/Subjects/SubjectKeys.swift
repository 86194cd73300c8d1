/// The keys of the people of whom events hold something, one each. They lie outside the database and
/// apart from its backups: a backup that held both would bring back what was erased.
package protocol SubjectKeys: Sendable {
    /// - Returns: nil when there is none: the person was erased, or has none yet, or it lies elsewhere.
    func key(of subject: StreamID) async throws -> SubjectKey?

    /// The person's key. When there is none, makes one that is durable before this returns: no event
    /// is ever encrypted by a key that a crash can lose.
    func makeKey(of subject: StreamID) async throws -> SubjectKey

    /// Destroys the person's key for good; one that isn't there is gone already. Done only after the
    /// event that says so is durable.
    func destroyKey(of subject: StreamID) async throws

    /// Everybody of whom there is a key, in the order of their ids.
    func subjects() async throws -> [StreamID]
}
