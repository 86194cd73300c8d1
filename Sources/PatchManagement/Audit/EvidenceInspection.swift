import EventSourcing
import JSON

/// Goes through the list of what must be there.
struct EvidenceInspection {
    let own: Trail
    let rollouts: [Trail]
    let deployments: [Trail]
    /// The assets that the approval is for, where they are known.
    let targets: [StreamID]?

    func items() -> [EvidencePack.Item] {
        EvidenceItem.allCases.map { item in
            let (isPresent, finding) = inspect(item)
            return EvidencePack.Item(item: item, isPresent: isPresent, finding: finding)
        }
    }

    private func inspect(_ item: EvidenceItem) -> (Bool, String) {
        switch item {
        case .identification: identification()
        case .classification: classification()
        case .artefact: artefact()
        case .sample: sample()
        case .checks: checks()
        case .signOff: signOff()
        case .patchApproval: patchApproval()
        case .planApproval: planApproval()
        case .gateEvaluations: gateEvaluations()
        case .assetVersions: assetVersions()
        case .laterVerification: laterVerification()
        }
    }

    private func identification() -> (Bool, String) {
        guard let identified = own.last("PatchIdentified")?["identification"] else {
            return (false, "nobody identified the patch")
        }
        let origin = identified["origin"]?.string ?? ""
        return (true, "\(identified["vendor_id"]?.string ?? "") from \(origin)")
    }

    private func classification() -> (Bool, String) {
        guard let assessment = own.last("PatchAssessed")?["assessment"] else {
            return (false, "nobody assessed the patch")
        }
        let count = assessment["applicable"]?["count"]?.integer ?? 0
        let dependents = assessment["dependents"]?.array?.count ?? 0
        let others = dependents > 0 ? ", \(dependents) dependents" : ""
        return (true, "\(assessment["risk_class"]?.string ?? ""), \(count) assets\(others)")
    }

    private func artefact() -> (Bool, String) {
        guard let digest = own.last("PatchAcquired")?["artefact"]?.string else {
            return (false, "the package files were never pinned")
        }
        return (true, "sha256 \(digest)")
    }

    /// The test that passed last, with what it was started on.
    private var passedTest: (started: JSONValue, passed: JSONValue)? {
        guard let passed = own.last("QualificationPassed"),
            let started = own.all("QualificationStarted").last(where: {
                $0.data["number"] == passed["number"]
            })?.data,
            started["artefact"] == own.last("PatchAcquired")?["artefact"]
        else { return nil }
        return (started, passed)
    }

    private func sample() -> (Bool, String) {
        guard let test = passedTest else { return (false, "no test of these files has passed") }
        let hosts = test.started["hosts"]?.array?.count ?? 0
        let covered = (test.started["covered"]?.array ?? []).compactMap(\.string)
        return (hosts > 0, "\(hosts) lab hosts on \(covered.joined(separator: ", "))")
    }

    private func checks() -> (Bool, String) {
        guard let test = passedTest else { return (false, "no test of these files has passed") }
        let attempts = (test.started["hosts"]?.array ?? []).compactMap { $0["attempt"]?.string }
        let checks = own.all("CheckRecorded").filter {
            attempts.contains($0.data["attempt"]?.string ?? "")
        }
        let stated = test.passed["checks"]?.integer ?? 0
        guard stated > 0, checks.count == stated else {
            return (false, "\(checks.count) of \(stated) checks are recorded")
        }
        return (true, "\(checks.count) checks, sha256 \(test.passed["evidence"]?.string ?? "")")
    }

    private func signOff() -> (Bool, String) {
        guard let signed = own.last("PatchSignedOff") else {
            return (false, "nobody signed it off")
        }
        guard let test = passedTest, signed["evidence"] == test.passed["evidence"] else {
            return (false, "what was signed off is not the test that passed last")
        }
        return (true, "by \(signed["by"]?["id"]?.string ?? "")")
    }

