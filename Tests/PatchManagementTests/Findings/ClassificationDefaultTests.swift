import Advisories
import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Classification: controls, missing values and the choice of a rating")
struct ClassificationDefaultTests {
    private let control = StreamID(prefix: "ct", uuid(1))
    private let other = StreamID(prefix: "ct", uuid(2))
    private let policy = ClassificationPolicy()

    private func classified(
        at moment: Timestamp = Moments.start, _ change: (inout ClassificationInputs) -> Void
    ) -> Classification {
        var inputs = ClassificationTests.Case.quiet
        change(&inputs)
        return Classifier.classify(inputs, at: moment, policy)
    }

    // MARK: Controls

    @Test("A control takes one off, once, however many there are")
    func oneOff() {
        let held = ControlOnPath(control: control, verifiedUntil: Moments.days(1))
        let second = ControlOnPath(control: other, verifiedUntil: Moments.days(1))
        for controls in [[held], [second, held]] {
            let result = classified {
                $0.ssvc = SSVCSignals(exploitation: .active)
                $0.criticality = .high
                $0.controls = controls
            }
            #expect(result.deployerRank == 2)
            #expect(result.rank == 1)
            #expect(result.slaSeconds == 60 * 86_400)
            #expect(result.mitigatedBy == control)
        }
    }

    @Test("One that was never verified, or whose verification ends at this moment, takes nothing")
    func expired() {
        for until in [nil, Moments.start, Moments.days(-1)] {
            let result = classified {
                $0.criticality = .high
                $0.controls = [ControlOnPath(control: control, verifiedUntil: until)]
            }
            #expect(result.rank == 1)
            #expect(result.mitigatedBy == nil)
        }
    }

    @Test("There is nothing to take off what waits for the next upgrade")
    func lowest() {
        let result = classified {
            $0.controls = [ControlOnPath(control: control, verifiedUntil: Moments.days(1))]
        }
        #expect(result.rank == 0)
        #expect(result.mitigatedBy == nil)
    }

    @Test("On a KEV row it lowers the class, and never lengthens the time")
    func knownExploited() {
        let held = [ControlOnPath(control: control, verifiedUntil: Moments.days(1))]
        let urgent = classified {
            $0.knownExploitedSince = Moments.start
            $0.ratings = [Vectors.worm]
            $0.controls = held
        }
        #expect(urgent.rank == 2 && urgent.riskClass == .important)
        #expect(urgent.slaSeconds == 3 * 86_400)
        #expect(urgent.asksForForensicHold)
        let important = classified {
            $0.knownExploitedSince = Moments.start
            $0.controls = held
        }
        #expect(important.rank == 1)
        #expect(important.slaSeconds == 14 * 86_400)
    }

    @Test("Nor does it lengthen the time of the CVSS floor")
    func floor() {
        let held = [ControlOnPath(control: control, verifiedUntil: Moments.days(1))]
        let lifted = classified {
            $0.ssvc = SSVCSignals(automatable: .no, technicalImpact: .partial)
            $0.ratings = [Vectors.rating(base: 90)]
            $0.controls = held
        }
        #expect(lifted.isLiftedByScore)
        #expect(lifted.rank == 1)
        #expect(lifted.slaSeconds == 30 * 86_400)
        let byTables = classified {
            $0.ssvc = SSVCSignals(automatable: .no, technicalImpact: .total)
            $0.exposure = .open
            $0.ratings = [Vectors.rating(base: 90)]
            $0.controls = held
        }
        #expect(byTables.remediationRank == 2 && !byTables.isLiftedByScore)
        #expect(byTables.rank == 1)
        #expect(byTables.slaSeconds == 30 * 86_400)
    }

    // MARK: Missing values

