import EventSourcing

@testable import PatchManagement

/// Patches that have to do with others.
enum RelatedPatches {
    static let member = StreamID(prefix: "pa", uuid(21))
    static let other = StreamID(prefix: "pa", uuid(22))

    static func pack(
        kind: PatchKind = .servicePack, holding members: [StreamID] = [other, member, other]
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: "SP-1", title: "service pack 1", kind: kind, purpose: .security,
            sourcePackage: "curl", packages: [Sample.package], origin: "Debian:12.10/stable",
            holds: members)
    }

    static func part(
        _ source: String, _ packages: [String], version: String = "7.88.1-2",
        purpose: PatchPurpose = .bugFix, kind: PatchKind = .update
    ) -> PatchIdentification {
        PatchIdentification(
            vendorID: "debian/\(source)/\(version)", title: source, kind: kind, purpose: purpose,
            sourcePackage: source,
            packages: packages.map {
                PackageSelection(name: $0, architecture: "amd64", version: version)
            }, origin: "Debian:12.10/stable-security")
    }

    static func set() throws(PatchRejection) -> PatchIdentification {
        try PatchGrouping.identification(
            vendorID: "DSA-6001-1", title: "curl and nghttp2",
            of: [
                (member, part("curl", ["libcurl4", "curl"])),
                (other, part("nghttp2", ["libnghttp2-14"], purpose: .security)),
            ])
    }

    /// A service pack that is verified on all that its approval was for.
    static func verifiedPack(
        for targets: ApplicableAssets = Sample.targets
    ) throws -> PatchStory {
        var story = PatchStory()
        try story.tell(
            .identify(pack(), patch: PatchStory.id, policy: PatchPolicy()), by: vera)
        try story.tell(.assess(Sample.assessment()), by: anna)
        try story.tell(.acquire(from: lab(1).host), by: anna)
        story.activities.removeFirst()
        story.fence += 1
        try story.tell(
            .recordAcquisition(fence: story.fence, .acquired([Sample.pin])), by: worker)
        try story.tell(.startQualification(sample: [lab(1)], targetStrata: []), by: tom)
        try story.work(Sample.healthy)
        try story.signOffAndSubmit(for: targets)
        try story.tell(.approve(binding: story.binding), by: paul)
        try story.tell(
            .observeRollouts(Sample.overview(.completed, verified: 6)), by: workflow)
        return story
    }
}
