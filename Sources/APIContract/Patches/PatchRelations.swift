/// A source package of a vendor's set, and the patch that stood for it alone.
package struct PatchPartResource: Codable, Sendable, Equatable {
    package let patch: String
    package let sourcePackage: String
    /// Names of its binary packages.
    package let packages: [String]

    package init(patch: String, sourcePackage: String, packages: [String]) {
        self.patch = patch
        self.sourcePackage = sourcePackage
        self.packages = packages
    }
}

/// The service pack that a patch is in.
package struct PackMembershipResource: Codable, Sendable, Equatable {
    /// Of the pack.
    package let id: String
    /// Assets of the patch that the pack was not brought to; nil while the pack isn't verified.
    package let remaining: Int?

    package init(id: String, remaining: Int? = nil) {
        self.id = id
        self.remaining = remaining
    }
}

/// Something that a patch broke.
package struct IntroducedFlawResource: Codable, Sendable, Equatable {
    /// A vulnerability's id, or a few words.
    package let flaw: String
    /// How much it matters here; nil when nobody has said.
    package let riskClass: String?
    package let reason: String
    package let linkedBy: String
    /// The patch that mends it; nil while none does.
    package let mendedBy: String?
    /// The risk owner who takes the patch with it; nil while nobody does.
    package let acceptedBy: String?

    package init(
        flaw: String, riskClass: String? = nil, reason: String, linkedBy: String,
        mendedBy: String? = nil, acceptedBy: String? = nil
    ) {
        self.flaw = flaw
        self.riskClass = riskClass
        self.reason = reason
        self.linkedBy = linkedBy
        self.mendedBy = mendedBy
        self.acceptedBy = acceptedBy
    }
}

/// Something that another patch broke, and this one mends.
package struct MendedFlawResource: Codable, Sendable, Equatable {
    /// The one that introduced it.
    package let patch: String
    package let flaw: String

    package init(patch: String, flaw: String) {
        self.patch = patch
        self.flaw = flaw
    }
}

/// `POST /patches/{id}:link-flaw`: the patch turned out to bring a flaw with it.
package struct LinkFlawRequest: Codable, Sendable, Equatable {
    /// A vulnerability's id, or a few words.
    package let flaw: String
    /// `urgent`, `important` or `nonCritical`; nil says nothing of it.
    package let riskClass: String?
    package let reason: String

    package init(flaw: String, riskClass: String? = nil, reason: String) {
        self.flaw = flaw
        self.riskClass = riskClass
        self.reason = reason
    }
}

/// `POST /patches/{id}:mend-flaw`: another patch mends what this one introduced.
package struct MendFlawRequest: Codable, Sendable, Equatable {
    package let flaw: String
    /// Id of the patch that mends it.
    package let hotfix: String
    package let reason: String

    package init(flaw: String, hotfix: String, reason: String) {
        self.flaw = flaw
        self.hotfix = hotfix
        self.reason = reason
    }
}

/// `POST /patches/{id}:accept-introduced-flaw`.
package struct AcceptIntroducedFlawRequest: Codable, Sendable, Equatable {
    package let flaw: String
    package let reason: String

    package init(flaw: String, reason: String) {
        self.flaw = flaw
        self.reason = reason
    }
}

/// `POST /patches:group`: several identified patches become one; answers 201.
package struct GroupPatchesRequest: Codable, Sendable, Equatable {
    /// Ids of at least two.
    package let patches: [String]
    /// The vendor's own name for the set, such as an advisory's id.
    package let vendorId: String
    /// nil takes the vendor's name.
    package let title: String?

    package init(patches: [String], vendorId: String, title: String? = nil) {
        self.patches = patches
        self.vendorId = vendorId
        self.title = title
    }
}
