internal import APIContract
internal import Application
private import EventSourcing
private import PatchManagement

extension EffectivePolicyResource {
    init(_ reading: PolicyReading) {
        let policy = reading.policy
        self.init(
            site: policy.path.site, group: policy.path.group, asset: policy.path.asset?.text,
            sections: PolicySection.allCases.map { section in
                let digest: Digest? =
                    switch section {
                    case .classification: policy.classification.pin.digest
                    case .rollout: policy.rolloutPin.digest
                    case .patch, .exceptions, .tracks, .windows, .retention, .review: nil
                    }
                return PolicySectionResource(
                    section: section.rawValue, version: policy.version(of: section),
                    digest: digest?.description)
            },
            values: policy.values.map { value in
                PolicyValueResource(
                    field: value.field.rawValue, value: value.value,
                    scope: value.source.scope?.description, version: value.source.version,
                    hidden: value.hidden.map {
                        HiddenPolicyValueResource(
                            value: $0.value, scope: $0.source.scope?.description,
                            version: $0.source.version)
                    })
            },
            ignored: policy.ignored.map(\.description), position: reading.position)
    }
}

extension WindowsResource {
    init(_ preview: WindowPreview) {
        let state =
            switch preview.state {
            case .open: "open"
            case .pastCutoff: "past-cutoff"
            case .closed: "closed"
            case .unrestricted: "unrestricted"
            case .frozen: "frozen"
            }
        self.init(
            site: preview.path.site, group: preview.path.group, asset: preview.path.asset?.text,
            from: preview.from.description, state: state,
            openings: preview.openings.map { opening in
                WindowOpeningResource(
                    window: opening.window, startsAt: opening.start.description,
                    lastStartAt: opening.lastStart.description, endsAt: opening.end.description,
                    localStart: opening.localStart, localEnd: opening.localEnd,
                    timeZone: opening.timeZone,
                    frozenBy: preview.calendar.freezes(in: opening).map(\.name))
            },
            freezes: preview.calendar.freezes.map {
                PolicyFreezeResource(
                    name: $0.name, from: $0.from.description, to: $0.to.description,
                    reason: $0.reason)
            },
            faults: preview.calendar.faults, position: preview.position)
    }
}

extension PolicyWhatIfResource {
    init(_ examined: ExaminedPolicy) {
        let whatIf = examined.whatIf
        let summary = whatIf.summary
        self.init(
            policy: examined.written.id.text, scope: whatIf.scope.description,
            version: whatIf.version, digest: whatIf.proposal.description,
            fields: whatIf.fields.map {
                PolicyFieldChangeResource(field: $0.field, before: $0.before, after: $0.after)
            },
            examined: summary.examined, unexamined: summary.unexamined,
            changed: summary.changed, earlier: summary.earlier,
            classes: summary.classes.map {
                PolicyClassChangeResource(
                    before: $0.before.rawValue, after: $0.after.rawValue, findings: $0.findings)
            },
            findings: whatIf.findings.map {
                PolicyFindingChangeResource(
                    finding: $0.finding.text, asset: $0.asset.text,
                    vulnerability: $0.vulnerability, before: $0.before.rawValue,
                    after: $0.after.rawValue, deadline: $0.deadline.description,
                    newDeadline: $0.newDeadline.description)
            },
            faults: summary.faults, position: examined.written.position)
    }
}
