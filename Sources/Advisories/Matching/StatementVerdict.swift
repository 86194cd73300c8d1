/// What one statement says of one installed version.
enum StatementVerdict: Sendable, Hashable {
    case affected(Match.Basis.Reason, fix: String?)
    case notAffected
    /// A fix in a module of RPMs says nothing of a package that comes from no module, and the
    /// other way round: they are two lines of versions.
    case otherModularity
    /// It is of another version.
    case otherVersion
    case undetermined(Undetermined)
    /// The publisher says that the product isn't affected, whatever versions say.
    case excused(Justification)

    /// Whether it is about the installed version at all.
    var isSilent: Bool { self == .otherModularity || self == .otherVersion }
}

/// Why a publisher says that a product is not affected.
package struct Justification: Sendable, Hashable, CustomStringConvertible {
    /// nil when the publisher gives no reason of the standard's list.
    package let kind: ProductStatement.Justification?
    /// In the publisher's own words.
    package let impact: [String]

    package init(kind: ProductStatement.Justification?, impact: [String] = []) {
        self.kind = kind
        self.impact = impact
    }

    package var description: String {
        let words = (kind.map { [$0.rawValue] } ?? []) + impact
        return words.isEmpty ? "no reason is given" : words.joined(separator: ": ")
    }
}
