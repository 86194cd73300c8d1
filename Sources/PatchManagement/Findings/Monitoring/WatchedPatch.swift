internal import Advisories
internal import EventSourcing

/// What the monitor keeps of a patch whose new versions are to be matched against the advisories.
package struct WatchedPatch: Codable, Sendable, Equatable {
    struct Package: Codable, Sendable, Equatable {
        let name: String
        let version: String
    }

    let source: String
    /// Of a vendor's set: the source package of each binary package; nil where it is the one above.
    var sources: [String: String]?
    /// That advisories have for the platforms of its targets; sorted.
    var ecosystems: [String] = []
    /// nil before it was acquired.
    var artefact: Digest?
    var packages: [Package] = []
    /// What was said of it last.
    var told: Digest?

    init(source: String) { self.source = source }

    init(_ identification: PatchIdentification) {
        source = identification.sourcePackage
        guard identification.parts != nil || identification.members != nil else { return }
        let names = Set(identification.packages.map(\.name))
        sources = Dictionary(
            uniqueKeysWithValues: names.map { ($0, identification.source(of: $0)) })
    }

    mutating func assess(_ assessment: Assessment) {
        let names = assessment.applicable.strata.compactMap { stratum in
            OperatingSystemRelease(id: stratum.stratum.os, version: stratum.stratum.version)
                .ecosystem
        }
        ecosystems = Set(names).sorted()
    }

    mutating func acquire(_ acquired: PatchAcquired) {
        artefact = acquired.artefact
        // The patch has forgotten what was said of earlier files, the same ones included.
        told = nil
        packages = acquired.pins.map { Package(name: $0.name, version: $0.version) }
    }

    /// As if an asset had installed it, on each of the platforms.
    var matchable: [Advisories.InstalledPackage] {
        ecosystems.flatMap { ecosystem in
            packages.map { package in
                Advisories.InstalledPackage(
                    ecosystem: Ecosystem(ecosystem), name: package.name, version: package.version,
                    source: Advisories.InstalledPackage.Source(
                        name: sources?[package.name] ?? source, version: package.version))
            }
        }
    }
}
