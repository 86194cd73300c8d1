package import EventSourcing
private import Postgres

/// One digest of all rows of a generation as of a position: which there were, since when, until
/// when, and every byte in them. So two folds of the same log have the same one, whenever, however
/// and how far beyond that position they were folded, and equal hashes mean that every answer as of
/// that position or an earlier one is the same.
///
/// It is ordered and made of SHA-256 throughout: a row that was changed, added, removed or moved in
/// time, by accident or by hand, gives another one. It protects against faults of disks and
/// programs and against edits of the read models, when it is compared with that of another fold. It
/// doesn't say what the log should hold: that does the transparency log.
///
/// Cost: PostgreSQL reads every version of every row up to the position once, and sorts 32 bytes
/// and a key of each; nothing but the digest travels. Measured: 80,000 versions a second, where
/// folding makes two thousand.
package struct StateHash: Sendable, Equatable, CustomStringConvertible {
    package let position: Int64
    package let digest: Digest

    package var description: String { "\(digest) at position \(position)" }
}

extension Generation {
    /// - Throws: `PostgresError`.
    func stateHash(at position: Int64) async throws -> StateHash {
        // By stretches of 16384 positions, so that no list of digests gets long. `offset 0` has the
        // digest made before the rows are sorted, so that documents aren't.
        let rows = try await pool.query(
            """
            select sha256(coalesce(string_agg(digest, ''::bytea order by stretch), ''::bytea))
            from (
                select stretch,
                    sha256(string_agg(leaf, ''::bytea order by from_position, kind, id)) as digest
                from (
                    select from_position >> 14 as stretch, from_position, kind, id,
                        sha256(convert_to(row(
                            kind, id, from_position,
                            case when to_position <= \(position) then to_position end,
                            parent, state, sort_key, document::text)::text, 'UTF8')) as leaf
                    from patchflow.projection_rows
                    where generation = \(number) and from_position <= \(position)
                    offset 0
                ) r
                group by stretch
            ) s
            """)
        let bytes = try rows.first?.decode([UInt8].self, at: 0) ?? []
        guard let digest = Digest(bytes: bytes) else {
            throw EventStoreError(.failed, "PostgreSQL gave no state hash of generation \(number)")
        }
        return StateHash(position: position, digest: digest)
    }
}
