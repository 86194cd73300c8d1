private import Advisories
package import EventSourcing

/// What a service pack that is verified says to the patches that it holds.
package struct VerifiedPack: Codable, Hashable, Sendable {
    package let pack: StreamID
    /// Digest of the list of assets on which it is proven.
    package let covered: Digest

    package init(pack: StreamID, covered: Digest) {
        self.pack = pack
        self.covered = covered
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

/// The patches that a verified service pack holds, and the assets on which it is proven: with its
/// `PatchVerified`.
package struct PackContents: Codable, Hashable, Sendable {
    /// Sorted.
    package let holds: [StreamID]
    /// Digest of the list of assets that its approval was for. It may apply to more, which nobody
    /// has touched.
    package let covered: Digest
}

extension Patch {
    /// nil for a patch that holds no others.
    var contents: PackContents? {
        guard let holds = identification?.inside, let approval else { return nil }
        return PackContents(holds: holds, covered: approval.binding.targets.assets)
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
    /// Assets of this patch that the pack was not brought to.
    package let remaining: Int
    /// False when something remains, or rollouts of it are open: it is marked only, and goes on.
    package let ended: Bool
}

/// Where a patch stands with the service pack that it is in.
package struct PackMembership: Sendable, Equatable {
    package let pack: StreamID
    /// Assets that the pack was not brought to; nil while it is not verified.
    package var remaining: Int?
}
