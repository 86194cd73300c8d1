package import EventSourcing
package import JSON

/// What proves a patch's life to an auditor: who did what, when, by which digests, the versions
/// before and after, and every event behind it.
///
/// It follows from the events alone, so compiling it again gives the same bytes.
package struct EvidencePack: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
        package let item: EvidenceItem
        package let isPresent: Bool
        /// What was found, or what is missing, in words.
        package let finding: String

        private enum CodingKeys: String, CodingKey {
            case item
            case isPresent = "present"
            case finding
        }
    }

    /// A decision by a person, or by one of patchflow's services.
    package struct Deed: Codable, Sendable, Equatable {
        package let at: Timestamp
        package let who: String
        package let role: String
        package let onBehalfOf: String?
        package let what: String
        package let stream: StreamID
        package let position: Int64

        private enum CodingKeys: String, CodingKey {
            case at, who, role
            case onBehalfOf = "on_behalf_of"
            case what, stream, position
        }
    }

    package struct Asset: Codable, Sendable, Equatable {
        package let asset: String
        package let name: String
        package let deployment: StreamID
        package let rollout: String
        /// The last event that says what became of it.
        package let outcome: String
        package let before: [PackageSelection]
        package let after: [PackageSelection]
        package let installed: Timestamp?
        package let verified: Timestamp?
        /// What still ran the old version when it was verified; nil when nobody looked.
        package let outdated: [OutdatedProcess]?
    }

    package struct Entry: Codable, Sendable, Equatable {
        package let position: Int64
        package let stream: StreamID
        package let version: Int
        package let type: String
        package let recorded: Timestamp
        package let who: String
        package let role: String
        /// Of the event's data, exactly as it is stored.
        package let digest: Digest
        package let data: JSONValue
    }

    package struct NamedDigest: Codable, Sendable, Equatable {
        package let what: String
        package let digest: Digest
    }

    /// An exception from patching that was granted for something that the patch is for.
    package struct Exception: Codable, Sendable, Equatable {
        package let exception: StreamID
        package let kind: ExceptionKind
        /// As it stood at the pack's position.
        package let state: ExceptionPhase
        package let reason: String
        package let requestedBy: String
        package let grantedBy: String
        package let granted: Timestamp
        package let until: Timestamp
        package let control: StreamID?

        private enum CodingKeys: String, CodingKey {
            case exception, kind, state, reason
            case requestedBy = "requested_by"
            case grantedBy = "granted_by"
            case granted, until, control
        }
    }

    /// Something that the patch broke.
    package struct Flaw: Codable, Sendable, Equatable {
        package let flaw: String
        package let riskClass: RiskClass?
        package let reason: String
        package let mendedBy: StreamID?
        package let acceptedBy: String?

        private enum CodingKeys: String, CodingKey {
            case flaw
            case riskClass = "risk_class"
            case reason
            case mendedBy = "mended_by"
            case acceptedBy = "accepted_by"
        }
    }

    package struct Person: Codable, Sendable, Equatable {
        package let id: String
        package let name: String
    }

    package let patch: StreamID
    package let title: String
    package let vendorID: String
    package let state: String
    /// The last position that it covers.
    package let position: Int64
    package let items: [Item]
    package let digests: [NamedDigest]
    package let deeds: [Deed]
    /// The names of those who did something, by id, as they were known then; nil in packs of a time
    /// when they were not asked for.
    package let people: [Person]?
    package let assets: [Asset]
    package let events: [Entry]
    /// What depends on what the patch touches, as the assessment says; nil for nothing.
    package var dependents: [String]?
    /// nil for none, and so the two below.
    package var exceptions: [Exception]?
    package var introducedFlaws: [Flaw]?
    /// What other patches broke, and this one mends.
    package var mends: [MendedFlaw]?

    private enum CodingKeys: String, CodingKey {
        case patch, title
        case vendorID = "vendor_id"
        case state, position, items, digests, deeds, people, assets, events
        case dependents, exceptions
        case introducedFlaws = "introduced_flaws"
        case mends
    }

    package var present: [EvidenceItem] { items.filter(\.isPresent).map(\.item) }
    package var missing: [EvidenceItem] { items.filter { !$0.isPresent }.map(\.item) }

    /// The pack in canonical JSON: the document whose digest `PatchDocumented` holds.
    package func json() -> [UInt8] { storedForm(self) }

    package var document: Document { Document(mediaType: "application/json", bytes: json()) }
}

/// The events could not be made into a pack.
package struct EvidenceError: Error, Sendable, Equatable, CustomStringConvertible {
    package let position: Int64
    package let problem: String

    package var description: String { "event \(position): \(problem)" }
}
