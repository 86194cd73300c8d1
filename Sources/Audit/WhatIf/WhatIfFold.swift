internal import EventSourcing
internal import PatchManagement

/// Replays the decisions on findings, patches and rollouts in the order of the log, and notes which
/// would have come out otherwise.
struct WhatIfFold {
    private let change: PolicyChange
    private var pending: RecordedDecision?
    private var patches: [StreamID: StreamReplay<PatchDecider>] = [:]
    private var rollouts: [StreamID: StreamReplay<RolloutDecider>] = [:]
    /// The events that the last decision of a stream left; its timers may fire after it.
    private var last: [StreamID: RecordedDecision] = [:]
    private var findings: FindingReplay
    private var otherFindings = 0
    private var exceptions: Int64 = 0
    private var classes: Int64 = 0
    private(set) var same: Int64 = 0
    private(set) var differing: Int64 = 0
    private(set) var differences: [WhatIfReport.Difference] = []
    /// By reason.
    private(set) var undecided: [String: Int64] = [:]
    private var end = Timestamp(seconds: 0)

    init(_ change: PolicyChange) {
        self.change = change
        findings = FindingReplay(change.classification)
    }

    static let mostFindings = 100
    var findingCounts: WhatIfReport.Findings? {
        change.classification.isEmpty ? nil : findings.counts
    }

    var patchCount: Int64 { Int64(patches.count) }
    var rolloutCount: Int64 { Int64(rollouts.count) }

    mutating func read(_ event: EntryView) {
        end = Timestamp(microseconds: event.recordedAt)
        if event.isOf("ExceptionRequested") { exceptions += 1 }
        guard isMeant(event) else { return flush() }
        do {
            let event = try event.event()
            if event.stream.prefix == PolicyDecider.prefix[...] {
                flush()
                return findings.read(
                    policy: try PolicyEvent(
                        type: event.type, schemaVersion: event.schemaVersion, data: event.data))
            }
            if event.type == PatchAssessed.type { classes += 1 }
            if pending?.take(event) == true { return }
            flush()
            pending = RecordedDecision(event)
        } catch {
            // The scanner takes what `event` takes, so that this can't be.
            undecided[Reason.unreadable, default: 0] += 1
        }
    }

    /// Findings and policies only where a number of classification is another.
    private func isMeant(_ event: EntryView) -> Bool {
        switch event.stream.prefix {
        case StreamKey.patch, StreamKey.rollout: true
        case StreamKey.finding, StreamKey.policy: !change.classification.isEmpty
        default: false
        }
    }

    /// What comes after the last event: timers that would have been due by then, and what no history
    /// can tell.
    mutating func finish() {
        flush()
        for (stream, decision) in last.sorted(by: { $0.key < $1.key }) {
            if var replay = patches[stream], replay.isOtherFrom == nil {
                fireDue(&replay, stream, before: end, decision)
                patches[stream] = replay
            } else if var replay = rollouts[stream], replay.isOtherFrom == nil {
                fireDue(&replay, stream, before: end, decision)
                rollouts[stream] = replay
            }
        }
        if classes > 0 { undecided[Reason.classes] = classes }
        for (reason, concern) in change.undecidable {
            let count: Int64 =
                switch concern {
                case .patches: patchCount
                case .rollouts: rolloutCount
                case .findings, .policies: 1
                case .exceptions: exceptions
                }
            undecided[reason, default: 0] += count
        }
        undecided = undecided.filter { $0.value > 0 }
    }

    private mutating func flush() {
        guard let decision = pending else { return }
        pending = nil
        if decision.stream.prefix == FindingDecider.prefix[...] { return decideFinding(decision) }
        last[decision.stream] = decision
        if decision.stream.prefix == PatchDecider.prefix {
            decidePatch(decision)
        } else {
            decideRollout(decision)
        }
    }

    /// Why a decision isn't taken again.
    private enum Reason {
        static let later =
            "it comes after one in the same stream that would have come out otherwise"
        static let patch = "its patch would have taken another course before"
        static let rollout = "a rollout of the patch would have taken another course before"
        static let unreadable = "an event of the stream can't be read by this version"
        static let unknown = "what was asked can't be told from the events"
        static let classes =
            "the class of a patch, and with it its deadline: an analyst gives it, no number of policy"
    }

    // MARK: Findings

    private mutating func decideFinding(_ decision: RecordedDecision) {
        do {
            guard let outcome = try findings.decide(decision) else { return }
            switch outcome {
            case .same: same += 1
            case .undecided(let reason): undecided[reason, default: 0] += 1
            case .differs(let difference):
                differing += 1
                otherFindings += 1
                if otherFindings <= Self.mostFindings { differences.append(difference) }
            }
        } catch {
            undecided[Reason.unreadable, default: 0] += 1
        }
    }

