import APIContract
package import ArgumentParser
private import JSON

/// `audit redact SUBJECT`: erases what the log holds of somebody, by two people.
package struct RedactCommand: ActionCommand {
    package static let configuration = CommandConfiguration(
        commandName: "redact",
        abstract: "Erases what events hold of a person, for good; it takes two people.",
        discussion: """
            An administrator asks for it; within seven days another administrator or a riskOwner \
            gives the same command with --confirm. That is recorded (SubjectErased), ends the \
            person's roles and tokens, and then the person's key is destroyed. The stored bytes, every \
            hash and every proof stay as they are; what was encrypted is not to be read any more, by \
            anybody, at whatever moment of the past one looks. Lists say (erased).

            Encrypted, and so erased: the person's name, and the reasons for taking back its roles and \
            tokens. Not erased: the id, a pseudonym that follows from the name, by which events say who \
            did what; reasons that people gave for what they decided about patches and rollouts; owner \
            and login of assets; what hosts report; names that were recorded before they were encrypted \
            (the event says how many), and in evidence packs of that time; what was exported or logged \
            elsewhere. Nobody can have the name again.

            Keys lie in a directory of the server's (--subject-keys). Take the person's key out of the \
            backups of that directory as well; one that comes back from there is destroyed by the next \
            server that starts.

            A key that is lost already is no reason to stay in the log: with --key-lost, said by both \
            people, the erasure is recorded all the same (SubjectErased says that the key was missing). \
            It is refused where the server finds the key.
            """)

    @Argument(help: "Whom: the name, or the id (pe_…).")
    var subject: String

    @Flag(help: "Confirms what another person has asked for.")
    var confirm = false

    @Flag(help: "The person's key is lost: nobody has it, in no backup.")
    var keyLost = false

    @Option(help: "Why; it is recorded, and can't be erased: don't name the person.")
    var reason: String

    @OptionGroup package var global: GlobalOptions

    package init() {}

    package func run(_ session: Session) async throws {
        if confirm {
            try session.printer.confirm(
                "Erase \(subject) for good? Nothing brings it back.", isYes: global.yes)
        }
        let receipt: Receipt = try await session.client.post(
            confirm ? "erasures:confirm" : "erasures",
            ErasureRequest(person: subject, reason: reason, keyLost: keyLost ? true : nil),
            ifVersion: session.options.ifVersion)
        try session.printer.receipt(receipt)
        if confirm {
            try await tellWhatStays(receipt.position, session)
        } else {
            session.printer.note(
                "nothing is erased yet: another administrator or a riskOwner confirms it with --confirm"
            )
        }
    }

    private func tellWhatStays(_ position: Int64, _ session: Session) async throws {
        let event: EventResource = try await session.client.get("events/\(position)")
        guard case .object(let data) = event.data, case .integer(let count)? = data["clear_texts"],
            count > 0
        else { return }
        session.printer.note(
            "\(count) older texts about the person were never encrypted: those stay in the log")
    }
}
