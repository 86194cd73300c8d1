private import Advisories
package import EventSourcing

/// What a service pack that is verified says to the patches that it holds.
package struct VerifiedPack: Codable, Hashable, Sendable {
    package let pack: StreamID
    /// Digest of the list of assets that the pack applies to.
    package let applicable: Digest

    package init(pack: StreamID, applicable: Digest) {
        self.pack = pack
        self.applicable = applicable
    }
}

extension PatchIdentification {
    /// Packages of `member` that a service pack doesn't bring in that version or a later one.
    package func lacking(of member: PatchIdentification) -> [PackageSelection] {
        member.packages.filter { wanted in
            !packages.contains { own in
                own.name == wanted.name && own.architecture == wanted.architecture
                    && Self.isReached(wanted.version, by: own.version)
            }
        }
    }

    private static func isReached(_ wanted: String, by own: String) -> Bool {
        // What isn't a version was refused when its patch was identified.
        guard let wanted = try? DebianVersion(wanted), let own = try? DebianVersion(own) else {
            return wanted == own
        }
        return wanted <= own
    }
}

/// The patches that a verified service pack holds, and the assets that it is for: with its
/// `PatchVerified`.
package struct PackContents: Codable, Hashable, Sendable {
    /// Sorted.
    package let holds: [StreamID]
    package let applicable: Digest
}

extension Patch {
    /// nil for a patch that holds no others.
    var contents: PackContents? {
        guard let holds = identification?.holds, let assessment else { return nil }
        return PackContents(holds: holds, applicable: assessment.applicable.assets)
    }
}

/// This patch is in a service pack.
package struct PatchHeldInPack: EventPayload {
    package static let type = "PatchHeldInPack"
    package let pack: StreamID
}

/// The service pack that this patch is in was verified.
package struct PatchResolvedElsewhere: EventPayload {
    package static let type = "PatchResolvedElsewhere"
    package let pack: StreamID
    /// Assets of this patch that the pack is not for.
    package let remaining: Int
    /// False when something remains, or rollouts of it are open: it is marked only, and goes on.
    package let ended: Bool
}

/// Where a patch stands with the service pack that it is in.
package struct PackMembership: Sendable, Equatable {
    package let pack: StreamID
    /// Assets that the pack is not for; nil while it is not verified.
    package var remaining: Int?
}
