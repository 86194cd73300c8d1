/// What an asset has installed, as one report says it.
///
/// Two reports with one content have one canonical form, in whatever order and with whatever white
/// space they came, so that a digest of it tells whether anything has changed.
package struct PackageInventory: Sendable, Equatable {
    package let format: InventoryFormat
    /// As the report says it, or as it was given with the report.
    package let release: OperatingSystemRelease?
    /// In their order, each once.
    package let packages: [ReportedPackage]
    /// In their order, each once.
    package let products: [ReportedProduct]
    /// In the order of the report; at most as many as the limits say.
    package let skipped: [SkippedEntry]
    /// All of them.
    package let skippedCount: Int
    /// What reports of this form, or this one, leave open; each once, in the order of the cases.
    package let gaps: [InventoryGap]

    package init(
        format: InventoryFormat, release: OperatingSystemRelease? = nil,
        packages: [ReportedPackage], products: [ReportedProduct] = [],
        skipped: [SkippedEntry] = [], skippedCount: Int? = nil, gaps: [InventoryGap] = []
    ) {
        self.format = format
        self.release = release
        self.packages = Self.sorted(packages)
        self.products = Self.sorted(products)
        self.skipped = skipped
        self.skippedCount = skippedCount ?? skipped.count
        self.gaps = InventoryGap.allCases.filter(gaps.contains)
    }

    private static func sorted<Entry: Comparable>(_ entries: [Entry]) -> [Entry] {
        var sorted: [Entry] = []
        sorted.reserveCapacity(entries.count)
        for entry in entries.sorted() where sorted.last != entry { sorted.append(entry) }
        return sorted
    }

    /// The content as text: the release, then packages and products, one a line, with tabs between
    /// what is escaped as in a URL. Format and what was skipped are no part of it.
    package var canonicalBytes: [UInt8] {
        var lines = CanonicalLines()
        lines.append("inventory", ["1"])
        if let release { lines.append("release", [release.id, release.version]) }
        for package in packages {
            lines.append(
                "package",
                [
                    package.url, package.source?.name, package.source?.version, package.ecosystem,
                ])
        }
        for product in products {
            lines.append(
                "product",
                [
                    product.kind.rawValue, product.vendor, product.name, product.version,
                    product.cpe,
                ])
        }
        return lines.bytes
    }
}

/// Lines of which each has one reading: fields escaped, tabs between them.
struct CanonicalLines {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ word: StaticString, _ fields: [String?]) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        for field in fields {
            bytes.append(0x09)
            if let field { appendPercentEncoded(field, to: &bytes) }
        }
        bytes.append(0x0A)
    }
}

/// Something that can be patched and is no package: a device, its firmware, an application.
package struct ReportedProduct: Sendable, Hashable, Comparable {
    /// Source: CycloneDX, "component type".
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case application, container, device, firmware, platform
        case operatingSystem = "operating-system"
        case deviceDriver = "device-driver"
    }

    package let kind: Kind
    package let vendor: String?
    package let name: String
    package let version: String?
    package let cpe: String?

    package init(kind: Kind, vendor: String?, name: String, version: String?, cpe: String?) {
        self.kind = kind
        self.vendor = vendor
        self.name = name
        self.version = version
        self.cpe = cpe
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.sortingText.lexicographicallyPrecedes(right.sortingText)
    }

    private var sortingText: [String] {
        [kind.rawValue, vendor ?? "", name, version ?? "", cpe ?? ""]
    }
}

/// What a report names and its inventory doesn't hold.
package struct SkippedEntry: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// It is right that it doesn't count: removed, a key, a file.
        case notInstalled
        /// It may be installed, but can't be told: somebody should look.
        case unreadable
    }

    package let position: InventoryPosition
    /// What the report calls it, at most 100 bytes or so.
    package let entry: String
    package let kind: Kind
    package let reason: String

    package init(position: InventoryPosition, entry: String, kind: Kind, reason: String) {
        self.position = position
        self.entry = shortened(entry)
        self.kind = kind
        self.reason = reason
    }

    package var description: String { "\(position): '\(entry)': \(reason)" }
}

/// What an inventory leaves open, and a match with it may therefore get wrong.
package enum InventoryGap: String, Sendable, Hashable, CaseIterable {
    /// Bare `rpm -qa` tells no epoch.
    case epochs
    /// Source packages of a distribution's packages.
    case sources
    /// The release of the distribution.
    case release
    case architectures
}
