import APIContract
import ArgumentParser

extension PatchCommand {
    struct Identify: ClientCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records a vendor's fix as a patch.",
            discussion: """
                With --source alone, everything is taken from the updates that the assets' signed \
                lists offer. Options given beside it win.
                """)

        @Option(help: "The source package whose offered update this is.")
        var source: String

        @Option(help: "Which version, when several are offered.")
        var offeredVersion: String?

        @Option(help: "The vendor's own name for it, such as DSA-5000-1.")
        var vendorId: String?

        @Option(help: "A line for people.")
        var title: String?

        @Option(help: "patch, hotfix, update, servicePack or firmware.")
        var kind = "update"

        @Option(help: "security, bugFix or feature.")
        var purpose: String?

        @Option(help: "Where it comes from.")
        var origin: String?

        @Option(
            name: .customLong("package"),
            help:
                "NAME:ARCHITECTURE=VERSION; may be repeated. Nothing is read from the offers then.")
        var packages: [String] = []

        @Option(help: "The id of a patch that this one supersedes; may be repeated.")
        var supersedes: [String] = []

        @Option(
            name: .customLong("holds"),
            help: "The id of a patch that this service pack holds; may be repeated.")
        var holds: [String] = []

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let request =
                packages.isEmpty
                ? try await fromOffers(session) : try fromOptions()
            let receipt: Receipt = try await session.client.post("patches", request)
            try session.printer.receipt(receipt)
        }

        private func fromOffers(_ session: Session) async throws -> IdentifyPatchRequest {
            let page: ListPage<OfferedUpdateResource> = try await session.client.list(
                "offered-updates", query: ["source": source])
            let versions = Set(page.data.map(\.offeredVersion)).sorted()
            guard let version = offeredVersion ?? versions.first, versions.contains(version) else {
                throw ClientFailure.usage(
                    """
                    no asset is offered \(source)\(offeredVersion.map { " " + $0 } ?? ""); \
                    'patchflow asset updates' lists what is offered\
                    \(versions.isEmpty ? "" : ": \(versions.joined(separator: ", "))")
                    """)
            }
            guard versions.count == 1 || offeredVersion != nil else {
                throw ClientFailure.usage(
                    "several versions of \(source) are offered; say --offered-version with one of "
                        + versions.joined(separator: ", "))
            }
            let offers = page.data.filter { $0.offeredVersion == version }
            let isSecurity = offers.contains(where: \.fromSecurityArchive)
            let origin = origin ?? offers[0].origin
            let vendor = origin.prefix { $0 != ":" && $0 != "/" }.lowercased()
            let selected = Set(offers.map { [$0.name, $0.architecture] }).sorted {
                $0.lexicographicallyPrecedes($1)
            }
            return IdentifyPatchRequest(
                vendorId: vendorId ?? "\(vendor)/\(source)/\(version)",
                title: title ?? "\(source) \(version)", kind: kind,
                purpose: purpose ?? (isSecurity ? "security" : "bugFix"), sourcePackage: source,
                packages: selected.map {
                    PackageResource(name: $0[0], architecture: $0[1], version: version)
                },
                origin: origin, supersedes: supersedes, holds: holds.isEmpty ? nil : holds)
        }

        private func fromOptions() throws -> IdentifyPatchRequest {
            guard let vendorId, let origin else {
                throw ClientFailure.usage("with --package, also say --vendor-id and --origin")
            }
            return IdentifyPatchRequest(
                vendorId: vendorId, title: title ?? vendorId, kind: kind,
                purpose: purpose ?? "security", sourcePackage: source,
                packages: try packages.map(Self.package), origin: origin, supersedes: supersedes,
                holds: holds.isEmpty ? nil : holds)
        }

        /// Reads `NAME:ARCHITECTURE=VERSION`; the server judges each of the three.
        static func package(_ text: String) throws -> PackageResource {
            guard let equals = text.firstIndex(of: "="),
                let colon = text[..<equals].lastIndex(of: ":")
            else {
                throw ClientFailure.usage(
                    "--package is NAME:ARCHITECTURE=VERSION, such as unzip:amd64=6.0-28, "
                        + "not '\(text)'")
            }
            return PackageResource(
                name: String(text[..<colon]),
                architecture: String(text[text.index(after: colon)..<equals]),
                version: String(text[text.index(after: equals)...]))
        }
    }

    struct Assess: ActionCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says how urgent the patch is, what it touches, and how it is verified.")

        @Argument(help: "The patch's id.")
        var id: String

        @Option(
            name: .customLong("class"),
            help: """
                urgent, important or nonCritical; by default that of the findings it mends, which can be \
                raised, not lowered.
                """)
        var riskClass: String?

        @Option(name: .customLong("asset"), help: "An applicable asset; by default all offered it.")
        var assets: [String] = []

        @Option(name: .customLong("service"), help: "A service that must run after it.")
        var services: [String] = []

        @Option(help: "How long services are expected to be away.")
        var expectedDowntime = Seconds(0)

        @Option(help: "How much work it is expected to be.")
        var effort = Seconds(1800)

        @Flag(help: "Hosts are expected to need a reboot.")
        var rebootExpected = false

        @Option(
            name: .customLong("dependent"),
            help: "An asset's id, or a service, that depends on what it touches; may be repeated.")
        var dependents: [String] = []

        @Option(
            name: .customLong("check-command"),
            help: "Run by /bin/sh on the host to verify it; exit 0 is good.")
        var checkCommand: String?

        @OptionGroup var global: GlobalOptions

        func run(_ session: Session) async throws {
            let patch: PatchResource = try await session.client.get("patches/\(id.segment)")
            try await session.act(
                "patches/\(id.segment):assess",
                AssessPatchRequest(
                    riskClass: riskClass, assets: assets.isEmpty ? nil : assets,
                    services: services, expectedDowntimeSeconds: expectedDowntime.value,
                    rebootExpected: rebootExpected, effortMinutes: (effort.value + 59) / 60,
                    checks: ChecksResource(
                        packages: Set(patch.packages.map(\.name)).sorted(), services: services,
                        command: checkCommand),
                    dependents: dependents.isEmpty ? nil : dependents))
        }
    }
}
