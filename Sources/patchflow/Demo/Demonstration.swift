internal import Application
internal import EventSourcing
internal import Foundation
internal import PatchManagement

/// What `up --demo` fills an installation with: one patch that was documented, one rollout that a
/// gate has paused, one patch that waits for approval. Everything goes through the use cases that
/// the API has, on simulated hosts, and its titles and reasons begin with "[simulated]".
struct Demonstration {
    let useCases: UseCases
    let directory: DataDirectory

    /// Tells it up to its end, from wherever it was interrupted.
    func tell() async throws {
        guard try await !isTold else {
            say("the history was made before, nothing is added")
            return
        }
        say("a history is being made; none of its hosts exists")
        for person in DemonstrationPerson.allCases { try await introduce(person) }
        try await discover()
        try await document()
        try await halt()
        try await leaveWaiting()
        say("the history is made: one patch documented, one rollout paused, one patch to approve")
    }

    /// Whether its last step has been taken.
    private var isTold: Bool {
        get async throws {
            let order = try DemonstrationPerson.rita.order(Self.lastStep)
            let command = try useCases.context(order, .submitPatch).commandID
            return try await useCases.store.receipt(
                for: command, requestDigest: order.requestDigest) != nil
        }
    }

    private static let lastStep = submission(of: .waiting)

    private static func submission(of patch: DemonstrationPatch) -> String {
        "\(patch.name)/submit"
    }

    // MARK: What happens

    /// Lets `person` in, as the administrator, and leaves the token where the visitor finds it.
    private func introduce(_ person: DemonstrationPerson) async throws {
        let file = directory.token(of: person.rawValue)
        guard !FileManager.default.fileExists(atPath: file) else { return }
        // A new key each time: the secret of a token whose file was lost is kept nowhere.
        let step = "token/\(useCases.newID())"
        let order = Order(
            caller: Caller(
                person: try PersonName.stream(of: "administrator"), roles: [.administrator]),
            idempotencyKey: step, requestDigest: Digest(of: step))
        let token = try await useCases.issueToken(
            person: person.rawValue, roles: person.roles.map(\.rawValue),
            expiresInSeconds: 30 * 86_400, order)
        guard let secret = token.secret else {
            throw DemonstrationFailure("the new token of \(person.rawValue) has no secret")
        }
        try PrivateFile.write(secret + "\n", to: file)
        say("\(person.rawValue)'s token is in \(file)")
    }

    private func discover() async throws {
        let assets = DemonstrationFleet.registrations.map(\.asset)
        say("demo-alice imports \(assets.count) hosts and has them scanned")
        _ = try await useCases.importAssets(
            format: "json", text: DemonstrationFleet.inventory,
            DemonstrationPerson.alice.order("import"))
        _ = try await useCases.scanAssets(
            assets.map(\.text), what: ["inventory", "updates"],
            DemonstrationPerson.alice.order("scan"))
        for asset in assets {
            try await wait(for: InventoryReported.type, in: asset)
            try await wait(for: UpdatesOffered.type, in: asset)
        }
    }

    private func document() async throws {
        let patch = DemonstrationPatch.documented
        let id = try await qualify(patch)
        try await approve(patch, id, site: "berlin")
        let rollout = try await rollOut(patch, id, site: "berlin")
        try await wait(for: RolloutCompleted.type, in: rollout)
        // Verified everywhere, and with all its evidence there, a patch documents itself.
        try await wait(for: PatchDocumented.type, in: id)
        say("\(patch.name) is documented: patchflow report evidence \(id)")
    }

    private func halt() async throws {
        let patch = DemonstrationPatch.halted
        let id = try await qualify(patch)
        try await approve(patch, id, site: DemonstrationFleet.troubledSite)
        let rollout = try await rollOut(patch, id, site: DemonstrationFleet.troubledSite)
        try await wait(for: RolloutPaused.type, in: rollout)
        say("a gate has paused \(patch.name): patchflow rollout show \(rollout)")
    }

    private func leaveWaiting() async throws {
        let patch = DemonstrationPatch.waiting
        let id = try await qualify(patch)
        try await submit(patch, id, AssetSelection(environment: "staging"))
        say("\(patch.name) waits for demo-peter: patchflow patch approve \(id)")
    }

