import EventSourcing

extension PatchDecider {
    static func evolveQualification(_ patch: inout Patch, _ event: PatchEvent) {
        switch event {
        case .qualificationStarted(let started):
            patch.qualification = Qualification(
                number: started.number, artefact: started.artefact, checks: started.checks,
                covered: started.covered, tester: started.by, deadline: started.deadline,
                hosts: started.hosts.map { TestedHost(sample: $0.sample, attempt: $0.attempt) },
                trial: started.trial, smoke: started.smoke)
            patch.qualifications = started.number
            // Whatever stood on the test before has to be asked for anew.
            patch.evidence = nil
            patch.signedOffBy = nil
            patch.approval = nil
            patch.decision = .testing
        case .stepBegun(let begun):
            update(&patch, begun.asset) { host in
                host.lease = TestedHost.Lease(
                    step: begun.step, worker: begun.worker, fence: begun.fence)
            }
        case .stepRepeated(let repeated):
            update(&patch, repeated.asset) { host in
                host.lease = nil
                host.spentFence = max(host.spentFence, repeated.fence)
                host.awaiting = repeated.isProbe ? .probe(repeated.step) : .step(repeated.step)
                if repeated.isProbe { host.probes += 1 } else { host.retries += 1 }
            }
        case .checkRecorded(let recorded):
            update(&patch, recorded.check.asset) { host in
                host.lease = nil
                host.spentFence = max(host.spentFence, recorded.fence)
                host.retries = 0
                host.probes = 0
                host.checks.append(recorded.check)
                if let prior = recorded.prior { host.prior = prior }
                if recorded.check.step == .precheck { host.installed = recorded.installed }
                host.awaiting = recorded.next.map { .step($0) } ?? .nothing
            }
        case .qualificationPassed(let passed):
            guard let qualification = patch.qualification else { return }
            patch.evidence = Patch.Evidence(
                digest: passed.evidence, checks: qualification.checks, covered: passed.covered,
                isReversible: passed.reversible, gathered: passed.gathered,
                tester: qualification.tester, smoke: qualification.smoke)
            patch.decision = .tested
        case .qualificationFailed: patch.decision = .testFailed
        case .qualificationInconclusive: patch.decision = .testInconclusive
        default: break
        }
    }

    private static func update(
        _ patch: inout Patch, _ asset: StreamID, _ change: (inout TestedHost) -> Void
    ) {
        guard
            let index = patch.qualification?.hosts.firstIndex(where: { $0.sample.asset == asset }),
            var host = patch.qualification?.hosts[index]
        else { return }
        change(&host)
        patch.qualification?.hosts[index] = host
    }
}
