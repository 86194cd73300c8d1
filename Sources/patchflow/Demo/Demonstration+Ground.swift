internal import ArgumentParser
internal import EventSourcing
internal import PatchManagement

extension Demonstration {
    /// Refuses a log that is not the demonstration's: simulated history must never stand between
    /// what really happened.
    ///
    /// Reads until it meets something of somebody else, so it ends early in a log that is large.
    ///
    /// - Throws: `ValidationError`, exit status 2.
    static func refuseForeignLog(_ store: any EventStore, in directory: DataDirectory) async throws
    {
        let own = Set(DemonstrationFleet.registrations.map(\.asset))
        let beginning = try DemonstrationPerson.alice.stream
        var position: Int64 = 0
        var hasBegun = false
        while true {
            let events = try await store.read(after: position, limit: 1000)
            guard let last = events.last else { return }
            position = last.position
            // What the program states of itself is nobody's history.
            for event in events
            where event.actor.role != Role.installer.rawValue
                && event.stream != BuiltInNumbers.stream
            {
                // The demonstration begins by letting demo-alice in.
                guard hasBegun || event.stream == beginning else {
                    throw refusal("has a history of its own", event, directory)
                }
                hasBegun = true
                guard event.type != AssetRegistered.type || own.contains(event.stream) else {
                    throw refusal("has assets of its own", event, directory)
                }
            }
        }
    }

    private static func refusal(
        _ what: String, _ event: RecordedEvent, _ directory: DataDirectory
    ) -> ValidationError {
        ValidationError(
            "--demo: the installation in '\(directory.path)' \(what) (\(event.type) of "
                + "\(event.stream) at position \(event.position)), and is never filled with "
                + "simulated history; choose an empty --data-dir, or leave out --demo")
    }
}
