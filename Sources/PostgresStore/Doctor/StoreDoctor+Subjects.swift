internal import EventSourcing
internal import Postgres
internal import StoreCheck

/// The keys of people beside what their streams say.
extension StoreDoctor {
    func subjectKeyCheck(
        _ subjects: Subjects, on connection: Connection
    ) async throws -> [Check] {
        var found = SubjectKeyCheck()
        var last = "\(subjects.prefix)_"
        while true {
            let page = try await connection.query(
                """
                select key from patchflow.streams
                where key > \(last) and key < \("\(subjects.prefix)`") order by key limit 500
                """
            ).map { try StreamID(stored: $0.decode(at: 0)) }
            guard let end = page.last else { break }
            last = end.text
            for subject in page {
                // Once more, if somebody was erased while it was looked.
                for isLast in [false, true] {
                    let facts: [(position: Int64, fact: SubjectFact)]
                    do {
                        facts = try await self.facts(of: subject, subjects, on: connection)
                    } catch let error as EventStoreError where error.code == .archiveMissing {
                        found.away(subject, error.message)
                        break
                    }
                    let key: Digest?
                    do {
                        key = try await subjects.keys.key(of: subject)?.id
                    } catch {
                        found.unreadable(subject, "\(error)")
                        break
                    }
                    if found.take(subject, facts, key: key, isLast: isLast) { break }
                }
            }
        }
        found.finish()
        return [found.check]
    }

    /// Events that can't be read are for other checks to find.
    private func facts(
        of subject: StreamID, _ subjects: Subjects, on connection: Connection
    ) async throws -> [(position: Int64, fact: SubjectFact)] {
        let late = try await connection.query(
            """
            select \(unsafe: EventRow.columns), \(subject.text)::text
            from patchflow.events e
            where e.stream_id = (select id from patchflow.streams where key = \(subject.text))
            order by e.version
            """
        ).compactMap { try? EventRow.event($0) }
        // In this order: a partition may be archived in between, and none comes back.
        let early = try await archived(on: connection).events(of: subject, after: 0, limit: .max)
        let end = early.last?.version ?? 0
        return (early + late.drop { $0.version <= end }).compactMap { event in
            subjects.fact(event).map { (event.position, $0) }
        }
    }
}
