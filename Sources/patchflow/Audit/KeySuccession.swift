internal import Application
internal import ArgumentParser
internal import EventSourcing
internal import Foundation
internal import PatchManagement
internal import PostgresStore
internal import Signing
internal import StoreCheck
internal import TransparencyLog

/// Changes the log's key: what is done with the files, and what is recorded of it.
struct KeySuccession {
    let database: DatabaseOptions
    let signer: CheckpointSigner
    /// Where the public keys lie for auditors: the newest first, and every one before.
    let verifierFile: String
    let person: String
    let reason: String

    /// Makes the new key, records it, says it to auditors, and only then has it sign: in this order, so
    /// that nothing is ever signed by a key that nobody can know.
    func rotate() async throws {
        let succession = try signer.prepareSuccession()
        let position = try await record(
            .succeedKey(
                LogKeySucceeded(
                    old: "\(succession.old)", new: "\(succession.new)", reason: reason)),
            id: "succeed/\(succession.old)/\(succession.new)")
        try publish(succession.new)
        try signer.succeed(succession)
        complain("recorded at position \(position): both keys sign from now on, the new one first")
    }

    /// Destroys what isn't needed any more, after it was recorded.
    func destroyOld() async throws {
        let old = signer.verifiers.dropFirst()
        guard !old.isEmpty else {
            throw ValidationError(
                "there is one key only, \(signer.verifiers[0]): nothing is destroyed")
        }
        try await expectSignedByAll()
        for key in old {
            let position = try await record(
                .destroyKey(LogKeyDestroyed(key: "\(key)", reason: reason)), id: "destroy/\(key)")
            complain("recorded at position \(position): \(key) signs no more")
        }
        try signer.destroyPredecessors()
    }

    /// One checkpoint at least leads from the old key to the new one.
    private func expectSignedByAll() async throws {
        let checkpoint = try await withStore { store in
            try await PostgresSealedLog(store: store).checkpoint(of: nil)
        }
        let signed = try checkpoint.map { checkpoint in
            try SignedNote(Array(checkpoint.note.utf8)).verified(by: signer.verifiers)
        }
        guard signed?.count == signer.verifiers.count else {
            throw ValidationError(
                "no checkpoint is signed by both keys yet: wait until 'patchflow seal' has sealed the "
                    + "change of the key, and look with 'patchflow audit checkpoint'")
        }
    }

    /// - Parameter id: The same for the same step, so that it is recorded once.
    /// - Returns: Its position in the log.
    private func record(_ command: LogCommand, id: String) async throws -> Int64 {
        let stream: StreamID
        do {
            stream = try PersonName.stream(of: person)
        } catch {
            throw ValidationError("--person \(error.message)")
        }
        return try await withStore { store in
            let bus = CommandBus(store: store)
            let roles = try await bus.state(of: stream, as: PersonDecider.self).state.roles
            guard roles.contains(.administrator) else {
                throw ValidationError(
                    "--person '\(person)' is no administrator of this log: it is recorded who "
                        + "changed its key")
            }
            // Whoever may read the key file may do it; who that is, is their word.
            let installer = Actor.service(.installer)
            let actor = Actor(id: installer.id, role: installer.role, onBehalfOf: stream.text)
            let outcome = try await bus.send(
                command, to: LogDecider.stream, as: LogDecider.self,
                CommandContext(
                    actor: actor, at: .now,
                    commandID: .version5(namespace: LogDecider.stream.uuid, name: id)))
            return outcome.receipt.lastPosition
        }
    }

    private func withStore<R>(
        _ body: (PostgresEventStore) async throws -> R
    ) async throws -> R {
        let store = try database.store(as: .appender)
        let service = Task { try await store.run() }
        defer { service.cancel() }
        return try await body(store)
    }

    private func publish(_ new: VerifierKey) throws {
        let url = URL(filePath: verifierFile)
        let known =
            FileManager.default.fileExists(atPath: verifierFile)
            ? try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
            : signer.verifiers.map(\.description)
        guard !known.contains("\(new)") else { return }
        try Data((["\(new)"] + known).map { $0 + "\n" }.joined().utf8)
            .write(to: url, options: .atomic)
    }
}
