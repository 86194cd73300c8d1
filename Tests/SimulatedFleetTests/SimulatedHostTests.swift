import EventSourcing
import FoundationEssentials
import PatchManagement
import SimulatedFleet
import Testing

private let noon = Timestamp(seconds: 1_767_268_800)
private let demo = SimulatedArchive.updates.first { $0.name == "pf-demo" }!.pin

private func address(_ number: Int) -> HostAddress {
    let location = "192.0.2.\(number)"
    return AssetRegistration(name: "host-\(number)", address: location).host
}

private func attempt(_ number: UInt64) -> UUID {
    .version7(at: noon, random: (0, number))
}

/// A fleet that can be asked within an expectation.
private final class Lab {
    var fleet: SimulatedFleet

    init(_ faults: String = "none", seed: UInt64 = 7) throws {
        fleet = SimulatedFleet(FleetSettings(seed: seed, faults: try FaultProfile(faults)))
    }

    var host: SimulatedHost { fleet.host(address(1)) }

    /// Performs `work` on a host.
    func work(
        _ work: Work, on number: Int = 1, fence: Int64 = 1, at moment: Timestamp = noon,
        limit: Duration = .seconds(600)
    ) -> Performance {
        fleet.perform(
            WorkOrder(
                activity: attempt(99), fence: fence, host: address(number), work: work,
                timeLimit: limit),
            at: moment)
    }

    /// The versions, services and check of pf-demo.
    func scan(
        _ name: String = "pf-demo", at moment: Timestamp
    ) -> VerificationReport? {
        let checks = VerificationChecks(
            packages: [name], services: [name], command: "\(name)-check")
        guard case .verification(let report) = work(.verify(checks: checks), at: moment).result
        else { return nil }
        return report
    }
}

extension WorkResult {
    fileprivate var cause: WorkFailure.Cause? {
        guard case .failed(let failure) = self else { return nil }
        return failure.cause
    }
}

