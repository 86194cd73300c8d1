/// What is wrong in an inventory, and where.
package struct InventoryFault: Sendable, Hashable, Comparable, CustomStringConvertible {
    package enum Place: Sendable, Hashable {
        /// The first line is 1.
        case line(Int)
        /// The first element of the array is 1.
        case entry(Int)

        var number: Int {
            switch self {
            case .line(let number), .entry(let number): number
            }
        }
    }

    package let place: Place
    package let field: String
    package let value: String
    package let problem: String

    package var description: String {
        let shown = "\(field) '\(printable(value))': \(problem)"
        return switch place {
        case .line(let number): "line \(number): \(shown)"
        case .entry(let number): "entry \(number): \(shown)"
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.place.number, left.field, left.value) < (right.place.number, right.field, right.value)
    }
}

package struct InventoryImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order of their places.
    package let faults: [InventoryFault]

    package init(faults: [InventoryFault]) {
        self.faults = faults
    }

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
