internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing

struct SampleCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draws an auditor's sample, and reconciles the population that it is from.",
        discussion: """
            The same seed at the same checkpoint draws the same sample, and anybody can draw it \
            again: each member has the rank SHA-256(L1 .. L6), where L1 to L6 are the lines \
            'patchflow-sample/1', the population, the seed, the checkpoint's size, its root in base64 \
            and the member's id, each with a line feed; the lowest ranks are the sample.

            Read are all events up to the checkpoint, from a bundle of the whole log (--bundle) or \
            from the server; that they are what the checkpoint signed is checked on the way. Of each \
            item the positions of its events are shown: 'audit prove POSITION --size SIZE' proves one.

            Exit status: 9 when the events are not what was signed, or don't add up.
            """)

    @Option(help: "Decides who is drawn: any number from 0 on.")
    var seed: UInt64

    @Option(
        name: .customLong("of"), help: ArgumentHelp("Of what to draw.", valueName: "population"))
    var population: SamplePopulation = .deployments

    @Option(help: ArgumentHelp("How many to draw.", valueName: "number"))
    var size = 25

    @Option(
        help: ArgumentHelp(
            "Only of those whose first event was recorded then or later, in UTC.",
            valueName: "time"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "Only of those whose first event was recorded before, in UTC.", valueName: "time"))
    var to: String?

    static let insteadOfAsOf: String? = HistoryOptions.insteadOfAsOf

    @OptionGroup var history: HistoryOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard size > 0 else { throw ValidationError("--size \(size): draw 1 or more") }
    }

    func run(_ session: Session) async throws {
        let dates = try dates()
        let sample = try await history.with(session) { history, signer in
            var sample = try await AuditSample(
                of: population, size, seed: seed, dates: dates, from: history)
            sample.signedBy = signer
            return sample
        }
        try session.printer.show(sample) { SampleText.text(sample) }
        guard sample.reconciles else {
            throw ClientFailure.evidenceFailed(
                "the population doesn't add up: \(sample.population) and the excluded are not the "
                    + "\(sample.whole) whose first events are in the log")
        }
    }

    private func dates() throws -> RecordedDates? {
        if from == nil, to == nil { return nil }
        func moment(_ text: String?, _ option: String) throws -> Timestamp? {
            guard let text else { return nil }
            guard let moment = Timestamp(timeOrDate: text) else {
                throw ClientFailure.usage(
                    "\(option) '\(text)' is no date such as 2026-03-01, nor a time such as "
                        + "2026-03-01T09:30:00Z")
            }
            return moment
        }
        let dates = RecordedDates(from: try moment(from, "--from"), to: try moment(to, "--to"))
        guard let dates else {
            throw ClientFailure.usage("--to must be later than --from, and is not of the dates")
        }
        return dates
    }
}

extension SamplePopulation: ExpressibleByArgument {}
