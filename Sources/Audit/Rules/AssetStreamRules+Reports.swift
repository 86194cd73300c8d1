internal import EventSourcing
internal import PatchManagement

/// Everything but registrations and scans, of which there is little: what others report of an asset,
/// what its cloud shows, what it is held for, and its end.
extension AssetStreamRules {
    func judge(
        _ read: AssetEvent, _ held: inout Held, _ more: inout More, _ event: EntryView,
        _ others: Others, _ judgement: inout Judgement
    ) {
        switch read {
        case .held, .released: hold(read, &more, event, others, &judgement)
        case .rebootAwaited(let awaited):
            Self.needActive(held, event, &judgement)
            others.people.check(writerOf: event, as: Writers.hold, &judgement)
            more.awaited[awaited.deployment] = awaited.bootID
        default:
            Self.needActive(held, event, &judgement)
            describe(read, &held, event, others, &judgement)
            report(read, &held, &more, event, others.people, &judgement)
            observe(read, &more, event, others.people, &judgement)
        }
    }

    // MARK: Description and end

    private func describe(
        _ read: AssetEvent, _ held: inout Held, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        let people = others.people
        switch read {
        case .described(let described):
            people.check(writerOf: event, as: Writers.describe, &judgement)
            if let fault = described.attributes.faults.first {
                judgement.violation(Self.rule, event, "it can't be described so: \(fault)")
            }
        case .originsNoted(let noted):
            people.check(author: noted.by, event, &judgement)
            people.check(writerOf: event, as: Writers.registerAgain, &judgement)
            others.attributes.check(noted.origins, event, &judgement)
        case .overdue:
            people.check(writerOf: event, as: Writers.watch, &judgement)
            if held.isOverdue {
                judgement.violation(Self.rule, event, "it has reported nothing since it was told")
            }
            held.isOverdue = true
        case .decommissioned(let ended):
            people.check(writerOf: event, as: Writers.decommission, &judgement)
            if ended.reason.allSatisfy(\.isWhitespace) {
                judgement.violation(Self.rule, event, "it ends without a reason")
            }
            if ended.successor.map({ StreamKey($0) == event.stream }) == true {
                judgement.violation(Self.rule, event, "it can't stand in its own place")
            }
            held.isDecommissioned = true
        default: break
        }
    }

    // MARK: Reports of others

    private func report(
        _ read: AssetEvent, _ held: inout Held, _ more: inout More, _ event: EntryView,
        _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        switch read {
        case .reportTaken(let taken):
            people.check(author: taken.by, event, &judgement)
            check(taken, more, event, people, &judgement)
            more.reports[taken.taking.source] = (taken.taking.report, taken.taking.gathered)
            held.isOverdue = false
        case .reportConfirmed(let confirmed):
            checkReporter(confirmed.source, event, people, &judgement)
            let known = more.reports[confirmed.source]
            if known?.report != confirmed.report {
                judgement.violation(
                    Self.rule, event, "'\(confirmed.source)' said something else before")
            }
            checkTime(confirmed.gathered, after: known?.gathered, event, &judgement)
            more.reports[confirmed.source] = (confirmed.report, confirmed.gathered)
            held.isOverdue = false
        case .sourceForgotten(let forgotten):
            people.check(author: forgotten.by, event, &judgement)
            people.check(
                writerOf: event,
                as: ImageOrigin.isSource(forgotten.source)
                    ? Writers.forgetImage : Writers.forget, &judgement)
            if more.reports[forgotten.source]?.report != forgotten.report {
                judgement.violation(
                    Self.rule, event, "'\(forgotten.source)' said something else before")
            }
            more.reports[forgotten.source] = nil
        default: break
        }
    }

    private func check(
        _ taken: PackageReportTaken, _ more: More, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        let taking = taken.taking
        checkReporter(taking.source, event, people, &judgement)
        if let fault = taking.faults.first {
            judgement.violation(Self.rule, event, "it can't be taken so: \(fault)")
        }
        if ImageOrigin.isSource(taking.source) != (taking.image != nil) {
            judgement.violation(
                Self.rule, event, "'\(taking.source)' is not where such a report comes from")
        }
        let known = more.reports[taking.source]
        if taken.before != known?.report {
            judgement.violation(
                Self.rule, event, "it follows on another report of '\(taking.source)'")
        }
        checkTime(taking.gathered, after: known?.gathered, event, &judgement)
    }

    private func checkReporter(
        _ source: String, _ event: EntryView, _ people: PeopleRules, _ judgement: inout Judgement
    ) {
        let writers = ImageOrigin.isSource(source) ? Writers.reportImage : Writers.report
        people.check(writerOf: event, as: writers, &judgement)
    }

