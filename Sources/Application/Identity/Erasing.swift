package import EventSourcing
internal import PatchManagement

extension UseCases {
    /// Asks that what events hold of somebody be erased. Another one confirms it.
    ///
    /// - Parameters:
    ///   - text: The name of the person, or the id.
    ///   - reason: Stays in the clear, so one that names the person is refused.
    ///   - isKeyLost: Whether the caller says that the key is lost; refused where it is here.
    package func requestErasure(
        of text: String, reason: String, isKeyLost: Bool = false, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .requestErasure)
        let person = try subject(text)
        try await expectKey(of: person, isLost: isKeyLost)
        try await refuseName(of: person, called: text, in: reason)
        return try await write(
            .requestErasure(reason: reason), to: person, as: PersonDecider.self, order,
            .requestErasure, state: { _ in "erasureRequested" })
    }

    /// Erases somebody, as another one has asked: the event first, durably, and then the key.
    ///
    /// - Parameter isKeyLost: As for `requestErasure`; both say it.
    /// - Throws: Also when the event is recorded and the key can't be destroyed; asked again with the
    ///   same key, or by `finishErasures`, that is done.
    package func confirmErasure(
        of text: String, reason: String, isKeyLost: Bool = false, _ order: Order
    ) async throws -> Written {
        _ = try authorise(order.caller, .confirmErasure)
        let person = try subject(text)
        try await expectKey(of: person, isLost: isKeyLost)
        try await refuseName(of: person, called: text, in: reason)
        let written = try await write(
            .confirmErasure(reason: reason, person: person, keyMissing: isKeyLost), to: person,
            as: PersonDecider.self, order, .confirmErasure,
            state: { $0.isErased ? "erased" : nil })
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

    /// Without the key at hand neither the name can be known, nor anything be destroyed: a server that
    /// looks in the wrong place must not record that it is done.
    ///
    /// - Parameter isLost: What the caller says.
    /// - Throws: `PersonRejection.keyNotHere`; `InvalidInput` for a key that isn't lost.
    private func expectKey(of person: StreamID, isLost: Bool) async throws {
        let state = try await bus.state(of: person, as: PersonDecider.self).state
        guard !state.isErased, let key = state.key else { return }
        let isHere = try await subjectKeys.key(of: person)?.id == key
        if isLost, isHere {
            throw InvalidInput(
                field: "key_lost",
                message: "the key \(key) of this person is here: ask without it, and the key is "
                    + "destroyed")
        }
        guard isHere || isLost else { throw PersonRejection.keyNotHere(key) }
    }

    /// - Parameter text: What the caller calls the person: where the key is lost, nothing else is known.
    private func refuseName(
        of person: StreamID, called text: String, in reason: String
    ) async throws {
        let state = try await bus.state(of: person, as: PersonDecider.self).state
        var names = [text]
        for token in state.tokens {
            names.append(
                try await shown(
                    token.label, in: TokenIssued.label(of: person), isErased: state.isErased))
        }
        let words = Self.words(of: reason)
        guard !names.contains(where: { words.contains($0.lowercased()) }) else {
            throw InvalidInput(
                field: "reason",
                message: "names the person, and stays in the log for good: say it without")
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
