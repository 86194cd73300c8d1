import Advisories
import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Clocks, deadlines and the order of work")
struct ClockTests {
    private func clock(
        kev: Int? = nil, fix: Int? = nil, inScope: Int = 0, opened: Int = 20
    ) -> SLAClock {
        SLAClock.starting(
            knownExploitedSince: kev.map(Moments.days), fixReleased: fix.map(Moments.days),
            inScope: Moments.days(inScope), opened: Moments.days(opened))
    }

    @Test("It starts with KEV's date, else with the patch's release, and never before the asset")
    func starts() {
        #expect(clock(fix: 5) == SLAClock(kind: .remediation, start: Moments.days(5)))
        #expect(clock(kev: 9, fix: 5) == SLAClock(kind: .remediation, start: Moments.days(9)))
        #expect(clock(kev: 9, fix: 5, inScope: 12).start == Moments.days(12))
        #expect(clock(fix: 5, inScope: 12).start == Moments.days(12))
    }

    @Test("While there is no fix the treatment clock runs from the opening; then the fix's own")
    func treatment() {
        #expect(clock(kev: 9) == SLAClock(kind: .treatment, start: Moments.days(20)))
        #expect(clock() == SLAClock(kind: .treatment, start: Moments.days(20)))
        #expect(clock(kev: 9, fix: 30) == SLAClock(kind: .remediation, start: Moments.days(30)))
    }

    @Test("A date without time means its end in UTC; a time with a zone is that moment")
    func dates() {
        #expect(Timestamp(feedText: "2025-12-31") == Timestamp("2026-01-01T00:00:00Z"))
        #expect(Timestamp(feedText: "2024-02-29") == Timestamp("2024-03-01T00:00:00Z"))
        #expect(
            Timestamp(feedText: "2026-01-01T01:00:00+01:00") == Timestamp("2026-01-01T00:00:00Z"))
        #expect(
            Timestamp(feedText: "2026-01-01T00:00:00.5Z") == Timestamp("2026-01-01T00:00:00.5Z"))
        for text in ["", "2026-02-29", "31.12.2025", "2026-01-01T25:00:00Z", "2026-1-1"] {
            #expect(Timestamp(feedText: text) == nil, "\(text)")
        }
    }

    @Test("Another class gives the earlier of the old deadline and a new one from now")
    func reclassified() {
        func moved(_ old: Int, now: Int, sla: Int) -> Timestamp {
            SLAClock.reclassified(
                from: Moments.days(old), at: Moments.days(now), slaSeconds: sla * 86_400)
        }
        #expect(moved(60, now: 10, sla: 3) == Moments.days(13))
        #expect(moved(12, now: 10, sla: 3) == Moments.days(12))
        #expect(moved(12, now: 10, sla: 180) == Moments.days(12))
        #expect(moved(5, now: 10, sla: 3) == Moments.days(5))
    }

    @Test("The warning comes after the policy's share of the time")
    func warning() {
        let clock = SLAClock(kind: .remediation, start: Moments.days(0))
        #expect(clock.deadline(slaSeconds: 4 * 86_400) == Moments.days(4))
        #expect(clock.warning(before: Moments.days(4), percent: 75) == Moments.days(3))
    }

    @Test("Inside a class: deadline, KEV, EPSS, CVSS, criticality, id")
    func order() throws {
        func key(
            _ number: UInt64, deadline: Int? = 5, kev: Bool = false, epss: String? = nil,
            cvss: Int = 50, criticality: Criticality = .medium
        ) throws -> FindingOrder {
            FindingOrder(
                deadline: deadline.map(Moments.days), isInKEV: kev,
                epss: try epss.map { try #require(Probability($0)) },
                cvss: CVSSScore(tenths: cvss), criticality: criticality,
                id: StreamID(prefix: "fi", uuid(number)))
        }
        let ordered = [
            try key(9, deadline: 4),
            try key(8, kev: true),
            try key(7, epss: "0.2"),
            try key(6, epss: "0.1", cvss: 90),
            try key(5, epss: "0"),
            try key(4, cvss: 90),
            try key(3, cvss: 80, criticality: .veryHigh),
            try key(2, cvss: 80, criticality: .low),
            try key(1),
            try key(2),
            try key(0, deadline: nil, kev: true),
        ]
        #expect(ordered.reversed().sorted() == ordered)
        for (index, left) in ordered.enumerated() {
            for right in ordered[(index + 1)...] {
                #expect(left < right)
                #expect(!(right < left))
            }
        }
    }

    @Test("A patch takes the highest class and the earliest deadline of its findings")
    func patches() {
        func urgency(
            _ purpose: PatchPurpose = .security, names: Bool = true,
            findings: [(riskClass: RiskClass, deadline: Timestamp?)] = [],
            raisedTo: RiskClass? = nil
        ) -> PatchUrgency {
            PatchUrgency(
                purpose: purpose, namesVulnerabilities: names, findings: findings,
                raisedTo: raisedTo, released: Moments.days(0), ClassificationPolicy())
        }
        let both = urgency(findings: [
            (.important, Moments.days(3)), (.urgent, Moments.days(7)), (.nonCritical, nil),
        ])
        #expect(both.riskClass == .urgent)
        #expect(both.deadline == Moments.days(3))
        #expect(!both.isAssumed)
        let unnamed = urgency(names: false)
        #expect(unnamed.riskClass == .important && unnamed.isAssumed)
        #expect(unnamed.deadline == Moments.days(14))
        for patch in [urgency(), urgency(.feature, names: false), urgency(.bugFix)] {
            #expect(patch.riskClass == .nonCritical && !patch.isAssumed)
            #expect(patch.deadline == nil)
        }
        let raised = urgency(.bugFix, raisedTo: .urgent)
        #expect(raised.riskClass == .urgent)
        #expect(raised.deadline == Moments.days(3))
        #expect(urgency(findings: [(.urgent, nil)], raisedTo: .nonCritical).riskClass == .urgent)
    }
}
