internal import EventSourcing
internal import PatchManagement

/// Texts about people on their way into events and out of them.
///
/// Read models and cached states hold them as events do, encrypted: nothing has to be sought out and
/// rewritten when somebody is erased, what is live equals what is rebuilt before and after (I12), and a
/// backup of the database never holds a text together with its key.
extension UseCases {
    /// What is shown in place of a text whose key was destroyed.
    static let erasedMark = "(erased)"
    /// What is shown in place of a text whose key isn't at hand, though nobody has erased the person.
    static let keylessMark = "(key not here)"
    /// What is shown in place of a text that isn't what was encrypted; the log's audit says where.
    static let damagedMark = "(damaged)"

    /// Encrypts a text for the person whose state is `person`.
    ///
    /// - Throws: `PersonRejection` for somebody who was erased, or whose key isn't at hand: another one
    ///   would not be destroyed with it.
    func encrypt(
        _ text: String, in field: PersonalField, of person: Person
    ) async throws -> PersonalText {
        guard !person.isErased else { throw PersonRejection.isErased }
        let key: SubjectKey
        if let known = person.key {
            guard let found = try await subjectKeys.key(of: field.subject), found.id == known else {
                throw PersonRejection.keyNotHere(known)
            }
            key = found
        } else {
            key = try await subjectKeys.makeKey(of: field.subject)
        }
        // The system's generator is fit for secrets.
        var random = SystemRandomNumberGenerator()
        return .encrypted(key.encrypt(text, in: field, using: &random))
    }

    /// - Parameter isErased: Whether the person was, by now, at whatever position somebody looks.
    func shown(
        _ text: PersonalText, in field: PersonalField, isErased: Bool
    ) async throws -> String {
        switch text {
        case .clear(let text): return isErased ? Self.erasedMark : text
        case .encrypted(let text):
            // The key may be there for a moment longer, or again.
            if isErased { return Self.erasedMark }
            let key: SubjectKey?
            do {
                key = try await subjectKeys.key(of: field.subject)
            } catch let error as CancellationError {
                throw error
            } catch {
                // A file that can't be read is no reason to show nothing of the others; 'doctor' names it.
                return Self.keylessMark
            }
            guard let key, key.id == text.key else { return Self.keylessMark }
            do {
                return try key.decrypt(text, in: field)
            } catch {
                return Self.damagedMark
            }
        }
    }
}
