package import Advisories
package import EventSourcing

/// What somebody besides the host says that an asset has: a bill of materials, a scanner, a list of
/// packages. Kept as a document, by its digest.
///
/// Two reports with one content have one stored form, whatever order they came in.
package struct AssetReport: Codable, Sendable, Equatable {
    package struct Source: Codable, Sendable, Equatable {
        let name: String
        let version: String?
    }

    package struct Package: Codable, Sendable, Equatable {
        /// As `ReportedPackage.url`: it says type, name, version, architecture and release.
        let url: String
        /// What it was built from, where the report says it.
        let source: Source?
    }

    package struct Product: Codable, Sendable, Equatable {
        let kind: String
        let vendor: String?
        let name: String
        let version: String?
        let cpe: String?
    }

    /// What a scanner says of one vulnerability.
    package struct Vulnerability: Codable, Sendable, Equatable {
        /// Such as `CVE-2024-1234`.
        package let id: String
        package let status: String
        package let package: String?
        package let installed: String?
        package let fixed: String?
    }

    package let packages: [Package]
    package let products: [Product]
    package let vulnerabilities: [Vulnerability]
    /// RPMs from a report that tells no epochs.
    package let lacksEpochs: Bool

    private enum CodingKeys: String, CodingKey {
        case packages, products, vulnerabilities
        case lacksEpochs = "lacks_epochs"
    }

    /// What `report` says of one asset.
    ///
    /// - Parameter name: What the report calls the asset; nil takes all of it.
    package init(_ report: PackageReport, of name: String? = nil) {
        let isAboutIt = name == nil || report.asset == nil || report.asset == name
        let inventory = report.inventory
        packages =
            isAboutIt
            ? inventory.packages.map { package in
                Package(
                    url: package.url,
                    source: package.source.map { Source(name: $0.name, version: $0.version) })
            } : []
        products =
            isAboutIt
            ? inventory.products.map {
                Product(
                    kind: $0.kind.rawValue, vendor: $0.vendor, name: $0.name, version: $0.version,
                    cpe: $0.cpe)
            } : []
        vulnerabilities = report.vulnerabilities.filter {
            name == nil || ($0.asset ?? report.asset) == name
        }.map {
            Vulnerability(
                id: $0.id, status: $0.status.rawValue, package: $0.packageName,
                installed: $0.installedVersion, fixed: $0.fixedVersion)
        }
        lacksEpochs = inventory.gaps.contains(.epochs)
    }

    package var document: Document {
        Document(mediaType: "application/json", bytes: storedForm(self))
    }

    /// The packages as advisories are matched with them. What no ecosystem of advisories has is left
    /// out: nothing can be told of it.
    package var matchable: [Advisories.InstalledPackage] {
        packages.compactMap { package in
            reported(package).flatMap {
                Advisories.InstalledPackage($0, gaps: lacksEpochs ? [.epochs] : [])
            }
        }
    }

    /// What it says is installed, packages and products, by their plain names; as `matchable`, but also
    /// what no ecosystem of advisories has.
    var installed: [InstalledPackage] {
        let packages = packages.compactMap { reported($0) }.map { package in
            InstalledPackage(
                name: package.ecosystemName, architecture: package.architecture ?? "",
                version: package.version, source: package.source?.name ?? package.ecosystemName)
        }
        return packages
            + products.compactMap { product in
                product.version.map {
                    InstalledPackage(
                        name: product.name, architecture: "", version: $0, source: product.name)
                }
            }
    }

    /// nil for what was readable when it was taken in, and isn't by the rules of today: as if the
    /// report had not named it.
    private func reported(_ package: Package) -> ReportedPackage? {
        do {
            return try ReportedPackage(
                PackageURL(package.url),
                source: package.source.map {
                    ReportedPackage.Source(name: $0.name, version: $0.version)
                })
        } catch {
            return nil
        }
    }

    /// The vulnerabilities that it finds, each once, in their order.
    package var open: [VulnerabilityID] {
        let found = vulnerabilities.filter {
            $0.status == ReportedVulnerability.Status.open.rawValue
        }
        return Set(found.compactMap { VulnerabilityID($0.id) }).sorted()
    }

    /// What `report` is about, by the names that it uses; empty when it names none.
    package static func assets(in report: PackageReport) -> [String] {
        let names = report.vulnerabilities.compactMap(\.asset) + (report.asset.map { [$0] } ?? [])
        return Set(names).sorted()
    }
}