@Suite("A simulated host")
struct SimulatedHostTests {
    @Test("offers pf-demo, hands out the file that its lists describe, and takes it")
    func update() throws {
        let lab = try Lab()
        guard case .offers(let offers) = lab.work(.discover).result else {
            Issue.record("no offers")
            return
        }
        let offer = try #require(offers.first { $0.source == "pf-demo" })
        #expect(offer.fromSecurityArchive && offer.sha256 == demo.sha256)
        let wanted = PackageSelection(
            name: offer.name, architecture: offer.architecture, version: offer.offeredVersion)
        #expect(lab.work(.acquire(packages: [wanted])).result == .acquired([demo]))

        let backup = lab.work(.backUp(attempt: attempt(1), packages: [demo]))
        guard case .backUp(let prior) = backup.result else {
            Issue.record("no backup")
            return
        }
        #expect(prior.map(\.version) == ["1.0-1"])
        let begin = noon + backup.duration
        let install = lab.work(
            .install(attempt: attempt(1), packages: [demo]), fence: 2, at: begin)
        #expect(install.duration > .zero)
        #expect(lab.scan(at: begin)?.installed.first?.version == "1.0-1", "not in effect yet")
        let end = begin + install.duration
        let report = try #require(lab.scan(at: end))
        #expect(report.installed.first?.version == "1.0-2")
        #expect(report.services.first?.state == .running && report.commandExitCode == 0)
        let back = lab.work(.rollBack(attempt: attempt(1), packages: prior), fence: 3, at: end)
        #expect(
            lab.scan(at: end + back.duration)?.installed.first?.version == "1.0-1")
    }

    @Test("I4: runs a step of an attempt once, though it is asked again; a probe reads the record")
    func once() throws {
        let lab = try Lab()
        let install = Work.install(attempt: attempt(1), packages: [demo])
        let probe = Work.probe(attempt: attempt(1), step: .install)
        #expect(lab.work(probe).result == .probe(.neverStarted))
        let first = lab.work(install, fence: 1)
        #expect(lab.work(probe, fence: 2).result == .probe(.running))
        #expect(lab.work(install, fence: 3).result.cause == .refusedByHost)
        let done = lab.work(probe, fence: 4, at: noon + first.duration)
        guard case .executed(let report) = first.result else {
            Issue.record("it failed")
            return
        }
        #expect(done.result == .probe(.finished(report)))
        #expect(lab.host.runs(of: .install, for: attempt(1)) == 1)
    }

    @Test("I5: a fence lower than one that was seen begins nothing")
    func fence() throws {
        let lab = try Lab()
        _ = lab.work(.probe(attempt: attempt(1), step: .install), fence: 9)
        for work in [
            Work.install(attempt: attempt(1), packages: [demo]),
            .backUp(attempt: attempt(1), packages: [demo]),
            .probe(attempt: attempt(1), step: .install),
        ] {
            #expect(lab.work(work, fence: 8).result.cause == .refusedByHost)
        }
        #expect(lab.host.executions.isEmpty)
        #expect(lab.host.highestFence == 9)
    }

    @Test("refuses a file that isn't the pinned one, and a second run of dpkg beside the first")
    func refusals() throws {
        let lab = try Lab()
        let edited = PinnedPackage(
            name: demo.name, architecture: demo.architecture, version: demo.version,
            sha256: Digest(of: "edited"), size: demo.size)
        let cases: [(PinnedPackage, WorkFailure.Cause?)] = [(edited, .digestMismatch), (demo, nil)]
        for (number, (pin, cause)) in cases.enumerated() {
            let work = Work.install(attempt: attempt(UInt64(number)), packages: [pin])
            #expect(lab.work(work).result.cause == cause)
        }
        let other = Work.install(attempt: attempt(9), packages: [demo])
        #expect(lab.work(other).result.cause == .lockHeld)
        #expect(lab.host.executions.count == 1)
    }

    @Test(
        "fails as its fault says",
        arguments: [
            ("refuse-ssh", WorkFailure.Cause.unreachable), ("replaced", .hostKeyMismatch),
            ("lock-held", .lockHeld), ("disk-full", .diskFull), ("vanishes", .lost),
            ("crashes", .lost), ("hangs", .timedOut), ("edited-package", .digestMismatch),
        ])
    func faults(_ fault: String, _ cause: WorkFailure.Cause) throws {
        let lab = try Lab("host-1=\(fault)")
        let install = Work.install(attempt: attempt(1), packages: [demo])
        #expect(lab.work(install).result.cause == cause)
        #expect(lab.work(install, on: 2).result.cause == nil, "the other hosts are well")
    }

    @Test("in the precheck, names what keeps it from being touched, and a held lock is waited for")
    func obstacles() throws {
        let cases: [(String, PrecheckReport.Obstacle)] = [
            ("disk-full", .diskFull), ("dpkg-interrupted", .dpkgInterrupted),
            ("lock-held", .lockHeld), ("package-held", .packageHeld),
        ]
        for (fault, obstacle) in cases {
            let lab = try Lab("192.0.2.1=\(fault)")
            let performance = lab.work(.precheck(packages: [demo]), limit: .seconds(60))
            guard case .precheck(let report) = performance.result else {
                Issue.record("no report")
                return
            }
            #expect(report.obstacles == [obstacle])
            #expect((performance.duration == .seconds(60)) == (obstacle == .lockHeld))
        }
    }

    @Test("that went down in the middle says so when it is back, under another boot id")
    func crash() throws {
        let lab = try Lab("host-1=crashes")
        let before = lab.host.bootID
        let install = lab.work(.install(attempt: attempt(1), packages: [demo]))
        let probe = Work.probe(attempt: attempt(1), step: .install)
        let down = noon + install.duration + .seconds(60)
        #expect(lab.work(probe, fence: 2, at: down).result.cause == .unreachable)
        let back = noon + install.duration + .seconds(121)
        #expect(lab.work(probe, fence: 3, at: back).result == .probe(.interrupted))
        #expect(lab.host.bootID != before)
        #expect(lab.host.version(of: "pf-demo") == "1.0-1")
    }

    @Test("that vanished never comes back, unless somebody heals it")
    func vanished() throws {
        let lab = try Lab("host-1=vanishes")
        _ = lab.work(.install(attempt: attempt(1), packages: [demo]))
        let probe = Work.probe(attempt: attempt(1), step: .install)
        let later = noon + .seconds(30 * 86_400)
        #expect(lab.work(probe, fence: 2, at: later).result.cause == .unreachable)
        lab.fleet.change(address(1)) { $0.heal(.vanishes) }
        #expect(lab.work(probe, fence: 3, at: later).result == .probe(.interrupted))
    }

    @Test("lies, breaks, floods and asks for a reboot in ways that only a later scan sees")
    func afterTheInstallation() throws {
        let end = noon + .seconds(100)
        var lab = try Lab("host-1=lies")
        let install = Work.install(attempt: attempt(1), packages: [demo])
        #expect(lab.work(install).result.cause == nil)
        #expect(lab.scan(at: end)?.installed.first?.version == "1.0-1")

        lab = try Lab("host-1=breaks-service")
        _ = lab.work(install)
        let broken = try #require(lab.scan(at: end))
        #expect(broken.services.first?.state == .stopped && broken.commandExitCode == 1)

        lab = try Lab("host-1=floods")
        guard case .executed(let report) = lab.work(install).result else {
            Issue.record("it failed")
            return
        }
        #expect(report.outputBytes == 50_000_000 && report.outputTail.count == 4000)

        lab = try Lab("host-1=needs-reboot")
        _ = lab.work(install)
        #expect(lab.scan(at: end)?.rebootRequired == true)
        lab.fleet.change(address(1)) { $0.reboot() }
        #expect(lab.scan(at: end)?.rebootRequired == false)
    }
}

