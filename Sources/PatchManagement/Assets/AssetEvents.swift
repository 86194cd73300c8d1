package import EventSourcing

package enum AssetEvent: DomainEvent {
    case registered(AssetRegistered)
    case described(AssetDescribed)
    case scanRequested(ScanRequested)
    case inventoryReported(InventoryReported)
    case updatesOffered(UpdatesOffered)
    case scanConfirmed(ScanConfirmed)
    case scanFailed(ScanFailed)
    case rebootObserved(RebootObserved)
    case rebootAwaited(RebootAwaited)
    case reportTaken(PackageReportTaken)
    case reportConfirmed(PackageReportConfirmed)
    case overdue(CollectionOverdue)
    case sourceForgotten(ReportSourceForgotten)
    case instanceObserved(CloudInstanceObserved)
    case instanceGone(CloudInstanceGone)
    case predecessorLinked(PredecessorLinked)
    case originsNoted(AttributeOriginsNoted)
    case decommissioned(AssetDecommissioned)
    case held(AssetHeld)
    case released(AssetReleased)

    package var payload: any EventPayload {
        switch self {
        case .registered(let payload): payload
        case .described(let payload): payload
        case .scanRequested(let payload): payload
        case .inventoryReported(let payload): payload
        case .updatesOffered(let payload): payload
        case .scanConfirmed(let payload): payload
        case .scanFailed(let payload): payload
        case .rebootObserved(let payload): payload
        case .rebootAwaited(let payload): payload
        case .reportTaken(let payload): payload
        case .reportConfirmed(let payload): payload
        case .overdue(let payload): payload
        case .sourceForgotten(let payload): payload
        case .instanceObserved(let payload): payload
        case .instanceGone(let payload): payload
        case .predecessorLinked(let payload): payload
        case .originsNoted(let payload): payload
        case .decommissioned(let payload): payload
        case .held(let payload): payload
        case .released(let payload): payload
        }
    }

    package init(type: String, schemaVersion version: Int, data: [UInt8]) throws {
        switch type {
        case AssetRegistered.type:
            self = .registered(try .decode(schemaVersion: version, data: data))
        case AssetDescribed.type:
            self = .described(try .decode(schemaVersion: version, data: data))
        case ScanRequested.type:
            self = .scanRequested(try .decode(schemaVersion: version, data: data))
        case InventoryReported.type:
            self = .inventoryReported(try .decode(schemaVersion: version, data: data))
        case UpdatesOffered.type:
            self = .updatesOffered(try .decode(schemaVersion: version, data: data))
        case ScanConfirmed.type:
            self = .scanConfirmed(try .decode(schemaVersion: version, data: data))
        case ScanFailed.type:
            self = .scanFailed(try .decode(schemaVersion: version, data: data))
        case RebootObserved.type:
            self = .rebootObserved(try .decode(schemaVersion: version, data: data))
        case RebootAwaited.type:
            self = .rebootAwaited(try .decode(schemaVersion: version, data: data))
        case PackageReportTaken.type:
            self = .reportTaken(try .decode(schemaVersion: version, data: data))
        case PackageReportConfirmed.type:
            self = .reportConfirmed(try .decode(schemaVersion: version, data: data))
        case CollectionOverdue.type:
            self = .overdue(try .decode(schemaVersion: version, data: data))
        case ReportSourceForgotten.type:
            self = .sourceForgotten(try .decode(schemaVersion: version, data: data))
        case CloudInstanceObserved.type:
            self = .instanceObserved(try .decode(schemaVersion: version, data: data))
        case CloudInstanceGone.type:
            self = .instanceGone(try .decode(schemaVersion: version, data: data))
        case PredecessorLinked.type:
            self = .predecessorLinked(try .decode(schemaVersion: version, data: data))
        case AttributeOriginsNoted.type:
            self = .originsNoted(try .decode(schemaVersion: version, data: data))
        case AssetDecommissioned.type:
            self = .decommissioned(try .decode(schemaVersion: version, data: data))
        case AssetHeld.type:
            self = .held(try .decode(schemaVersion: version, data: data))
        case AssetReleased.type:
            self = .released(try .decode(schemaVersion: version, data: data))
        default: throw EventCodingError.unknownType(type)
        }
    }
}

/// The asset is to be examined before it is changed, for one finding.
package struct AssetHeld: EventPayload {
    package static let type = "AssetHeld"
    package let finding: StreamID

    package init(finding: StreamID) { self.finding = finding }
}

