/// Where a thing is counted: in the lane of its class, and in the one of all of them.
package enum ClassLane: String, Codable, Sendable, CaseIterable {
    case all
    case urgent
    case important
    case nonCritical
    /// Nothing has said yet how urgent it is.
    case unclassified

    package init(_ riskClass: RiskClass?) {
        self =
            switch riskClass {
            case .urgent: .urgent
            case .important: .important
            case .nonCritical: .nonCritical
            case nil: .unclassified
            }
    }
}

/// One value for each lane, in the order of the lanes.
package struct PerLane<Value: Sendable>: Sendable {
    private var values: [Value]

    package init(_ empty: Value) {
        values = Array(repeating: empty, count: ClassLane.allCases.count)
    }

    package subscript(_ lane: ClassLane) -> Value {
        get { values[Self.place(of: lane)] }
        set { values[Self.place(of: lane)] = newValue }
    }

    /// Counts in the lane of a class and in that of all.
    package mutating func count(_ riskClass: RiskClass?, _ body: (inout Value) -> Void) {
        body(&values[Self.place(of: .all)])
        body(&values[Self.place(of: ClassLane(riskClass))])
    }

    private static func place(of lane: ClassLane) -> Int {
        switch lane {
        case .all: 0
        case .urgent: 1
        case .important: 2
        case .nonCritical: 3
        case .unclassified: 4
        }
    }
}
