/// In which form an asset, or somebody about it, reports.
package enum InventoryFormat: String, Sendable, Hashable, CaseIterable {
    /// `dpkg-query -W` with the format that `dpkgFormat` gives.
    case dpkgQuery = "dpkg-query"
    /// `/var/lib/dpkg/status`.
    case dpkgStatus = "dpkg-status"
    /// The files in `/var/lib/dpkg/status.d`, one after the other, of images without dpkg.
    case dpkgStatusFiles = "dpkg-status.d"
    /// `rpm -qa` with the format that `rpmFormat` gives, or bare.
    case rpm
    /// `/lib/apk/db/installed`.
    case apkInstalled = "apk-installed"
    /// `apk list -I` or `apk info -v`.
    case apkList = "apk-list"
    /// CycloneDX 1.2 to 1.6, as JSON.
    case cycloneDX = "cyclonedx"
    /// SPDX 2.2 and 2.3, as JSON.
    case spdx
    /// Rows of osquery as a JSON array, or an object with one such array a table.
    case osquery
    case trivy
    case grype
    /// A report of OpenVAS as XML.
    case openVAS = "openvas"
    /// Comma-separated values with a header line.
    case csv
    /// What a device is and which firmware it runs, as JSON: see `DeviceReport`.
    case device
    /// `/etc/os-release`, which says the release only.
    case osRelease = "os-release"

    /// For `dpkg-query -W -f`. The first five are what hosts are asked through SSH; the version of
    /// the source package may be left out.
    package static let dpkgFormat =
        #"${db:Status-Status} ${Package} ${Architecture} ${Version} ${source:Package} "#
        + #"${source:Version}\n"#

    /// For `rpm -qa --qf`.
    package static let rpmFormat =
        #"%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH} %{SOURCERPM}\n"#
}

/// How much of a report is taken before it is refused: a host's text is never trusted to be small.
package struct InventoryLimits: Sendable {
    /// Of one line, or of one element of a JSON text; in bytes.
    package let line: Int
    package let element: Int
    package let depth: Int
    /// Packages, products and reported vulnerabilities together.
    package let entries: Int
    /// Refusals that are kept word by word; further ones are only counted.
    package let skipped: Int

    package init(
        line: Int = 64 << 10, element: Int = 16 << 20, depth: Int = 64, entries: Int = 1_000_000,
        skipped: Int = 1_000
    ) {
        self.line = line
        self.element = element
        self.depth = depth
        self.entries = entries
        self.skipped = skipped
    }
}

/// Where in a report something stands.
package enum InventoryPosition: Sendable, Hashable, CustomStringConvertible {
    /// The first line is 1.
    case line(Int)
    /// Bytes before it.
    case byte(Int)
    /// Members and indices from the top, such as `components[3].purl`.
    case path(String)
    case document

    package var description: String {
        switch self {
        case .line(let number): "line \(number)"
        case .byte(let offset): "byte \(offset)"
        case .path(let path): path
        case .document: "the report"
        }
    }
}

/// Why a report is refused as a whole: nothing of it may be used.
package struct InventoryError: Error, Sendable, Equatable, CustomStringConvertible {
    package let format: InventoryFormat
    package let position: InventoryPosition
    package let reason: String

    package init(_ format: InventoryFormat, _ position: InventoryPosition, _ reason: String) {
        self.format = format
        self.position = position
        self.reason = reason
    }

    package var description: String { "\(format.rawValue): \(position): \(reason)" }
}