/// The forensic hold on a finding of the asset has ended.
package struct AssetReleased: EventPayload {
    package static let type = "AssetReleased"
    package let finding: StreamID

    package init(finding: StreamID) { self.finding = finding }
}

/// An asset became known, or its description changed as a whole.
package struct AssetRegistered: EventPayload {
    package static let type = "AssetRegistered"
    package let asset: StreamID
    package let registration: AssetRegistration

    package init(asset: StreamID, registration: AssetRegistration) {
        self.asset = asset
        self.registration = registration
    }
}

/// What is known of an asset besides its registration changed as a whole.
package struct AssetDescribed: EventPayload {
    package static let type = "AssetDescribed"
    package let attributes: AssetAttributes

    package init(attributes: AssetAttributes) { self.attributes = attributes }
}

package struct ScanRequested: EventPayload {
    package static let type = "ScanRequested"
    package let scan: Scan
    package let host: HostAddress

    package init(scan: Scan, host: HostAddress) {
        self.scan = scan
        self.host = host
    }
}

/// The host's inventory differs from the one before. The report itself is a document.
package struct InventoryReported: EventPayload {
    package static let type = "InventoryReported"
    /// Digest of the report's canonical form.
    package let report: Digest
    package let packages: Int
    package let stratum: PlatformStratum
    package let kernel: String
    package let bootID: String

    package init(
        report: Digest, packages: Int, stratum: PlatformStratum, kernel: String, bootID: String
    ) {
        self.report = report
        self.packages = packages
        self.stratum = stratum
        self.kernel = kernel
        self.bootID = bootID
    }

    private enum CodingKeys: String, CodingKey {
        case report, packages, stratum, kernel
        case bootID = "boot_id"
    }
}

/// The updates that the host's signed lists offer differ from those before.
package struct UpdatesOffered: EventPayload {
    package static let type = "UpdatesOffered"
    /// Sorted by name, architecture and version; the first ones only when there are too many for
    /// an event.
    package let offers: [OfferedUpdate]
    /// How many there are in all.
    package let total: Int
    /// Digest of the whole sorted list, which is a document.
    package let list: Digest

    package init(offers: [OfferedUpdate], total: Int, list: Digest) {
        self.offers = offers
        self.total = total
        self.list = list
    }
}

/// The host was looked at, and everything is as it was reported last.
package struct ScanConfirmed: EventPayload {
    package static let type = "ScanConfirmed"
    package let scan: Scan
    /// Of the report or the list.
    package let digest: Digest

    package init(scan: Scan, digest: Digest) {
        self.scan = scan
        self.digest = digest
    }
}

package struct ScanFailed: EventPayload {
    package static let type = "ScanFailed"
    package let scan: Scan
    package let cause: WorkFailure.Cause
    package let detail: String

    package init(scan: Scan, cause: WorkFailure.Cause, detail: String) {
        self.scan = scan
        self.cause = cause
        self.detail = detail
    }
}

/// The boot id changed between two reports.
package struct RebootObserved: EventPayload {
    package static let type = "RebootObserved"
    package let before: String
    package let after: String
    /// Deployments that waited for it; nil for none.
    package let deployments: [StreamID]?

    package init(before: String, after: String, deployments: [StreamID]? = nil) {
        self.before = before
        self.after = after
        self.deployments = deployments
    }
}

/// A deployment is not in effect before a reboot that patchflow doesn't do, or that never ended.
package struct RebootAwaited: EventPayload {
    package static let type = "RebootAwaited"
    package let deployment: StreamID
    /// Of the asset by then: another one is what it waits for.
    package let bootID: String

    package init(deployment: StreamID, bootID: String) {
        self.deployment = deployment
        self.bootID = bootID
    }

    private enum CodingKeys: String, CodingKey {
        case deployment
        case bootID = "boot_id"
    }
}

package struct AssetDecommissioned: EventPayload {
    package static let type = "AssetDecommissioned"
    package let reason: String
    /// What stands in its place; nil for nothing.
    package let successor: StreamID?

    package init(reason: String, successor: StreamID? = nil) {
        self.reason = reason
        self.successor = successor
    }
}

/// It stands in the place of an asset that is gone.
package struct PredecessorLinked: EventPayload {
    package static let type = "PredecessorLinked"
    package let predecessor: StreamID
    package let by: Actor
}