    private func patchApproval() -> (Bool, String) {
        guard let approved = own.last("PatchApproved") else { return (false, "nobody approved it") }
        guard approved["artefact"] == own.last("PatchAcquired")?["artefact"],
            let test = passedTest, approved["evidence"] == test.passed["evidence"]
        else { return (false, "what was approved is not what was tested last") }
        // A standing approval is the decision of those who gave it.
        let standing = approved["standing"]
        let deciders = standing?["people"]?.array ?? (approved["by"].map { [$0] } ?? [])
        let request = own.lastStep("ApprovalRequested")
        let earlier = own.all("PatchApprovalGiven").filter {
            $0.event.version > request?.event.version ?? 0
        }
        let roles = (request?.data["roles"]?.array ?? []).compactMap(\.string)
        let others = standing == nil ? earlier.compactMap { $0.data["by"] } : []
        let actors = others + deciders
        let held = actors.map { $0["role"]?.string ?? "" }
        if let other = held.first(where: { $0 != Role.approver.rawValue && !roles.contains($0) }) {
            return (false, "it was approved under role '\(other)'")
        }
        guard actors.count >= Int(request?.data["approvers"]?.integer ?? 1) + roles.count else {
            return (false, "fewer people approved it than have to")
        }
        if let missing = roles.first(where: { !held.contains($0) }) {
            return (false, "nobody approved it as \(missing), which its policy asks for")
        }
        let people = actors.map { $0["id"]?.string ?? "" }
        let flaws = approved["introduced_flaws"]?.array?.count ?? 0
        let knowing = flaws > 0 ? ", knowing of \(flaws) flaws that it introduced" : ""
        let digest = approved["digest"]?.string ?? ""
        let beforehand = (standing?["standing"]?.string).map { ", beforehand by \($0)" } ?? ""
        return (
            true,
            "by \(people.joined(separator: " and "))\(beforehand), sha256 \(digest)\(knowing)"
        )
    }

    private var started: [Trail] { rollouts.filter { !$0.all("BatchStarted").isEmpty } }

    private func planApproval() -> (Bool, String) {
        guard !started.isEmpty else { return (false, "no rollout was started") }
        for rollout in started {
            guard let plan = rollout.last("RolloutPlanned")?["plan_digest"],
                rollout.last("RolloutApproved")?["plan_digest"] == plan
            else { return (false, "the plan of \(rollout.stream) was not approved as it is") }
            guard
                rollout.last("RolloutPlanned")?["artefact_digest"]
                    == own.last("PatchAcquired")?["artefact"]
            else { return (false, "\(rollout.stream) installs other files") }
        }
        return (true, "\(started.count) plans approved")
    }

    private func gateEvaluations() -> (Bool, String) {
        guard !started.isEmpty else { return (false, "no rollout was started") }
        let verdicts = ["pass", "trip", "inconclusive"]
        var decided = 0
        for rollout in started {
            let batches = rollout.all("BatchStarted") + rollout.all("StragglerBatchStarted")
            let lastBatch = batches.last?.data["batch"]
            // A person decided instead of the gate.
            let isStopped = !(rollout.all("RolloutAborted") + rollout.all("RollbackOrdered"))
                .isEmpty
            for batch in batches.map({ $0.data["batch"] }) {
                let isDecided =
                    rollout.all("GateEvaluated").contains {
                        $0.data["batch"] == batch
                            && verdicts.contains($0.data["verdict"]?.string ?? "")
                    } || rollout.all("GateOverridden").contains { $0.data["batch"] == batch }
                    || batch == lastBatch && isStopped
                guard isDecided else {
                    let number = batch?.integer ?? -1
                    return (false, "batch \(number) of \(rollout.stream) has no gate's verdict")
                }
                decided += 1
            }
        }
        return (true, "\(decided) batches decided by their gates, or by people")
    }

    private var succeeded: [Trail] { deployments.filter { $0.last("DeploymentSucceeded") != nil } }

    private func assetVersions() -> (Bool, String) {
        guard !succeeded.isEmpty else { return (false, "no asset has the patch") }
        for deployment in succeeded {
            let success = deployment.last("DeploymentSucceeded")
            let isBefore = success?["versions_before"]?.array != nil
            guard isBefore, success?["versions_after"]?.array?.isEmpty == false else {
                return (false, "the versions of \(deployment.stream) are not recorded")
            }
        }
        return (true, "\(succeeded.count) assets, before and after")
    }

    /// The approved assets on which nothing proves the patch, nor that there is nothing to do.
    private var unproven: [StreamID] {
        let done = deployments.filter {
            $0.last("DeploymentSucceeded") != nil || $0.last("DeploymentSkipped") != nil
        }
        let assets = Set(
            done.compactMap {
                $0.last("DeploymentQueued")?["order"]?["target"]?["asset"]?.string
            })
        return (targets ?? []).filter { !assets.contains($0.text) }
    }

    /// I13: by another command than the installation's, and after it.
    private func laterVerification() -> (Bool, String) {
        guard !succeeded.isEmpty else { return (false, "no asset has the patch") }
        let missing = unproven
        if let first = missing.first {
            return (false, "\(missing.count) approved assets are not verified, \(first) first")
        }
        for deployment in succeeded {
            guard let success = deployment.lastStep("DeploymentSucceeded"),
                let install = deployment.lastStep("InstallFinished"),
                install.event.position < success.event.position,
                install.event.commandID != success.event.commandID,
                success.data["report"] != nil
            else { return (false, "\(deployment.stream) was not verified after its installation") }
        }
        return (true, "\(succeeded.count) assets scanned after their installation")
    }
}
