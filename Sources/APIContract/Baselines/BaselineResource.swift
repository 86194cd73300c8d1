/// A baseline as `GET /baselines` lists it and `GET /baselines/{id}` shows it.
package struct BaselineResource: Codable, Sendable, Equatable {
    /// `ba_` and a UUID.
    package let id: String
    package let kind: String
    package let scheme: String
    /// By name.
    package let standards: [PackageStandardResource]
    /// `set`.
    package let state: String
    package let setBy: String
    package let setAt: String
    package let version: Int

    package init(
        id: String, kind: String, scheme: String, standards: [PackageStandardResource],
        state: String, setBy: String, setAt: String, version: Int
    ) {
        self.id = id
        self.kind = kind
        self.scheme = scheme
        self.standards = standards
        self.state = state
        self.setBy = setBy
        self.setAt = setAt
        self.version = version
    }
}
