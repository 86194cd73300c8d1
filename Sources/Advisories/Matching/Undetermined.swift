/// Why nobody can tell whether a package is affected.
package enum Undetermined: Sendable, Hashable, CustomStringConvertible {
    /// Versions of the ecosystem have no order here, and the version isn't listed.
    case noOrder(Ecosystem)
    /// The installed version, or what should be one, can't be read.
    case badVersion(VersionError)
    case noVersion
    /// The version looks older than the fix, which has an epoch, and the report tells no epochs.
    case unknownEpoch
    /// Other releases of the distribution have affected versions, and nobody knows which one it is.
    case unknownRelease
    /// A part of what the advisory says of its versions couldn't be read.
    case incompleteStatement
    /// The publisher is still looking into it.
    case underInvestigation

    package var description: String {
        switch self {
        case .noOrder(let ecosystem):
            "versions of ecosystem '\(shortened(ecosystem.text))' have no order here"
        case .badVersion(let error): error.description
        case .noVersion: "the inventory has no version of the package"
        case .unknownEpoch:
            "the inventory tells no epochs, and the fix has one: report with 'rpm -qa --qf'"
        case .unknownRelease:
            "the inventory doesn't say which release of the distribution the package is from"
        case .incompleteStatement:
            "the advisory has a range that can't be evaluated here, such as one of commits"
        case .underInvestigation: "the publisher is still investigating"
        }
    }
}