    // MARK: Patches

    private mutating func decidePatch(_ decision: RecordedDecision) {
        let id = decision.stream
        var replay = patches[id] ?? StreamReplay()
        defer { patches[id] = replay }
        var (events, altered): ([PatchEvent], [PatchEvent]) = ([], [])
        var (was, would) = (replay.recorded, replay.changed)
        do {
            for event in decision.events {
                let read = try PatchEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                let other = try change.altered(event, was, would)
                PatchDecider.evolve(&was, read)
                PatchDecider.evolve(&would, other)
                events.append(read)
                altered.append(other)
            }
        } catch {
            undecided[Reason.unreadable, default: 0] += 1
            return replay.canNotBeRead(from: decision.position)
        }
        if replay.isOtherFrom == nil {
            fireDue(&replay, id, before: decision.first.occurredAt, decision)
        }
        let possible = RecordedPatchCommands.possible(events, altered: altered)
        if let (name, commands) = possible {
            if replay.isOtherFrom == nil {
                let comparison = replay.compare(commands, decision.context, events)
                judge(comparison, altered, name, decision, &replay)
            } else {
                count(undecidedIn: replay, isRolloutTheCause: rolloutsThatDiffer.contains(id))
            }
        }
        noteMoved(events, altered, decision, replay)
        replay.follow(events, altered: altered)
    }

    /// Patches of which a rollout would have taken another course.
    private var rolloutsThatDiffer = Set<StreamID>()

    private mutating func judge(
        _ comparison: StreamReplay<PatchDecider>.Comparison, _ altered: [PatchEvent],
        _ name: String, _ decision: RecordedDecision, _ replay: inout StreamReplay<PatchDecider>
    ) {
        switch comparison {
        case .notReproduced: undecided[Reason.unknown, default: 0] += 1
        case .refused(let rejection):
            if case .notDueYet(_, let due) = rejection {
                differ(.letGo, name, decision, "it ended", "not before \(due)")
            } else {
                differ(.refused, name, decision, "accepted", rejection.message)
            }
            replay.takesAnotherCourse(from: decision.position)
        case .decided(let other):
            guard Self.types(other) != Self.types(altered) else { return same += 1 }
            differ(
                other.isEmpty ? .letGo : .otherwise, name, decision, Self.words(altered),
                Self.words(other))
            replay.takesAnotherCourse(from: decision.position)
        }
    }

    /// An approval that had the end that the policy gave it.
    private mutating func noteMoved(
        _ events: [PatchEvent], _ altered: [PatchEvent], _ decision: RecordedDecision,
        _ replay: StreamReplay<PatchDecider>
    ) {
        guard replay.isOtherFrom == nil else { return }
        for (event, other) in zip(events, altered) {
            if case .approvalRequested(let was) = event, case .approvalRequested(let would) = other,
                was.expires != would.expires
            {
                differ(
                    .moved, "the request for approval", decision, "good until \(was.expires)",
                    "good until \(would.expires)", counts: false)
            }
        }
    }

    private mutating func fireDue(
        _ replay: inout StreamReplay<PatchDecider>, _ id: StreamID, before end: Timestamp,
        _ decision: RecordedDecision
    ) {
        let timers: [(PatchTimer, String, Timestamp?, Timestamp?)] = [
            (
                .qualificationDeadline, "the end of the test",
                replay.recorded.qualification?.deadline, replay.changed.qualification?.deadline
            ),
            (
                .approvalExpiry, "the end of the approval", replay.recorded.approval?.expires,
                replay.changed.approval?.expires
            ),
        ]
        for (timer, name, recorded, due) in timers {
            guard let due, due != recorded, due <= end,
                let events = replay.due(.timer(timer), decision.context(at: due))
            else { continue }
            differ(.stopped, name, decision, "it went on", "at \(due): \(Self.words(events))")
            return replay.takesAnotherCourse(from: decision.position)
        }
    }

    // MARK: Rollouts

