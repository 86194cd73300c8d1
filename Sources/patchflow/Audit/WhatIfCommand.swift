internal import ArgumentParser
internal import Audit
internal import CommandLineClient

struct WhatIfCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Replays history by another policy: what would have been decided otherwise.",
        discussion: """
            The policy has the numbers that are to be others: a document as 'policy propose' takes it, \
            in YAML or JSON. All that it doesn't name stays as each finding, each patch and each plan has it:

              {"classification": {"sla": {"important_seconds": 604800}},
               "patch": {"evidence_seconds": 604800},
               "rollout": {"gate": {"max_percent": 2}, "progress_deadline_seconds": 7200}}

            classification: every number of it; each finding is classified again by what was recorded \
              of it then
            patch: approval_seconds, evidence_seconds, longest_deferral_seconds,
              qualification_seconds
            rollout: approval_expiry_seconds, progress_deadline_seconds, and in gate max_failures,
              max_percent, min_success_percent, max_absent_percent, max_total_failures, on_trip
            All else that a policy says is counted as not decidable, with the reason.

            The decisions are taken again by the code that took them, from what is recorded: \
            classes, sign-offs, approvals, starts, every gate, deadlines. What comes after a decision that \
            would have come out otherwise is of another course: it is counted as not decidable, with \
            the reason, as is all else that history doesn't tell. Changes nothing.

            Exit status: 9 when the events are not what was signed.
            """)

    @Option(
        help: ArgumentHelp(
            "The numbers that are to be others; - for standard input.", valueName: "file"))
    var policy: String

    static let insteadOfAsOf: String? = HistoryOptions.insteadOfAsOf

    @OptionGroup var history: HistoryOptions
    @OptionGroup var global: GlobalOptions

    func run(_ session: Session) async throws {
        let change = try Self.change(policy)
        let report = try await history.with(session) { history, signer in
            var report = try await WhatIfReport(change, over: history)
            report.signedBy = signer
            return report
        }
        try session.printer.show(report) { WhatIfText.text(report) }
    }

    private static func change(_ path: String) throws -> PolicyChange {
        let json = try PolicyFile.json(at: path)
        do throws(PolicyChangeError) {
            return try PolicyChange(json)
        } catch {
            throw ClientFailure.usage("\(path): \(error)")
        }
    }
}
