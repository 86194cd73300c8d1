package import Advisories
package import EventSourcing
private import FoundationEssentials

/// The versions that assets of one kind are meant to run.
package struct Baseline: Codable, Hashable, Sendable {
    /// What the assets have in common: their group, such as `web-server`, or what they are, such as
    /// `network-device`.
    package let kind: String
    /// Whose rules order the versions.
    package let scheme: VersionScheme
    /// Sorted by name, each once.
    package let standards: [PackageStandard]

    package init(kind: String, scheme: VersionScheme, standards: [PackageStandard]) {
        self.kind = kind
        self.scheme = scheme
        self.standards = standards.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    }

    package func standard(of name: String) -> PackageStandard? {
        // Sorted, and a report asks for each package of each asset.
        var (low, high) = (0, standards.count)
        while low < high {
            let middle = (low + high) / 2
            if standards[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < standards.count && standards[low].name == name ? standards[low] : nil
    }

    /// Whether the baseline of `kind` is for an asset of that group, which is such a thing.
    ///
    /// - Parameter assetKind: As `AssetKind` stores it.
    package static func concerns(kind: String, group: String?, assetKind: String) -> Bool {
        group == kind || assetKind == kind
    }

    /// The same for one package alone; the whole for nil.
    package func reduced(to package: String?) -> Baseline {
        guard let package else { return self }
        return Baseline(
            kind: kind, scheme: scheme, standards: standard(of: package).map { [$0] } ?? [])
    }

    /// The baseline's stream, which follows from its kind: a kind has one baseline.
    package var id: StreamID { Self.id(kind: kind) }

    package static func id(kind: String) -> StreamID {
        StreamID(
            prefix: BaselineDecider.prefix, .version5(namespace: namespace, name: kind))
    }

    /// Everything in it that may not be, in the order of the fields.
    package var faults: [FieldFault] {
        var faults: [FieldFault] = []
        if HostName(kind) == nil {
            faults.append(FieldFault(field: "kind", value: kind, rule: HostName.rule))
        }
        if standards.isEmpty || standards.count > Self.longest {
            faults.append(
                FieldFault(
                    field: "standards", value: "\(standards.count)",
                    rule: "a baseline names 1 to \(Self.longest) packages"))
        } else {
            let bytes = storedForm(standards).count
            if bytes > Self.mostBytes {
                faults.append(
                    FieldFault(
                        field: "standards", value: "\(standards.count) of \(bytes) bytes",
                        rule: "all together they have at most \(Self.mostBytes) bytes: split the "
                            + "group, or leave out what need not be the same everywhere"))
            }
        }
        for (index, standard) in standards.enumerated() {
            if let fault = FieldFault.inText("standards.name", standard.name, longest: 200) {
                faults.append(fault)
            }
            if index > 0, standards[index - 1].name == standard.name {
                faults.append(
                    FieldFault(
                        field: "standards.name", value: standard.name,
                        rule: "a package has one standard"))
            }
            do {
                _ = try PackageVersion(standard.version, scheme)
            } catch {
                faults.append(
                    FieldFault(
                        field: "standards.version", value: standard.version,
                        rule: "it is no version of \(scheme.rawValue): \(error.problem.rawValue)"))
            }
        }
        return faults
    }

    private static let longest = 2000
    /// Leaves room in an event for the rest of it.
    private static let mostBytes = 50_000
    private static let namespace = UUID(
        uuid: (
            0x9a, 0x44, 0x3f, 0x27, 0x0e, 0x61, 0x5b, 0xd8, 0xa2, 0x0c, 0x5d, 0x17, 0xe3, 0x88,
            0x11, 0x03
        ))
}

/// The version of a package that a baseline asks for.
package struct PackageStandard: Codable, Hashable, Sendable {
    package let name: String
    package let version: String
    /// An asset of that kind without the package is off the baseline, too.
    package let isRequired: Bool

    package init(name: String, version: String, isRequired: Bool = false) {
        self.name = name
        self.version = version
        self.isRequired = isRequired
    }

    private enum CodingKeys: String, CodingKey {
        case name, version
        case isRequired = "is_required"
    }
}

extension VersionScheme: Codable {}
