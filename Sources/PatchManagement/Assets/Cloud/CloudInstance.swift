package import EventSourcing

/// An instance as its account's list shows it.
package struct CloudInstance: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case running
        /// It may be started again at any time.
        case stopped
        /// On its way from one to the other, or the list doesn't say.
        case unknown
    }

    /// In the provider's words: it never comes again for another instance.
    package let id: String
    package let name: String?
    package let state: State
    /// Host names and addresses that it may answer at, each once; sorted.
    package let addresses: [String]
    package let hostNames: [String]
    package let image: String?
    /// The group that starts it again when it is gone: a scaling group, a scale set.
    package let group: String?
    /// Where it is within what the list covers: a zone, a region.
    package let zone: String?

    package init(
        id: String, name: String? = nil, state: State, addresses: [String] = [],
        hostNames: [String] = [], image: String? = nil, group: String? = nil, zone: String? = nil
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.addresses = Set(addresses.filter { HostLocation($0) != nil }).sorted()
        self.hostNames = Set(hostNames.filter { HostName($0) != nil }).sorted()
        self.image = image
        self.group = group
        self.zone = zone
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, state, addresses
        case hostNames = "host_names"
        case image, group, zone
    }

    /// Whether `text` can be what an image is known by. Azure's ids have all of a gallery's address,
    /// with resource groups whose names may have parentheses.
    static func isImage(_ text: String) -> Bool {
        (1...500).contains(text.utf8.count)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-._:/@+()".utf8.contains($0) }
    }

    static let imageRule =
        "1 to 500 letters, digits and -._:/@+() name it: 'sha256:' with its digest, or its "
        + "provider's id"
}

/// An instance, and the list that shows it.
package struct CloudObservation: Codable, Hashable, Sendable {
    package let scope: CloudScope
    package let instance: CloudInstance

    package init(scope: CloudScope, instance: CloudInstance) {
        self.scope = scope
        self.instance = instance
    }
}

/// By what an instance was found to be an asset. Never by a guess: where two fit, none is.
package enum CloudMatch: String, Codable, Sendable, CaseIterable {
    /// It was this instance before.
    case instance
    case address
    case hostName
}

/// The list of its account shows an asset as an instance, or shows that instance otherwise than
/// before.
package struct CloudInstanceObserved: EventPayload {
    package static let type = "CloudInstanceObserved"
    package let observation: CloudObservation
    package let match: CloudMatch
    package let by: Actor
}

/// The list of its account has an asset's instance no longer: it was terminated.
package struct CloudInstanceGone: EventPayload {
    package static let type = "CloudInstanceGone"
    package let scope: CloudScope
    /// The instance's id.
    package let instance: String
    /// Digest of the list as it was sent.
    package let list: Digest
    package let by: Actor
}

extension AssetDecider {
    /// What the list of its account says of an asset, and what stands in whose place.
    static func instance(
        _ command: AssetCommand, _ context: CommandContext, _ state: Asset,
        _ registration: AssetRegistration
    ) throws(AssetRejection) -> [AssetEvent] {
        switch command {
        case .observeInstance(let observation, let match):
            guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
            if let known = state.cloud, !state.isGoneFromCloud,
                (known.scope, known.instance.id)
                    != (observation.scope, observation.instance.id)
            {
                throw .otherInstance(registration.name, known: known.instance.id)
            }
            guard state.cloud != observation || state.isGoneFromCloud else { return [] }
            return [
                .instanceObserved(
                    CloudInstanceObserved(
                        observation: observation, match: match, by: context.actor))
            ]
        case .missInstance(let list):
            guard let cloud = state.cloud, !state.isGoneFromCloud, !state.isDecommissioned else {
                return []
            }
            return [
                .instanceGone(
                    CloudInstanceGone(
                        scope: cloud.scope, instance: cloud.instance.id, list: list,
                        by: context.actor))
            ]
        case .succeed(let predecessor):
            guard !state.isDecommissioned else { throw .isDecommissioned(registration.name) }
            guard predecessor != registration.asset else { throw .ownSuccessor(registration.name) }
            if let known = state.predecessor {
                guard known == predecessor else {
                    throw .otherPredecessor(registration.name, known: known)
                }
                return []
            }
            return [
                .predecessorLinked(PredecessorLinked(predecessor: predecessor, by: context.actor))
            ]
        case .register, .describe, .requestScan, .recordScan, .report, .noteOverdue, .decommission,
            .forgetSource, .noteOrigins, .hold, .release, .awaitReboot:
            return []
        }
    }
}
