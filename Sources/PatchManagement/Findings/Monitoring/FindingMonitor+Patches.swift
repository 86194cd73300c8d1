internal import Advisories
package import EventSourcing

/// Whether the version that a patch brings is itself known to be vulnerable.
///
/// A patch is matched like an asset that has it installed, so that each change of an advisory
/// touches the patches that it is about.
extension FindingMonitor {
    /// Takes up what was kept of a patch.
    package mutating func restore(_ patch: StreamID, _ watched: WatchedPatch) {
        patches[patch] = watched
        _ = fleet.put(patch.text, watched.matchable)
        // Also where an earlier program had nothing to say of its platforms.
        if watched.artefact != nil, watched.told == nil { duePatches.insert(patch) }
    }

    package func watched(patch: StreamID) -> WatchedPatch? { patches[patch] }

    /// Patches of which something else is to be kept than when this was asked last.
    package mutating func takeChangedPatches() -> [StreamID] {
        defer { changedPatches = [] }
        return changedPatches.sorted()
    }

    package mutating func see(_ event: PatchEvent, of patch: StreamID) {
        switch event {
        case .identified(let identified):
            patches[patch] = WatchedPatch(identified.identification)
        case .assessed(let assessed): patches[patch]?.assess(assessed.assessment)
        case .acquired(let acquired): patches[patch]?.acquire(acquired)
        case .superseded(let superseded):
            guard superseded.ended else { return }
            patches[patch] = nil
            _ = fleet.remove(patch.text)
        case .dismissed, .acquisitionRequested, .acquisitionFailed, .flawsObserved, .flawsAccepted,
            .qualificationStarted, .stepBegun, .stepRepeated, .checkRecorded, .qualificationPassed,
            .qualificationFailed, .qualificationInconclusive, .signedOff, .approvalRequested,
            .approvalGiven, .approved, .rejected, .approvalExpired, .approvalRevoked, .reopened,
            .deferred, .withdrawn, .reinstated, .handedToOwner, .rolloutObserved, .stateChanged,
            .verified,
            .documented, .introducedFlawLinked, .introducedFlawMended, .introducedFlawUnmended,
            .introducedFlawAccepted, .mendedFlawLinked, .heldInPack, .resolvedElsewhere, .excepted,
            .exceptionEnded, .emergencyBegun, .emergencyEnded, .memberLeft:
            return
        }
        changedPatches.insert(patch)
        if let watched = patches[patch] {
            _ = fleet.put(patch.text, watched.matchable)
            duePatches.insert(patch)
        }
    }

    /// Whatever feeds say now may be about any of them: there are few.
    mutating func reconsiderPatches() {
        duePatches.formUnion(patches.keys)
    }

    /// What is to be told of the patches that are due, in the order of their ids; also that no
    /// advisory here is about any of its platforms.
    package mutating func takeFlawReports(
        at now: Timestamp
    ) -> [(patch: StreamID, report: FlawReport)] {
        defer { duePatches = [] }
        var reports: [(StreamID, FlawReport)] = []
        for patch in duePatches.sorted() {
            guard let watched = patches[patch], let artefact = watched.artefact else { continue }
            let isCovered = watched.ecosystems.contains {
                fleet.advisories.covers(Ecosystem($0))
            }
            let report = FlawReport(
                artefact: artefact, flaws: isCovered ? flaws(of: patch, at: now) : [],
                isCovered: isCovered)
            guard report.digest != watched.told else { continue }
            patches[patch]?.told = report.digest
            changedPatches.insert(patch)
            reports.append((patch, report))
        }
        return reports
    }

    private mutating func flaws(of patch: StreamID, at now: Timestamp) -> [KnownFlaw] {
        // What counts for all: a patch is for assets of many sites.
        let policy = policies.counting(on: PolicyPath()).classification
        let matches = fleet.matches(of: patch.text).filter(counts)
        return Dictionary(grouping: matches, by: \.vulnerability).compactMap {
            name, matches -> KnownFlaw? in
            let first = matches.min { $0.package < $1.package }
            guard let first, let vulnerability = VulnerabilityID(name) else { return nil }
            let bases = Set(matches.flatMap { $0.bases.map(\.advisory) }).sorted()
            var inputs = book.inputs(
                names: [name] + fleet.advisories.aliases(of: name), advisories: bases)
            inputs.exposure = .open
            inputs.criticality = .veryHigh
            return KnownFlaw(
                vulnerability: vulnerability, package: first.package.name,
                version: first.package.version,
                riskClass: Classifier.classify(inputs, at: now, policy).riskClass,
                fixed: first.fix?.version)
        }
    }
}
