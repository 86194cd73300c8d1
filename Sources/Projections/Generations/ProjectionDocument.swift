internal import Application
internal import EventSourcing

/// A generation of the read models, as the API shows it.
struct ProjectionDocument: Codable, Equatable {
    struct Rebuild: Codable, Equatable {
        var purpose: String
        var target: Int64
        /// Rounded down.
        var percent: Int
    }

    struct Verified: Codable, Equatable {
        var position: Int64
        var stateHash: String
        var at: String
    }

    var id: String
    var state: String
    var definition: Int
    var position: Int64
    var lag: Int64
    var lagSeconds: Int64
    var parked: Int
    var startedAt: String
    var advancedAt: String?
    var replacedAt: String?
    var rebuild: Rebuild?
    var verified: Verified?

    init(_ status: GenerationStatus) {
        id = String(status.generation)
        state = status.state.rawValue
        definition = status.definition
        position = status.position
        lag = status.lag
        lagSeconds = status.lagSeconds
        parked = status.parked
        startedAt = status.startedAt.description
        advancedAt = status.advancedAt?.description
        replacedAt = status.replacedAt?.description
        if let purpose = status.building, let target = status.target {
            rebuild = Rebuild(
                purpose: purpose.rawValue, target: target,
                percent: Self.percent(status.position, of: target))
        }
        if let hash = status.verified, let at = status.verifiedAt {
            verified = Verified(
                position: hash.position, stateHash: hash.digest.description, at: at.description)
        }
    }

    static func percent(_ position: Int64, of target: Int64) -> Int {
        target > 0 ? Int(min(100, position * 100 / target)) : 100
    }

    var view: View {
        get throws {
            View(
                id: id, parent: nil, state: state, sortKey: "", document: try ViewJSON.encode(self))
        }
    }
}

/// An event that could not be folded, as the API shows it.
struct ParkedDocument: Codable, Equatable {
    var projection: String
    var position: Int64
    var stream: String?
    var type: String?
    var reason: String
    var parkedAt: String
    var retries: Int
    var retriedAt: String?

    init(_ event: ParkedEvent) {
        projection = String(event.generation)
        position = event.position
        stream = event.stream
        type = event.type
        reason = event.reason
        parkedAt = event.at.description
        retries = event.retries
        retriedAt = event.retriedAt?.description
    }

    var view: View {
        get throws {
            View(
                id: String(position), parent: projection, state: "parked", sortKey: "",
                document: try ViewJSON.encode(self))
        }
    }
}
