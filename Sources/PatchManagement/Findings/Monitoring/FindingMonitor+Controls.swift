package import EventSourcing

/// What the monitor keeps of a security control.
package struct WatchedControl: Codable, Sendable, Equatable {
    let registration: ControlRegistration
    /// nil while it can't be counted on.
    var verifiedUntil: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case registration
        case verifiedUntil = "verified_until"
    }
}

extension FindingMonitor {
    /// A control that protects an asset, as a classification is told of it.
    struct Protection {
        let kind: ControlKind
        let control: ControlOnPath
    }

    /// Takes up what was kept of a control.
    package mutating func restore(_ control: StreamID, _ watched: WatchedControl) {
        controls[control] = watched
    }

    package func watched(control: StreamID) -> WatchedControl? { controls[control] }

    /// The controls of which something else is to be kept than when this was asked last. To be kept
    /// only with the checkpoint behind their events.
    package mutating func takeChangedControls() -> [StreamID] {
        defer { changedControls = [] }
        return changedControls.sorted()
    }

    /// A control can be counted on, or can't any more: its assets' findings may be others now.
    package mutating func see(
        _ event: ControlEvent, of control: StreamID, at moment: Timestamp
    ) {
        changedControls.insert(control)
        switch event {
        case .registered(let registered):
            // What was verified has lapsed before it is described anew.
            controls[control] = WatchedControl(
                registration: registered.registration,
                verifiedUntil: controls[control]?.verifiedUntil)
            return
        case .verified(let verified): controls[control]?.verifiedUntil = verified.until
        case .lapsed: controls[control]?.verifiedUntil = nil
        }
        guard let registration = controls[control]?.registration else { return }
        for (asset, watched) in assets
        where !watched.isDecommissioned && watched.isProtected(by: registration, as: asset) {
            due[asset] = moment
        }
    }

    /// The controls that protect an asset and hold, by id.
    func protections(
        of asset: StreamID, _ watched: WatchedAsset, at now: Timestamp
    ) -> [Protection] {
        var found: [Protection] = []
        for (id, control) in controls {
            let onPath = ControlOnPath(control: id, verifiedUntil: control.verifiedUntil)
            guard onPath.holds(at: now), watched.isProtected(by: control.registration, as: asset)
            else { continue }
            found.append(Protection(kind: control.registration.kind, control: onPath))
        }
        return found.sorted { $0.control.control < $1.control.control }
    }

    /// Those that stand between an attacker and a flaw with these ratings.
    static func onPath(
        _ protections: [Protection], _ ratings: [CVSSRating]
    ) -> [ControlOnPath] {
        let standing = protections.filter { $0.kind.isOnPath(toFlawRatedBy: ratings) }
        return Array(standing.map(\.control).prefix(mostControls))
    }

    private static let mostControls = 50
}

extension WatchedAsset {
    fileprivate func isProtected(by control: ControlRegistration, as asset: StreamID) -> Bool {
        if control.assets.contains(asset) { return true }
        guard let group = control.group, let environment, let name = self.group else {
            return false
        }
        return group.matches(environment: environment, site: site, group: name)
    }
}
