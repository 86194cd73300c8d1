internal import EventSourcing
internal import PatchManagement

/// Findings: each begins with a match, has the class that its inputs come to by a policy that was
/// published, keeps its deadline unless a rule moves it, and ends by evidence from after what mended
/// it (I13, I14).
///
/// There are many of them, so that only what the rules need is kept of each.
struct FindingRules {
    struct Held {
        var asset: StreamKey
        var phase = FindingPhase.open
        /// Where a disputed one goes back to.
        var phaseBefore: FindingPhase?
        var episode = 1
        var opened: Timestamp
        var inScope: Timestamp
        /// What shows that it is gone is from after this.
        var evidenceAfter: Timestamp
        var fixReleased: Timestamp?
        var clock: SLAClock?
        var deadline: Timestamp?
        /// An exception has given time.
        var hasGrant = false
        /// What stands in for a patch may count the time anew when it ends.
        var mayRestart = false
        var isBreached = false
    }

    /// What the rules look at that is no finding.
    struct Others {
        let people: PeopleRules
        let exceptions: ExceptionRules
        let controls: ControlRules
        let feeds: FeedRules
        /// Whether a deployment succeeded on an asset; nil when it isn't in the bundle.
        let succeeded: (_ deployment: StreamKey, _ asset: StreamKey) -> Bool?
    }

    struct Correction {
        let digest: Digest
        let by: Actor
    }

    /// Which forensic holds a finding ever had.
    struct PastHolds: OptionSet {
        let rawValue: UInt8
        static let placed = PastHolds(rawValue: 1)
        /// One of them has ended.
        static let ended = PastHolds(rawValue: 2)
    }

    static let rule = "finding"
    /// Clocks of one installation differ by less.
    static let slack = Duration.seconds(300)

    /// By the number of the stream: where it is in `all`, -1 for what isn't there.
    private var indices: [Int32] = []
    private var all: [Held] = []
    /// Corrections that were asked for, and forensic holds that are open with the moment from which
    /// they may be decided: of few findings.
    private var corrections: [Int32: Correction] = [:]
    private var holds: [Int32: Timestamp] = [:]
    private var everHeld: [Int32: PastHolds] = [:]

    /// Of the finding with that stream, as far as they concern the asset; nil when it isn't known.
    func pastHolds(ofStream number: Int, on asset: StreamKey) -> PastHolds? {
        guard number < indices.count, indices[number] >= 0 else { return nil }
        let index = indices[number]
        return all[Int(index)].asset == asset ? everHeld[index] ?? [] : []
    }

    mutating func read(
        _ event: EntryView, ofStream number: Int, _ others: Others, _ policies: inout PolicyRules,
        _ judgement: inout Judgement
    ) {
        guard let read = judgement.decode(FindingEvent.self, event) else { return }
        if case .opened(let opened) = read {
            return open(opened, event, number, others, &judgement)
        }
        guard number < indices.count, indices[number] >= 0 else {
            return judgement.violation(Self.rule, event, "nobody opened it")
        }
        let index = indices[number]
        var held = all[Int(index)]
        switch read {
        case .classified, .corrected, .correctionRequested:
            classify(&held, index, read, event, others, &policies, &judgement)
        case .fixObserved, .deadlineMoved, .warned, .breached:
            move(&held, read, event, others, &judgement)
        case .mitigated, .accepted: treat(&held, read, event, others, &judgement)
        case .holdPlaced, .evidenceCollected, .holdDecided:
            hold(held, index, read, event, others, &judgement)
        default: end(&held, read, event, others, &judgement)
        }
        all[Int(index)] = held
    }

    private mutating func open(
        _ opened: FindingOpened, _ event: EntryView, _ number: Int, _ others: Others,
        _ judgement: inout Judgement
    ) {
        others.people.check(opened.by, mayDo: [.openFinding], event, &judgement)
        checkStream(opened.opening, event, &judgement)
        if number < indices.count, indices[number] >= 0 {
            return judgement.violation(Self.rule, event, "it was opened before")
        }
        if indices.count <= number {
            indices += repeatElement(-1, count: number + 1 - indices.count)
        }
        indices[number] = Int32(all.count)
        all.append(
            Held(
                asset: StreamKey(opened.opening.asset), opened: opened.opened,
                inScope: opened.opening.inScope, evidenceAfter: opened.opening.observed,
                fixReleased: opened.opening.fixReleased))
    }

