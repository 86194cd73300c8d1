import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Who may ask for what")
struct AuthorisationTests {
    @Test("Each action has somebody who may ask for it")
    func everyAction() {
        for action in Action.allCases {
            #expect(!Authorisation.roles(for: action).isEmpty, "nobody may \(action)")
        }
    }

    @Test("Viewers and auditors change nothing; administrators decide nothing about findings")
    func readers() {
        let findings: [Action] = [
            .openFinding, .classifyFinding, .correctFinding, .treatFinding, .disputeFinding,
            .resolveFinding, .dismissFinding, .reopenFinding, .fireFindingTimer,
            .placeForensicHold, .collectForensicEvidence, .decideForensicHold,
            .requestException, .decideException, .revokeException, .endException,
            .fireExceptionTimer, .registerControl, .verifyControl, .withdrawControl,
            .fireControlTimer, .setBaseline,
        ]
        for action in findings {
            for role in [Role.viewer, .auditor, .administrator, .worker, .installer] {
                #expect(!Authorisation.allows(role, action), "\(role) may \(action)")
            }
        }
        for action in [Action.readFindings, .readExceptions, .readControls] {
            for role in [Role.viewer, .auditor, .administrator] {
                #expect(Authorisation.allows(role, action), "\(role) may not \(action)")
            }
        }
    }

    @Test("The monitor asks for what it sees of findings and assets, and decides for nobody")
    func monitors() {
        let asked: [Action] = [
            .openFinding, .classifyFinding, .resolveFinding, .dismissFinding, .disputeFinding,
            .scanAsset,
        ]
        for action in asked {
            #expect(Authorisation.allows(.monitor, action), "the monitor may not \(action)")
        }
        let fix = FindingCommand.observeFix(released: Timestamp(seconds: 0))
        #expect(Authorisation.allows(.monitor, fix.action))
        let denied: [Action] = [
            .correctFinding, .treatFinding, .reopenFinding, .fireFindingTimer,
            .placeForensicHold, .collectForensicEvidence, .decideForensicHold,
            .requestException, .decideException,
        ]
        for action in denied {
            #expect(!Authorisation.allows(.monitor, action), "the monitor may \(action)")
        }
    }

    @Test("Only risk owners publish and review policies; everybody who reads sees what counts")
    func policies() {
        #expect(Authorisation.roles(for: .publishPolicy) == [.riskOwner])
        #expect(Authorisation.roles(for: .reviewPolicy) == [.riskOwner])
        for action in [Action.proposePolicy, .examinePolicy, .publishPolicy, .reviewPolicy] {
            for role in [Role.viewer, .auditor, .administrator, .worker, .monitor, .workflow] {
                #expect(!Authorisation.allows(role, action), "\(role) may \(action)")
            }
        }
        for role in [Role.viewer, .auditor, .administrator, .assetOwner] {
            #expect(Authorisation.allows(role, .readPolicies), "\(role) may not read policies")
        }
    }

    @Test("Only risk owners decide on exceptions, only incident commanders on holds")
    func decisions() {
        #expect(Authorisation.roles(for: .decideException) == [.riskOwner])
        #expect(Authorisation.roles(for: .decideForensicHold) == [.incidentCommander])
        for action in [Action.fireFindingTimer, .fireExceptionTimer, .fireControlTimer] {
            #expect(Authorisation.roles(for: action) == [.timer])
        }
    }
}
