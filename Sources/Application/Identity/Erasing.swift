package import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Asks that what events hold of somebody be erased. Another one confirms it.
    ///
    /// - Parameters:
    ///   - text: The name of the person, or the id.
    ///   - reason: Stays in the clear, so one that names the person is refused.
    package func requestErasure(
        of text: String, reason: String, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .requestErasure)
        let person = try subject(text)
        try await refuseName(of: person, in: reason)
        return try await write(
            .requestErasure(reason: reason), to: person, as: PersonDecider.self, order,
            .requestErasure, state: { _ in "erasureRequested" })
    }

    /// Erases somebody, as another one has asked: the event first, durably, and then the key.
    ///
    /// - Throws: Also when the event is recorded and the key can't be destroyed; asked again with the
    ///   same key, or by `finishErasures`, that is done.
    package func confirmErasure(
        of text: String, reason: String, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .confirmErasure)
        let person = try subject(text)
        try await refuseName(of: person, in: reason)
        let written = try await write(
            .confirmErasure(reason: reason, person: person), to: person, as: PersonDecider.self,
            order, .confirmErasure, state: { $0.isErased ? "erased" : nil })
        try await destroyKey(of: person)
        return written
    }

    /// Destroys the keys of all who were erased and still have one: a process died between the event
    /// and the key, or the keys were restored from a backup.
    ///
    /// - Returns: Whose keys those were.
    package func finishErasures() async throws -> [StreamID] {
        var finished: [StreamID] = []
        var failure: (any Error)?
        for person in try await subjectKeys.subjects() where person.prefix == PersonDecider.prefix {
            do {
                guard try await bus.state(of: person, as: PersonDecider.self).state.isErased else {
                    continue
                }
                try await destroyKey(of: person)
                finished.append(person)
            } catch let error as CancellationError {
                throw error
            } catch {
                // One stream that can't be read keeps nobody else's key alive.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return finished
    }

    /// Destroys the key of somebody who is known to be erased.
    ///
    /// That was read, and what is read may not be durable yet; a command that is acknowledged behind
    /// it makes it so. Or else the key could be gone and the event lost.
    private func destroyKey(of person: StreamID) async throws {
        let id = newID()
        _ = try await store.append(
            AppendRequest(
                context: CommandContext(actor: .service(.installer), at: now(), commandID: id),
                requestDigest: Digest(of: id.text), streams: []))
        try await subjectKeys.destroyKey(of: person)
    }

    private func subject(_ text: String) throws -> StreamID {
        let id = StreamID(text).flatMap { $0.prefix == PersonDecider.prefix ? $0 : nil }
        let person = try id ?? PersonName.stream(of: text)
        // Nobody is called so, and without it nothing starts.
        guard person != (try PersonName.stream(of: Self.firstAdministrator)) else {
            throw InvalidInput(
                field: "person",
                message: "'\(text)' is the account that an installation begins with, not a person")
        }
        return person
    }

    /// - Throws: Also `PersonRejection.keyNotHere`.
    private func refuseName(of person: StreamID, in reason: String) async throws {
        let state = try await bus.state(of: person, as: PersonDecider.self).state
        // Without the key at hand neither the name can be known, nor anything be destroyed.
        if !state.isErased, let key = state.key,
            try await subjectKeys.key(of: person)?.id != key
        {
            throw PersonRejection.keyNotHere(key)
        }
        for token in state.tokens {
            let name = try await shown(
                token.label, in: TokenIssued.label(of: person), isErased: state.isErased)
            guard !Self.words(of: reason).contains(name.lowercased()) else {
                throw InvalidInput(
                    field: "reason",
                    message: "names the person, and stays in the log for good: say it without")
            }
        }
    }

    /// Whatever may be a name in it, in lower case and without the marks that end a sentence.
    private static func words(of text: String) -> [String] {
        let marks: Set<Character> = [".", "-", "_", "@"]
        return text.lowercased().split { !$0.isLetter && !$0.isNumber && !marks.contains($0) }
            .map { word in
                let end = word.lastIndex { !marks.contains($0) }
                return end.map { String(word[...$0]) } ?? ""
            }
    }
}
