import Application
import EventSourcing
import FoundationEssentials
import PatchManagement
import Support
import Synchronization

/// What became of what somebody sent.
enum Told: Sendable {
    case accepted(AppendReceipt)
    case refused(any Error)
    /// The answer never came.
    case unheard
}

private final class Answer: Sendable {
    private let told = Mutex<Told?>(nil)
    var value: Told? { told.withLock { $0 } }
    func give(_ value: Told) { told.withLock { $0 = value } }
}

/// People, and how they send: again under the same id as long as they don't hear (I10).
extension Story {
    @discardableResult
    mutating func tell<D: Decider & SendableMetatype>(
        _ command: D.Command, to stream: StreamID, _ decider: D.Type, by actor: Actor,
        documents: [Document] = [], guards: [StreamGuard] = []
    ) throws -> Told {
        let id = scheduler.newID()
        for _ in 0..<50 {
            let told = try send(
                command, to: stream, decider, by: actor, id, documents: documents, guards: guards)
            guard case .unheard = told else {
                if case .accepted(let receipt) = told, chance(15) {
                    try sendAgain(
                        command, to: stream, decider, by: actor, id, documents, receipt)
                }
                return told
            }
            let pause = draw { Duration.milliseconds(100 + $0.below(3000)) }
            try run(until: now + pause)
        }
        throw stuck("\(actor.role) got no answer")
    }

    /// The same once more, and the same id with another body.
    private mutating func sendAgain<D: Decider & SendableMetatype>(
        _ command: D.Command, to stream: StreamID, _ decider: D.Type, by actor: Actor, _ id: UUID,
        _ documents: [Document], _ first: AppendReceipt
    ) throws {
        let isSame = chance(70)
        let digest = isSame ? nil : Digest(of: "another body")
        let told = try send(
            command, to: stream, decider, by: actor, id, documents: documents, digest)
        switch (told, isSame) {
        case (.accepted(let receipt), true):
            if receipt.firstPosition != first.firstPosition {
                contradict("command \(id.text) was answered in two ways")
            }
        case (.refused(let error), true):
            contradict("command \(id.text) was refused later: \(error)")
        case (.accepted, false): contradict("command \(id.text) was taken with another body")
        case (.refused(AppendRefusal.commandReused), false), (.unheard, _): break
        case (.refused(let error), false):
            contradict("command \(id.text) with another body was refused for \(error)")
        }
    }

    private func contradict(_ words: String) {
        system.with { $0.testimony.contradictions.append("I10: " + words) }
    }

    /// Sends once, and waits for the answer or for the server's death.
    private mutating func send<D: Decider & SendableMetatype>(
        _ command: D.Command, to stream: StreamID, _ decider: D.Type, by actor: Actor, _ id: UUID,
        documents: [Document], _ digest: Digest? = nil, guards: [StreamGuard] = []
    ) throws -> Told {
        let answer = Answer()
        let (server, bus) = (installation.server, installation.bus)
        let context = CommandContext(actor: actor, at: now, commandID: id)
        var options = CommandBus.Options()
        options.documents = documents
        options.requestDigest = digest
        options.guards = guards
        server.start { [options] in
            do {
                let outcome = try await bus.send(command, to: stream, as: decider, context, options)
                answer.give(.accepted(outcome.receipt))
            } catch is CancellationError {
                answer.give(.unheard)
            } catch let error as EventStoreError where error.isRetryable {
                answer.give(.unheard)
            } catch AppendRefusal.versionConflict(let moved)
                where !guards.contains(where: { $0.stream == moved })
            {
                answer.give(.unheard)
            } catch {
                answer.give(.refused(error))
            }
        }
        // Somebody who hears nothing for that long asks again.
        let end = now + .seconds(90)
        try wait(until: end) { answer.value != nil || server.isDead }
        return answer.value ?? .unheard
    }
}
