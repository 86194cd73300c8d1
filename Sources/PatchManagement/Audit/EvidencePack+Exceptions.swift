internal import EventSourcing

/// What stood in for patching, and what the patch broke.
extension EvidencePack {
    static func granted(_ streams: [[RecordedEvent]]) throws(EvidenceError) -> [Exception] {
        var granted: [Exception] = []
        for events in streams {
            if let exception = try exception(events) { granted.append(exception) }
        }
        return granted
    }

    /// nil for one that was never granted.
    private static func exception(_ events: [RecordedEvent]) throws(EvidenceError) -> Exception? {
        var state = RiskException()
        for event in events {
            do {
                ExceptionDecider.evolve(
                    &state,
                    try ExceptionEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
            } catch {
                throw EvidenceError(position: event.position, problem: "\(error)")
            }
        }
        guard let id = state.id, let request = state.request, let granted = state.granted,
            let phase = state.phase, let until = state.until
        else { return nil }
        return Exception(
            exception: id, kind: request.kind, state: phase, reason: request.reason,
            requestedBy: state.requester?.id ?? "", grantedBy: state.grantedBy?.id ?? "",
            granted: granted, until: until, control: request.control)
    }

    static func flaw(_ flaw: IntroducedFlaw) -> Flaw {
        Flaw(
            flaw: flaw.flaw, riskClass: flaw.riskClass, reason: flaw.reason,
            mendedBy: flaw.mendedBy, acceptedBy: flaw.acceptedBy?.id)
    }
}
