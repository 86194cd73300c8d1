package import JSON

/// What counts for a site, a group or an asset: `GET /policies/effective`.
package struct EffectivePolicyResource: Codable, Sendable, Equatable {
    package let site: String?
    package let group: String?
    package let asset: String?
    package let sections: [PolicySectionResource]
    /// Of every field, in their order.
    package let values: [PolicyValueResource]
    /// Scopes whose policies don't fit to those above them any more, and so don't count.
    package let ignored: [String]
    package let position: Int64

    package init(
        site: String?, group: String?, asset: String?, sections: [PolicySectionResource],
        values: [PolicyValueResource], ignored: [String], position: Int64
    ) {
        self.site = site
        self.group = group
        self.asset = asset
        self.sections = sections
        self.values = values
        self.ignored = ignored
        self.position = position
    }
}

/// The version of a section as events pin it: it rises with each change of the section in any scope
/// on the way, and 1 is what is built in.
package struct PolicySectionResource: Codable, Sendable, Equatable {
    package let section: String
    package let version: Int
    /// SHA-256 that events pin beside the version; nil where none do.
    package let digest: String?

    package init(section: String, version: Int, digest: String? = nil) {
        self.section = section
        self.version = version
        self.digest = digest
    }
}

package struct PolicyValueResource: Codable, Sendable, Equatable {
    /// Such as `classification.sla.urgent_seconds`.
    package let field: String
    /// null for none.
    package let value: JSONValue
    /// Whose value it is; nil for what is built in.
    package let scope: String?
    /// Of that scope's policy.
    package let version: Int
    /// The values that it stands before, the nearest first.
    package let hidden: [HiddenPolicyValueResource]

    package init(
        field: String, value: JSONValue, scope: String?, version: Int,
        hidden: [HiddenPolicyValueResource]
    ) {
        self.field = field
        self.value = value
        self.scope = scope
        self.version = version
        self.hidden = hidden
    }
}

package struct HiddenPolicyValueResource: Codable, Sendable, Equatable {
    package let value: JSONValue
    package let scope: String?
    package let version: Int

    package init(value: JSONValue, scope: String?, version: Int) {
        self.value = value
        self.scope = scope
        self.version = version
    }
}
