/// What a type of package URL asks of its components.
/// Source: the type definitions of the package URL specification.
struct PackageURLRules {
    private enum Presence { case optional, required, prohibited }

    private var namespace = Presence.optional
    private var isNamespaceSmall = false
    private var isNameSmall = false
    private var isVersionSmall = false
    private var requiredQualifier: String?
    private var isPython = false
    private var isMLflow = false

    static func of(_ type: String) -> PackageURLRules {
        switch type {
        case "alpm", "apk", "bitbucket", "brew", "composer", "deb", "github", "golang", "hex",
            "npm":
            Self(isNamespaceSmall: true, isNameSmall: true)
        case "rpm", "qpkg": Self(isNamespaceSmall: true)
        case "bitnami", "oci", "pub": Self(isNameSmall: true)
        case "huggingface": Self(isVersionSmall: true)
        case "julia": Self(requiredQualifier: "uuid")
        case "luarocks": Self(isNamespaceSmall: true, isNameSmall: true, isVersionSmall: true)
        case "mlflow": Self(isMLflow: true)
        case "pypi": Self(isNameSmall: true, isPython: true)
        case "swift": Self(namespace: .required)
        case "vcpkg": Self(namespace: .prohibited)
        case "vscode-extension": Self(namespace: .required)
        default: Self()
        }
    }

    /// Writes what the type doesn't tell apart in one way.
    func normalize(_ parts: inout PackageURL.Parts, _ qualifiers: [PackageURL.Qualifier]) {
        if isNamespaceSmall { parts.namespace = parts.namespace.map { $0.lowercased() } }
        if isNameSmall || isMLflow && isOfDatabricks(qualifiers) {
            parts.name = parts.name.lowercased()
        }
        if isPython { parts.name = String(parts.name.map { $0 == "_" ? "-" : $0 }) }
        if isVersionSmall { parts.version = parts.version?.lowercased() }
    }

    func check(
        _ parts: PackageURL.Parts, _ qualifiers: [PackageURL.Qualifier]
    ) throws(PackageURLError) {
        if parts.name.isEmpty { throw .missing(.name) }
        switch namespace {
        case .required where parts.namespace.isEmpty: throw .required(.namespace, type: parts.type)
        case .prohibited where !parts.namespace.isEmpty:
            throw .prohibited(.namespace, type: parts.type)
        case .optional, .required, .prohibited: break
        }
        if let key = requiredQualifier, !qualifiers.contains(where: { $0.key == key }) {
            throw .requiredQualifier(key, type: parts.type)
        }
    }

    /// Databricks doesn't tell capitals and small letters apart, Azure ML does.
    private func isOfDatabricks(_ qualifiers: [PackageURL.Qualifier]) -> Bool {
        qualifiers.contains { $0.key == "repository_url" && $0.value.contains("databricks") }
    }
}