    private mutating func decideRollout(_ decision: RecordedDecision) {
        let id = decision.stream
        var replay = rollouts[id] ?? StreamReplay()
        defer { rollouts[id] = replay }
        var (events, altered): ([RolloutEvent], [RolloutEvent]) = ([], [])
        var was = replay.recorded
        do {
            for event in decision.events {
                let read = try RolloutEvent(
                    type: event.type, schemaVersion: event.schemaVersion, data: event.data)
                let approval = movedApproval(of: was.plan?.patch)
                altered.append(try change.altered(event, was, approval: approval))
                RolloutDecider.evolve(&was, read)
                events.append(read)
            }
        } catch {
            undecided[Reason.unreadable, default: 0] += 1
            return replay.canNotBeRead(from: decision.position)
        }
        let patch = was.plan?.patch
        let isPatchOther = patch.flatMap { patches[$0]?.isOtherFrom } != nil
        if replay.isOtherFrom == nil, !isPatchOther {
            fireDue(&replay, id, before: decision.first.occurredAt, decision)
        }
        let possible = RecordedRolloutCommands.possible(
            events, altered: altered, replay.recorded, at: decision.position)
        if let (name, commands) = possible {
            if replay.isOtherFrom != nil {
                count(undecidedIn: replay, isRolloutTheCause: false)
            } else if isPatchOther {
                undecided[Reason.patch, default: 0] += 1
            } else {
                let comparison = replay.compare(commands, decision.context, events)
                judge(comparison, events, altered, name, decision, &replay)
            }
        }
        if replay.isOtherFrom != nil, let patch, patches[patch]?.isOtherFrom == nil {
            patches[patch]?.takesAnotherCourse(from: decision.position)
            rolloutsThatDiffer.insert(patch)
        }
        replay.follow(events, altered: altered)
    }

    /// When the patch's approval would have ended, where that is another time.
    private func movedApproval(of patch: StreamID?) -> Timestamp? {
        guard let replay = patch.flatMap({ patches[$0] }) else { return nil }
        let would = replay.changed.approval?.expires
        return would == replay.recorded.approval?.expires ? nil : would
    }

    private mutating func judge(
        _ comparison: StreamReplay<RolloutDecider>.Comparison, _ events: [RolloutEvent],
        _ altered: [RolloutEvent], _ name: String, _ decision: RecordedDecision,
        _ replay: inout StreamReplay<RolloutDecider>
    ) {
        switch comparison {
        case .notReproduced: return undecided[Reason.unknown, default: 0] += 1
        case .refused(let rejection):
            differ(.refused, name, decision, "accepted", rejection.message)
        case .decided(let other):
            let (was, would) = (Halt(events), Halt(other))
            switch (was, would) {
            case (nil, nil) where Self.types(other) == Self.types(altered): return same += 1
            case (let was?, let would?) where was.isLike(would): return same += 1
            case (nil, let would?):
                differ(.stopped, name, decision, "it went on", would.words)
            case (let was?, nil):
                differ(.letGo, name, decision, was.words, "it would have gone on")
            case (let was?, let would?): differ(.otherwise, name, decision, was.words, would.words)
            case (nil, nil):
                differ(.otherwise, name, decision, Self.words(altered), Self.words(other))
            }
        }
        replay.takesAnotherCourse(from: decision.position)
    }

    private mutating func fireDue(
        _ replay: inout StreamReplay<RolloutDecider>, _ id: StreamID, before end: Timestamp,
        _ decision: RecordedDecision
    ) {
        let (was, would) = (replay.recorded, replay.changed)
        var timers: [(due: Timestamp, command: RolloutCommand)] = []
        if let due = would.deadline, due != was.deadline, due <= end {
            timers.append((due, .progressDeadlinePassed(batch: would.batch, deadline: due)))
        }
        if let due = would.approvalExpires, due != was.approvalExpires, due <= end {
            timers.append((due, .approvalExpired(expires: due)))
        }
        for (due, command) in timers.sorted(by: { $0.due < $1.due }) {
            guard let events = replay.due(command, decision.context(at: due)) else { continue }
            let words = Halt(events)?.words ?? Self.words(events)
            differ(.stopped, "what was due by time", decision, "it went on", "at \(due): \(words)")
            return replay.takesAnotherCourse(from: decision.position)
        }
    }

    // MARK: What is noted

    private mutating func count<D: Decider>(
        undecidedIn replay: StreamReplay<D>, isRolloutTheCause: Bool
    ) {
        let reason =
            replay.isUnreadable
            ? Reason.unreadable : isRolloutTheCause ? Reason.rollout : Reason.later
        undecided[reason, default: 0] += 1
    }

    private mutating func differ(
        _ kind: WhatIfReport.Kind, _ name: String, _ decision: RecordedDecision, _ was: String,
        _ would: String, counts: Bool = true
    ) {
        if counts { differing += 1 }
        differences.append(
            WhatIfReport.Difference(
                position: decision.position, stream: decision.stream.text,
                at: decision.first.occurredAt, decision: name, kind: kind, was: was, would: would))
    }

    private static func types(_ events: [some DomainEvent]) -> [String] {
        events.map { type(of: $0.payload).type }
    }

    private static func words(_ events: [some DomainEvent]) -> String {
        events.isEmpty ? "nothing" : types(events).joined(separator: ", ")
    }
}

extension RecordedDecision {
    func context(at moment: Timestamp) -> CommandContext {
        CommandContext(actor: first.actor, at: moment, commandID: first.commandID)
    }
}
