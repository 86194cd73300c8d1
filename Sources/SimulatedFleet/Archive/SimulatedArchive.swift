import EventSourcing
package import PatchManagement

/// The package archive that all simulated hosts see: what they have from the beginning, and the
/// updates that behave as their names say, like those of the fleet of real hosts.
package enum SimulatedArchive {
    package struct Entry: Sendable, Equatable {
        package let name: String
        package let source: String
        package let architecture: String
        package let version: String
        /// The service that it brings.
        package let service: String?
        /// What this version does to a host, whatever the host is like.
        package let fault: HostFault?
        package let isUpdate: Bool

        package var selection: PackageSelection {
            PackageSelection(name: name, architecture: architecture, version: version)
        }

        package var pin: PinnedPackage {
            let file = "\(name)_\(version)_\(architecture).deb"
            let digest = Digest(of: file)
            let size = 20_000 + Int(digest.bytes[0]) * 1000 + Int(digest.bytes[1])
            return PinnedPackage(
                name: name, architecture: architecture, version: version, sha256: digest,
                size: size)
        }
    }

    package static let origin = "Debian:12.10/stable-security"
    static let kernel = "6.1.0-31-amd64"
    /// Services that belong to no package of the archive's updates.
    static let services = ["cron", "ssh"]

    /// What every host has on its first day, sorted by name.
    package static let base: [Entry] = entries.filter { !$0.isUpdate }
    package static let updates: [Entry] = entries.filter(\.isUpdate)

    static func entry(_ name: String, _ architecture: String, _ version: String) -> Entry? {
        entries.first {
            $0.name == name && $0.architecture == architecture && $0.version == version
        }
    }

    private static let entries: [Entry] =
        [
            ("apt", "2.6.1"), ("base-files", "12.4+deb12u10"), ("bash", "5.2.15-2+b8"),
            ("cron", "3.0pl1-162"), ("dpkg", "1.21.22"), ("libc6", "2.36-9+deb12u10"),
            ("openssh-server", "1:9.2p1-2+deb12u5"),
        ].map { name, version in
            Entry(
                name: name, source: name == "libc6" ? "glibc" : name, architecture: "amd64",
                version: version, service: nil, fault: nil, isUpdate: false)
        } + demonstrations(update: false) + demonstrations(update: true)

    private static func demonstrations(update: Bool) -> [Entry] {
        let behaviours: [(String, HostFault?)] = [
            ("pf-breaks", .breaksService), ("pf-demo", nil), ("pf-fails", .fails),
            ("pf-floods", .floods), ("pf-hangs", .hangs), ("pf-reboot", .needsReboot),
            ("pf-slow", .slow),
        ]
        return behaviours.map { name, fault in
            Entry(
                name: name, source: name, architecture: name == "pf-slow" ? "all" : "amd64",
                version: update ? "1.0-2" : "1.0-1",
                service: ["pf-breaks", "pf-demo"].contains(name) ? name : nil,
                fault: update ? fault : nil, isUpdate: update)
        }
    }
}