    private func checkTime(
        _ gathered: Timestamp, after known: Timestamp?, _ event: EntryView,
        _ judgement: inout Judgement
    ) {
        if let known, gathered < known {
            judgement.violation(Self.rule, event, "one from \(known) of the same source was known")
        }
        if gathered > Timestamp(microseconds: event.occurredAt) + FindingRules.slack {
            judgement.violation(Self.rule, event, "it says what was seen later, at \(gathered)")
        }
    }

    // MARK: Clouds

    private func observe(
        _ read: AssetEvent, _ more: inout More, _ event: EntryView, _ people: PeopleRules,
        _ judgement: inout Judgement
    ) {
        switch read {
        case .instanceObserved(let observed):
            people.check(observed.by, mayDo: [.reconcileCloud], event, &judgement)
            let observation = observed.observation
            if let known = more.instance, !more.isGoneFromCloud,
                known.scope != observation.scope || known.instance.id != observation.instance.id
            {
                judgement.violation(
                    Self.rule, event, "it was instance \(known.instance.id), which wasn't gone")
            }
            more.instance = observation
            more.isGoneFromCloud = false
        case .instanceGone(let gone):
            people.check(gone.by, mayDo: [.reconcileCloud], event, &judgement)
            if more.isGoneFromCloud || more.instance?.scope != gone.scope
                || more.instance?.instance.id != gone.instance
            {
                judgement.violation(
                    Self.rule, event, "it was not instance \(gone.instance) before")
            }
            more.isGoneFromCloud = true
        case .predecessorLinked(let linked):
            people.check(
                linked.by, mayDo: [.replaceAsset, .decommissionAsset], event, &judgement)
            if more.predecessor != nil || StreamKey(linked.predecessor) == event.stream {
                judgement.violation(
                    Self.rule, event, "it can't stand in the place of \(linked.predecessor)")
            }
            more.predecessor = linked.predecessor
        default: break
        }
    }

    // MARK: Forensic holds

    /// The workflow tells an asset of a finding's hold a little later, when that may have ended again.
    private func hold(
        _ read: AssetEvent, _ more: inout More, _ event: EntryView, _ others: Others,
        _ judgement: inout Judgement
    ) {
        others.people.check(writerOf: event, as: Writers.hold, &judgement)
        switch read {
        case .held(let told):
            if !more.holds.insert(told.finding).inserted {
                judgement.violation(Self.rule, event, "it is held for \(told.finding) already")
            }
            check(
                .placed, "nobody placed a forensic hold on \(told.finding)", told.finding, event,
                others, &judgement)
        case .released(let told):
            if more.holds.remove(told.finding) == nil {
                judgement.violation(Self.rule, event, "it is not held for \(told.finding)")
            }
            check(
                .ended, "the forensic hold on \(told.finding) has not ended", told.finding, event,
                others, &judgement)
        default: break
        }
    }

    private func check(
        _ needed: FindingRules.PastHolds, _ reason: String, _ finding: StreamID,
        _ event: EntryView, _ others: Others, _ judgement: inout Judgement
    ) {
        guard let past = others.holds(StreamKey(finding), event.stream) else {
            return judgement.absent(Self.rule, event, "there is no finding \(finding)")
        }
        if !past.contains(needed) { judgement.violation(Self.rule, event, reason) }
    }

    /// Who writes the events of assets. Attribute rules and images are followed with whatever brought
    /// news of an asset, by whoever did that.
    enum Writers {
        static let register = RoleWords([.importAssets, .registerAsset])
        static let registerAgain = RoleWords([
            .importAssets, .registerAsset, .applyAttributeRules, .reportAsset,
        ])
        static let describe = RoleWords([.importAssets, .registerAsset, .replaceAsset])
        static let scan = RoleWords([.scanAsset])
        static let recordScan = RoleWords([.recordScan])
        static let watch = RoleWords(roles: [.monitor])
        static let decommission = RoleWords([.decommissionAsset, .replaceAsset])
        static let report = RoleWords([.reportAsset])
        static let reportImage = RoleWords(bringingImages)
        static let forget = RoleWords([.forgetReportSource])
        static let forgetImage = RoleWords(bringingImages + [.forgetReportSource])
        static let hold = RoleWords(roles: [.workflow])

        private static let bringingImages: [Action] = [
            .reportAsset, .importAssets, .replaceAsset, .reconcileCloud, .verifyImage,
        ]
    }
}
