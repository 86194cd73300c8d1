/// A row of a decision table: what is to be done when its inputs are met.
package protocol DecisionRow: Hashable, Sendable {
    associatedtype Inputs: Hashable, Sendable

    /// The number of the row in the published table.
    var id: Int { get }
    var inputs: Inputs { get }
    /// Each combination of inputs, once.
    static var combinations: [Inputs] { get }
}

/// A decision as data: each combination of inputs has exactly one row.
package struct DecisionTable<Row: DecisionRow>: Sendable {
    /// The published name with its version, such as `cisa:DT_BOD2604:1.0.0`.
    package let name: String
    /// In the order of the published table.
    package let rows: [Row]
    private let byInputs: [Row.Inputs: Row]

    /// - Throws: The first combination without a row, or the first row that comes twice.
    package init(name: String, rows: [Row]) throws(DecisionTableFault) {
        var byInputs: [Row.Inputs: Row] = [:]
        for row in rows {
            if let other = byInputs.updateValue(row, forKey: row.inputs) {
                throw .twoRows(table: name, first: other.id, second: row.id)
            }
        }
        for inputs in Row.combinations where byInputs[inputs] == nil {
            throw .noRow(table: name, inputs: "\(inputs)")
        }
        guard Set(rows.map(\.id)).count == rows.count else { throw .numberTwice(table: name) }
        self.name = name
        self.rows = rows
        self.byInputs = byInputs
    }

    /// A table that is part of the program.
    init(published name: String, _ rows: [Row]) {
        do {
            try self.init(name: name, rows: rows)
        } catch {
            preconditionFailure("the table \(name) is broken: \(error)")
        }
    }

    /// The row for `inputs`.
    package subscript(_ inputs: Row.Inputs) -> Row {
        guard let row = byInputs[inputs] else {
            preconditionFailure("\(name) was checked to have a row for everything")
        }
        return row
    }

    /// What an event records of a decision by this table.
    package func reference(to row: Row) -> TableRow { TableRow(table: name, row: row.id) }
}

package enum DecisionTableFault: Error, Equatable, CustomStringConvertible {
    case noRow(table: String, inputs: String)
    case twoRows(table: String, first: Int, second: Int)
    case numberTwice(table: String)

    package var description: String {
        switch self {
        case .noRow(let table, let inputs): "table '\(table)' has no row for \(inputs): add one"
        case .twoRows(let table, let first, let second):
            "rows \(first) and \(second) of table '\(table)' are for the same inputs: remove one"
        case .numberTwice(let table):
            "table '\(table)' has two rows of one number: number each by itself"
        }
    }
}

/// Names a row of a table in an event.
package struct TableRow: Codable, Hashable, Sendable {
    package let table: String
    package let row: Int

    package init(table: String, row: Int) {
        self.table = table
        self.row = row
    }
}

/// The two tables by which findings are classified.
package struct DecisionTables: Sendable {
    package let remediation: DecisionTable<RemediationRow>
    package let deployer: DecisionTable<DeployerRow>

    package init(
        remediation: DecisionTable<RemediationRow>, deployer: DecisionTable<DeployerRow>
    ) {
        self.remediation = remediation
        self.deployer = deployer
    }

    package static let published = DecisionTables(
        remediation: RemediationRow.published, deployer: DeployerRow.published)
}
