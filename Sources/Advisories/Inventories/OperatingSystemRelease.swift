/// Which release of which operating system an asset runs: what makes `curl 7.88.1` of one package
/// list another thing than that of the next.
package struct OperatingSystemRelease: Sendable, Hashable {
    /// `ID` of os-release, such as `debian`; in small letters.
    package let id: String
    /// `VERSION_ID` of os-release, such as `12`; empty where a distribution has no releases.
    package let version: String

    package init(id: String, version: String = "") {
        self.id = id.lowercased()
        self.version = version
    }

    /// As the qualifier `distro` of a package URL has it: `debian-12`, `arch`.
    package var distribution: String { version.isEmpty ? id : "\(id)-\(version)" }

    /// Reads what the qualifier `distro` says.
    ///
    /// - Parameter vendor: The URL's namespace, which says whose release a code name is.
    package init(distribution: String, vendor: String?) {
        // Ids have hyphens too (opensuse-leap), and so have versions.
        let bytes = distribution.utf8
        if let hyphen = bytes.indices.first(where: { place in
            bytes[place] == UInt8(ascii: "-")
                && bytes[bytes.index(after: place)...].first.map(isDigit) == true
        }) {
            self.init(
                id: String(distribution[..<hyphen]),
                version: String(distribution[bytes.index(after: hyphen)...]))
        } else if let vendor, !distribution.hasPrefix(vendor) {
            self.init(id: vendor, version: distribution)
        } else {
            self.init(id: distribution)
        }
    }

    /// The name that its packages' type gives as the vendor in their URLs.
    package var vendor: String {
        switch id {
        case "rhel": "redhat"
        case "opensuse-leap", "opensuse-tumbleweed": "opensuse"
        case "sles", "sled": "suse"
        case "ol": "oracle"
        case "amzn": "amazon"
        default: id
        }
    }

    /// The ecosystem as OSV names it, with the release as far as OSV tells releases apart; nil for
    /// a system that OSV has no advisories for. Red Hat's go on with the repository after `::`.
    /// Source: OSV schema, "Defined ecosystems"; the advisories that osv.dev publishes.
    package var ecosystem: String? {
        switch id {
        case "debian": name("Debian", major)
        case "ubuntu": name("Ubuntu", isUbuntuLTS ? "\(version):LTS" : version)
        case "alpine": name("Alpine", alpineBranch)
        case "almalinux": name("AlmaLinux", major)
        case "rocky": name("Rocky Linux", major)
        case "rhel", "redhat": name("Red Hat", major.isEmpty ? "" : "enterprise_linux:\(major)")
        case "fedora": name("Fedora", version)
        case "ol", "oracle": name("Oracle Linux", major)
        case "amzn", "amazon": name("Amazon Linux", version)
        case "opensuse-leap": name("openSUSE", version.isEmpty ? "" : "Leap \(version)")
        case "opensuse-tumbleweed": "openSUSE:Tumbleweed"
        case "sles": name("SUSE", suseProduct("Linux Enterprise Server"))
        case "sled": name("SUSE", suseProduct("Linux Enterprise Desktop"))
        case "azurelinux", "mariner": name("Azure Linux", major)
        case "photon": name("Photon OS", version)
        case "mageia": name("Mageia", major)
        case "wolfi": "Wolfi"
        case "chainguard": "Chainguard"
        default: nil
        }
    }

    private func name(_ name: String, _ release: String) -> String {
        release.isEmpty ? name : "\(name):\(release)"
    }

    /// The number before the first dot; empty for a code name, which says no number.
    private var major: String {
        let part = version.prefix { $0 != "." }
        return part.utf8.allSatisfy(isDigit) ? String(part) : ""
    }

    /// Every second April's release is kept for five years, and OSV says so in its name.
    private var isUbuntuLTS: Bool {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, parts[1] == "04", let year = Int(parts[0]) else { return false }
        return year % 2 == 0
    }

    /// `v3.19` of `3.19.1`; empty for the branch that has no number yet (`3.21.0_alpha2024`).
    private var alpineBranch: String {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, !version.contains("_"),
            parts.prefix(2).allSatisfy({ $0.utf8.allSatisfy(isDigit) })
        else { return "" }
        return "v\(parts[0]).\(parts[1])"
    }

    private func suseProduct(_ product: String) -> String {
        let parts = version.split(separator: ".")
        guard let release = parts.first else { return "" }
        let pack = parts.count > 1 ? parts[1] : "0"
        return pack == "0" ? "\(product) \(release)" : "\(product) \(release) SP\(pack)"
    }
}

extension OperatingSystemRelease {
    /// Reads the text of `/etc/os-release`.
    ///
    /// - Throws: The line that is no assignment, or that `ID` is missing or is no id.
    /// Source: os-release(5).
    package init(osRelease text: String) throws(InventoryError) {
        var values: [String: String] = [:]
        var number = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            number += 1
            let line = Self.trimmed(line)
            if line.isEmpty || line.first == "#" { continue }
            guard let sign = line.firstIndex(of: "="), sign != line.startIndex,
                let value = Self.unquoted(line[line.index(after: sign)...])
            else {
                throw InventoryError(
                    .osRelease, .line(number), "'\(shortened(String(line)))' is not NAME=value")
            }
            values[String(line[..<sign])] = value
        }
        guard let id = values["ID"] else {
            throw InventoryError(.osRelease, .document, "ID is missing: it says which system it is")
        }
        self.init(id: id, version: values["VERSION_ID"] ?? "")
        guard isPlain else {
            throw InventoryError(
                .osRelease, .document,
                "'\(shortened(distribution))': ID and VERSION_ID have letters, digits and "
                    + ". _ - + ~, and ID is not empty")
        }
    }

    /// Whether it can be what os-release says: short words without blanks.
    var isPlain: Bool {
        !id.isEmpty
            && [id, version].allSatisfy { value in
                value.utf8.count <= 64
                    && value.utf8.allSatisfy {
                        isLetterOrDigit($0) || "._-+~".utf8.contains($0)
                    }
            }
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while let last = line.last, last.isWhitespace { line.removeLast() }
        return line.drop(while: \.isWhitespace)
    }

    /// The value without its quotes and escapes; nil when a quote is open or stands in the middle.
    private static func unquoted(_ text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            return text.contains { $0 == "\"" || $0 == "'" || $0 == " " } ? nil : String(text)
        }
        var value = ""
        var isEscaped = false
        var rest = text.dropFirst()
        while let character = rest.first {
            rest = rest.dropFirst()
            if isEscaped {
                value.append(character)
                isEscaped = false
            } else if character == "\\", quote == "\"" {
                isEscaped = true
            } else if character == quote {
                return rest.isEmpty ? value : nil
            } else {
                value.append(character)
            }
        }
        return nil
    }
}
