package import EventSourcing

/// One of the patches that a vendor's set was put together from: a source package, and what it
/// brings.
package struct PatchPart: Codable, Hashable, Sendable {
    /// The patch that stood for it alone, and is superseded by the set.
    package let patch: StreamID
    package let sourcePackage: String
    /// Names of its binary packages, sorted.
    package let packages: [String]

    package init(patch: StreamID, sourcePackage: String, packages: [String]) {
        self.patch = patch
        self.sourcePackage = sourcePackage
        self.packages = Set(packages).sorted()
    }

    private enum CodingKeys: String, CodingKey {
        case patch
        case sourcePackage = "source_package"
        case packages
    }
}

/// What is put together to one patch, or why it can't be.
package enum PatchGrouping {
    /// - Parameter members: In the order in which they are named; at least two.
    /// - Throws: `badField` for `patches`.
    package static func identification(
        vendorID: String, title: String,
        of members: [(patch: StreamID, identification: PatchIdentification)]
    ) throws(PatchRejection) -> PatchIdentification {
        guard let first = members.first?.identification, members.count > 1 else {
            throw fault("\(members.count)", "a set is put together from two patches at least")
        }
        var packages: [PackageSelection] = []
        for (patch, member) in members {
            guard member.kind == first.kind else {
                throw fault(
                    patch.text,
                    "it is of kind '\(member.kind.rawValue)', the first one is "
                        + "'\(first.kind.rawValue)': a set is of one kind")
            }
            guard member.holds == nil, member.parts == nil else {
                throw fault(patch.text, "it holds other patches itself: name those")
            }
            for package in member.packages where !packages.contains(package) {
                packages.append(package)
            }
        }
        let origins = Set(members.map(\.identification.origin)).sorted()
        let purposes = members.map(\.identification.purpose)
        return PatchIdentification(
            vendorID: vendorID, title: title, kind: first.kind,
            purpose: purposes.min { rank($0) < rank($1) } ?? first.purpose,
            sourcePackage: first.sourcePackage,
            packages: packages.sorted {
                ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version)
            },
            origin: origins.joined(separator: ", "),
            parts: members.map { patch, member in
                PatchPart(
                    patch: patch, sourcePackage: member.sourcePackage,
                    packages: member.packages.map(\.name))
            })
    }

    /// A set with a security fix in it is one.
    private static func rank(_ purpose: PatchPurpose) -> Int {
        switch purpose {
        case .security: 0
        case .bugFix: 1
        case .feature: 2
        }
    }

    private static func fault(_ value: String, _ rule: String) -> PatchRejection {
        .badField(FieldFault(field: "patches", value: value, rule: rule))
    }
}

extension PatchIdentification {
    /// The source package that a binary package of it comes from.
    package func source(of package: String) -> String {
        (parts ?? members)?.first { $0.packages.contains(package) }?.sourcePackage ?? sourcePackage
    }
}