@Suite("A simulated fleet")
struct SimulatedFleetTests {
    @Test("by default 8 % are offline, 2 % away and 1 % replaced at any moment, others each time")
    func absences() throws {
        let lab = try Lab("default")
        var missing: [Set<Int>] = []
        for day in [0, 100] {
            var unreachable = Set<Int>()
            var replaced = 0
            for number in 0..<4000 {
                let host = AssetRegistration(
                    name: "host-\(number)", address: "10.0.\(number / 250).\(number % 250)"
                ).host
                let order = WorkOrder(
                    activity: attempt(1), fence: 1, host: host, work: .inventory,
                    timeLimit: .seconds(60))
                switch lab.fleet.perform(order, at: noon + .seconds(day * 86_400)).result.cause {
                case .unreachable: unreachable.insert(number)
                case .hostKeyMismatch: replaced += 1
                default: break
                }
            }
            #expect((320...480).contains(unreachable.count), "about 10 % of 4,000")
            #expect((20...65).contains(replaced), "about 1 % of 4,000")
            missing.append(unreachable)
        }
        #expect(missing[0].intersection(missing[1]).count < 100, "they come back")
    }

    @Test("is the same for the same seed, also through its stored form, and another for another")
    func seed() throws {
        func history(_ seed: UInt64, stored: Bool) throws -> [WorkResult] {
            let lab = try Lab("storm=60", seed: seed)
            return try (1...30).map { number in
                if stored {
                    lab.fleet = try CanonicalJSON.decode(
                        SimulatedFleet.self, from: CanonicalJSON.encode(lab.fleet))
                }
                let work = Work.install(attempt: attempt(UInt64(number)), packages: [demo])
                return lab.work(work, on: number % 10 + 1, fence: Int64(number)).result
            }
        }
        #expect(try history(1, stored: false) == history(1, stored: true))
        #expect(try history(1, stored: false) != history(2, stored: false))
    }

    @Test("reads its faults from text, and says what it can't read")
    func profile() throws {
        let profile = try FaultProfile("default,storm=20,host-3=hangs,host-3=disk-full,instant")
        #expect(profile.hasAbsences && profile.isInstant && profile.stormPercent == 20)
        #expect(profile.faults == ["host-3": [.hangs, .diskFull]])
        #expect(try FaultProfile("none") == .none)
        #expect(throws: FaultProfileError.unknown("sometimes")) { try FaultProfile("sometimes") }
        #expect(throws: FaultProfileError.badPercentage("101")) { try FaultProfile("storm=101") }
        #expect(throws: FaultProfileError.noSuchFault("melts", host: "host-1")) {
            try FaultProfile("host-1=melts")
        }
    }

    @Test("takes no time where that is asked for, and its changes are in effect at once")
    func instant() throws {
        let lab = try Lab("instant")
        let install = lab.work(.install(attempt: attempt(1), packages: [demo]))
        #expect(install.duration == .zero)
        #expect(lab.host.version(of: "pf-demo") == "1.0-2")
    }
}