    @Test("What is missing takes the worse value, and is said to be assumed")
    func worst() {
        let result = classified {
            $0.exposure = nil
            $0.criticality = nil
            $0.ratings = []
        }
        #expect(result.assumed == [.exposure, .criticality, .cvss])
        #expect(result.facts.exposure == .open)
        #expect(result.facts.criticality == .veryHigh)
        #expect(result.facts.automatable == .yes)
        #expect(result.facts.technicalImpact == .total)
        #expect(result.facts.cvss == CVSSScore(tenths: 100))
        #expect(result.facts.vector == nil)
        #expect(result.facts.isInKEV == .no)
        #expect(result.facts.exploitation == .notSeen)
    }

    @Test("A site's default stands in before the worse value, and is assumed as well")
    func defaults() {
        var policy = policy
        policy.sites = [
            SiteDefaults(
                site: "Berlin", exposure: .controlled, criticality: .medium, cvss: Vectors.low)
        ]
        var inputs = ClassificationTests.Case.quiet
        inputs.exposure = nil
        inputs.criticality = nil
        inputs.ratings = []
        let result = Classifier.classify(inputs, at: Moments.start, policy)
        #expect(result.assumed == [.exposure, .criticality, .cvss])
        #expect(result.facts.exposure == .controlled)
        #expect(result.facts.criticality == .medium)
        #expect(result.facts.cvss == Vectors.low.base)
        inputs.site = "paris"
        #expect(Classifier.classify(inputs, at: Moments.start, policy).facts.exposure == .open)
    }

    @Test("A given value is never replaced by a default")
    func given() {
        var policy = policy
        policy.sites = [SiteDefaults(site: "berlin", exposure: .open, criticality: .veryHigh)]
        let result = Classifier.classify(
            ClassificationTests.Case.quiet, at: Moments.start, policy)
        #expect(result.assumed.isEmpty)
        #expect(result.facts.exposure == .internal)
    }

    // MARK: Ratings

    @Test("Each version of CVSS says by its own metrics what is automatable and total")
    func equivalents() {
        for (vector, automatable, impact) in [
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", YesNo.yes, TechnicalImpact.total),
            ("AV:N/AC:M/Au:N/C:C/I:C/A:P", .no, .partial),
            ("AV:N/AC:L/Au:S/C:P/I:C/A:C", .no, .partial),
            ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", .yes, .total),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:L", .no, .partial),
            ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", .no, .total),
            ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", .yes, .total),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:H/VA:H/SC:H/SI:H/SA:H", .no, .partial),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", .no, .total),
        ] {
            let rating = Vectors.rating(vector)
            #expect(rating.automatable == automatable, "\(vector)")
            #expect(rating.technicalImpact == impact, "\(vector)")
        }
    }

    @Test("The policy's version wins, then its source, then the higher score; never the order")
    func choice() {
        let version4 = Vectors.rating(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H")
        let vendor = Vectors.rating(Vectors.low.vector, source: "Vendor")
        let nvd = Vectors.worm
        func score(
            _ ratings: [CVSSRating], _ change: (inout ClassificationPolicy) -> Void = { _ in }
        ) -> [CVSSScore] {
            var policy = policy
            change(&policy)
            return [ratings, ratings.reversed()].map { ratings in
                var inputs = ClassificationTests.Case.quiet
                inputs.ratings = ratings
                return Classifier.classify(inputs, at: Moments.start, policy).facts.cvss
            }
        }
        #expect(score([version4, vendor]) == [vendor.base, vendor.base])
        #expect(
            score([version4, vendor]) { $0.cvssVersions = [.v4] } == [version4.base, version4.base])
        #expect(score([vendor, nvd]) == [nvd.base, nvd.base])
        #expect(
            score([vendor, nvd]) { $0.cvssSources = ["vendor"] } == [vendor.base, vendor.base])
    }

    @Test("A policy whose numbers contradict each other is found, field by field")
    func faults() {
        #expect(ClassificationPolicy().faults.isEmpty)
        var policy = ClassificationPolicy()
        policy.sla.important = policy.sla.urgent - 1
        policy.warningPercent = 100
        policy.holdSeconds = 0
        #expect(policy.faults.map(\.field) == ["hold_seconds", "sla", "warning_percent"])
    }
}
