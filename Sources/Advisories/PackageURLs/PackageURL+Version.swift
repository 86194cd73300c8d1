extension PackageURL {
    /// The version by the rules of its type; nil without one, or where the type has no order here.
    ///
    /// The epoch of an RPM package stands in a qualifier of its own.
    package func orderedVersion() throws(VersionError) -> PackageVersion? {
        guard let version, let scheme = VersionScheme(vers: type) else { return nil }
        if type == "rpm", let epoch = qualifiers.first(where: { $0.key == "epoch" }) {
            return try PackageVersion("\(epoch.value):\(version)", scheme)
        }
        return try PackageVersion(version, scheme)
    }
}