    func checkStream(
        _ opening: FindingOpening, _ event: EntryView, _ judgement: inout Judgement
    ) {
        if StreamKey(opening.finding) != event.stream {
            judgement.violation(
                Self.rule, event,
                "\(opening.vulnerability) on \(opening.asset) is another finding")
        }
    }

    func need(
        _ needed: [FindingPhase], _ held: Held, _ event: EntryView, _ judgement: inout Judgement
    ) {
        if !needed.contains(held.phase) {
            judgement.violation(Self.rule, event, "the finding is \(held.phase.rawValue)")
        }
    }

    static let notClosed = FindingPhase.allCases.filter { !$0.isClosed }

    // MARK: Classes and corrections

    private mutating func classify(
        _ held: inout Held, _ index: Int32, _ read: FindingEvent, _ event: EntryView,
        _ others: Others, _ policies: inout PolicyRules, _ judgement: inout Judgement
    ) {
        need(Self.notClosed, held, event, &judgement)
        switch read {
        case .classified(let classified):
            others.people.check(classified.by, mayDo: [.classifyFinding], event, &judgement)
            check(ClassifiedAs(classified), held, event, others, &policies, &judgement)
            set(&held, classified.deadline, classified.clock)
            if held.hasGrant {
                held.hasGrant = classified.ungranted.map { $0 < classified.deadline } ?? true
            }
        case .correctionRequested(let requested):
            others.people.check(requested.by, mayDo: [.correctFinding], event, &judgement)
            if requested.digest != requested.inputs.digest {
                judgement.violation("I14", event, "the digest is not that of the inputs")
            }
            corrections[index] = Correction(digest: requested.digest, by: requested.by)
        case .corrected(let corrected):
            others.people.check(corrected.by, mayDo: [.correctFinding], event, &judgement)
            check(corrected, corrections[index], event, &judgement)
            check(ClassifiedAs(corrected), held, event, others, &policies, &judgement)
            corrections[index] = nil
            set(&held, corrected.deadline, corrected.clock)
        default: break
        }
    }

    private func check(
        _ corrected: InputCorrected, _ requested: Correction?, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        guard let requested else {
            return judgement.violation("I14", event, "nobody asked for the correction")
        }
        if corrected.requester != requested.by {
            judgement.violation(
                "I14", event, "\(requested.by.id) asked for it, not \(corrected.requester.id)")
        }
        for person in corrected.by.people where requested.by.people.contains(person) {
            judgement.violation("I14", event, "\(person) confirms the correction and asked for it")
        }
        if corrected.inputs.digest != requested.digest {
            judgement.violation("I14", event, "the inputs are not those that were asked for")
        }
    }

    /// A later deadline is one that may be missed anew.
    func set(_ held: inout Held, _ deadline: Timestamp, _ clock: SLAClock) {
        if let before = held.deadline, deadline > before { held.isBreached = false }
        held.deadline = deadline
        held.clock = clock
    }

    // MARK: Forensic holds

    private mutating func hold(
        _ held: Held, _ index: Int32, _ read: FindingEvent, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .holdPlaced(let placed):
            need(Self.notClosed, held, event, &judgement)
            // A table's row asks for it along with a class, or a correction of one.
            others.people.check(
                placed.by,
                mayDo: placed.row == nil
                    ? [.placeForensicHold] : [.classifyFinding, .correctFinding], event,
                &judgement)
            holds[index] = placed.decisionDue
            everHeld[index, default: []].insert(.placed)
        case .evidenceCollected(let collected):
            others.people.check(
                collected.by, mayDo: [.collectForensicEvidence], event, &judgement)
            if holds.removeValue(forKey: index) == nil {
                judgement.violation(Self.rule, event, "there is no forensic hold")
            }
            everHeld[index, default: []].insert(.ended)
        case .holdDecided(let decided):
            others.people.check(decided.by, mayDo: [.decideForensicHold], event, &judgement)
            guard let due = holds.removeValue(forKey: index) else {
                return judgement.violation(Self.rule, event, "there is no forensic hold")
            }
            if Timestamp(microseconds: event.occurredAt) < due {
                judgement.violation(Self.rule, event, "it may be decided from \(due) on")
            }
            if decided.outcome == .kept {
                holds[index] = decided.decisionDue ?? due
            } else {
                everHeld[index, default: []].insert(.ended)
            }
        default: break
        }
    }
}
