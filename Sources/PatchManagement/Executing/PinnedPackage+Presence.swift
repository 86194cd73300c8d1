extension PinnedPackage {
    /// Whether `installed` is this package in some version. One may change between the machine's
    /// architecture and `all`.
    func isAnother(versionOf installed: PackageSelection) -> Bool {
        installed.name == name
            && (installed.architecture == architecture || installed.architecture == "all"
                || architecture == "all")
    }
}

extension [PinnedPackage] {
    /// Those that a host has in some version: a patch brings no package that wasn't there, since
    /// hosts differ in which packages of one source they have.
    package func present(among installed: [PackageSelection]) -> [PinnedPackage] {
        filter { pin in installed.contains { pin.isAnother(versionOf: $0) } }
    }
}
