package import EventSourcing

/// What an exception is for: findings, patches or assets by name, or all assets of a group.
package struct ExceptionScope: Codable, Hashable, Sendable {
    /// Each sorted, without doubles.
    package let findings: [StreamID]
    package let patches: [StreamID]
    package let assets: [StreamID]
    /// Assets by environment, site and group.
    package let group: TargetSelector?

    package init(
        findings: [StreamID] = [], patches: [StreamID] = [], assets: [StreamID] = [],
        group: TargetSelector? = nil
    ) {
        self.findings = Set(findings).sorted()
        self.patches = Set(patches).sorted()
        self.assets = Set(assets).sorted()
        self.group = group
    }

    /// Whether it is for that finding.
    ///
    /// - Parameters:
    ///   - asset: The one that the finding is on, and how it is registered.
    ///   - patches: Those that would mend the finding.
    package func covers(
        finding: StreamID, on asset: StreamID, _ registration: AssetRegistration,
        mendedBy patches: [StreamID]
    ) -> Bool {
        findings.contains(finding) || assets.contains(asset)
            || patches.contains { self.patches.contains($0) }
            || (group?.matches(registration) ?? false)
    }

    /// Whether a deployment of that patch to that asset is to be left out.
    package func covers(
        patch: StreamID, on asset: StreamID, _ registration: AssetRegistration
    ) -> Bool {
        patches.contains(patch) || assets.contains(asset)
            || (group?.matches(registration) ?? false)
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        let parts = [
            ("scope.findings", findings, FindingDecider.prefix),
            ("scope.patches", patches, PatchDecider.prefix),
            ("scope.assets", assets, AssetDecider.prefix),
        ]
        for (field, ids, prefix) in parts {
            if ids.count > Self.longest {
                faults.append(
                    FieldFault(
                        field: field, value: "\(ids.count)",
                        rule: "at most \(Self.longest): name a group instead"))
            }
            for id in ids where id.prefix != prefix[...] {
                faults.append(
                    FieldFault(
                        field: field, value: id.text, rule: "it does not begin with '\(prefix)_'"))
            }
        }
        if findings.isEmpty, patches.isEmpty, assets.isEmpty, group == nil {
            faults.append(
                FieldFault(
                    field: "scope", value: "",
                    rule: "it is empty: name findings, patches, assets or a group"))
        }
        if let group {
            if group.environments.isEmpty {
                faults.append(
                    FieldFault(
                        field: "scope.group", value: "", rule: "it names no environment: name one"))
            }
            for name in group.sites + group.groups where HostName(name) == nil {
                faults.append(FieldFault(field: "scope.group", value: name, rule: HostName.rule))
            }
        }
        return faults
    }

    private static let longest = 300
}