    // MARK: How a patch comes so far

    /// From the offered update to the signature under its test.
    private func qualify(_ patch: DemonstrationPatch) async throws -> StreamID {
        let alice = DemonstrationPerson.alice
        let lab = DemonstrationFleet.assets(.lab)
        say("demo-alice identifies, assesses and tests \(patch.name)")
        let id = try await useCases.identify(
            patch.identification, alice.order("\(patch.name)/identify")
        ).id
        _ = try await useCases.assess(
            id.text, patch.assessment, alice.order("\(patch.name)/assess"))
        _ = try await useCases.acquire(
            id.text, referenceAsset: lab[0].text, alice.order("\(patch.name)/acquire"))
        try await wait(for: PatchAcquired.type, in: id)
        _ = try await useCases.test(
            id.text, sample: lab.map(\.text), alice.order("\(patch.name)/test"))
        try await wait(for: QualificationPassed.type, in: id)
        try await wait(for: KnownFlawsObserved.type, in: id)
        _ = try await useCases.signOff(
            id.text, reason: "[simulated] stable in the lab",
            alice.order("\(patch.name)/sign-off"))
        return id
    }

    private func submit(
        _ patch: DemonstrationPatch, _ id: StreamID, _ selection: AssetSelection
    ) async throws {
        _ = try await useCases.submit(
            id.text, selection, expiresInSeconds: nil,
            DemonstrationPerson.rita.order(Self.submission(of: patch)))
    }

    private func approve(_ patch: DemonstrationPatch, _ id: StreamID, site: String) async throws {
        try await submit(patch, id, AssetSelection(environment: "production", site: site))
        let state = try await useCases.bus.state(of: id, as: PatchDecider.self).state
        guard let approval = state.approval else {
            throw DemonstrationFailure("nothing of \(patch.name) waits for approval")
        }
        _ = try await useCases.approve(
            id.text, digest: "\(approval.binding.digest)", reason: "[simulated] evidence read",
            DemonstrationPerson.peter.order("\(patch.name)/approve"))
    }

    /// Plans for the production hosts of `site`, has the plan approved, and starts.
    private func rollOut(
        _ patch: DemonstrationPatch, _ id: StreamID, site: String
    ) async throws -> StreamID {
        let rita = DemonstrationPerson.rita
        say("demo-rita rolls out \(patch.name) in \(site)")
        let planned = try await useCases.plan(
            PlanRequest(
                patch: id.text, selection: AssetSelection(environment: "production", site: site),
                batches: "1,3,rest", soakSeconds: 1),
            rita.order("\(patch.name)/plan"))
        let rollout = planned.plan.rollout
        let digest = "\(planned.digest)"
        _ = try await useCases.apply(
            rollout.text, digest: digest, rita.order("\(patch.name)/apply"))
        _ = try await useCases.approveRollout(
            rollout.text, digest: digest, reason: "[simulated] plan read",
            DemonstrationPerson.peter.order("\(patch.name)/approve-plan"))
        _ = try await useCases.startRollout(rollout.text, rita.order("\(patch.name)/start"))
        return rollout
    }

    // MARK: Waiting

    private static let patience: Duration = .seconds(180)

    /// Until the history of `stream` has such an event. History stays as it is, so this also holds
    /// for a demonstration that goes on after an interruption.
    private func wait(for type: String, in stream: StreamID) async throws {
        let end = ContinuousClock.now + Self.patience
        var last = "nothing"
        while ContinuousClock.now < end {
            let events = try await useCases.store.read(stream, after: 0, limit: 1000)
            if events.contains(where: { $0.type == type }) { return }
            last = events.last?.type ?? last
            try await Task.sleep(for: .milliseconds(200))
        }
        throw DemonstrationFailure(
            "\(stream) has no \(type) after \(Self.patience), its last event is \(last); "
                + "'patchflow event list --stream \(stream)' tells more")
    }

    private func say(_ text: String) {
        complain("[simulated] \(text)")
    }
}

struct DemonstrationFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
