/// Why a document of a feed, or an entry of one, was not taken in.
package struct FeedRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package let document: String
    package let place: FeedPlace
    package let problem: FeedProblem

    package init(document: String, place: FeedPlace, problem: FeedProblem) {
        self.document = document
        self.place = place
        self.problem = problem
    }

    package var description: String {
        let place = place.description
        return "\(shortened(document)): \(place.isEmpty ? "" : "\(place): ")\(problem)"
    }
}

/// Where in a document something is wrong.
package enum FeedPlace: Sendable, Hashable, CustomStringConvertible {
    case document
    /// Bytes before it.
    case byte(Int)
    /// The path of a member, `affected[3].ranges[0].type`.
    case member(String)
    /// A line of a table, counted from 1, and the name of the column where it is about one.
    case line(Int, column: String?)
    /// A record that was read, by its key.
    case record(String)

    package var description: String {
        switch self {
        case .document: ""
        case .byte(let offset): "byte \(offset)"
        case .member(let path): path
        case .line(let line, nil): "line \(line)"
        case .line(let line, let column?): "line \(line), column '\(shortened(column))'"
        case .record(let key): shortened(key)
        }
    }
}

/// What is wrong, so that the one who reads it knows what to do.
package enum FeedProblem: Sendable, Hashable, CustomStringConvertible {
    case notJSON(String)
    case badRow(String)
    /// The last line of a table has no end, so that its last field may lack something.
    case cutOff
    case missing(String)
    case wrongKind(found: String, wanted: String)
    case badValue(String, wanted: String)
    /// Neither JSON nor a table with the columns that are needed.
    case unknownForm(wanted: String)
    case badProductTree(String)
    case undefinedProduct(String)
    /// A product of which a document says two things that can't both be true.
    case contradictoryStatus(product: String, String, String)
    case twice(String)
    case tooMany(String, limit: Int)
    case wrongCount(stated: Int64, found: Int)
    case contradicts(String, in: String)
    case inFuture(UTCTime, latest: UTCTime)

    package var description: String {
        switch self {
        case .notJSON(let reason): "it is no JSON: \(reason)"
        case .badRow(let reason): reason
        case .cutOff: "the last line has no line end: was the table cut off?"
        case .missing(let name): "'\(name)' is missing"
        case .wrongKind(let found, let wanted): "it is \(found), where \(wanted) belongs"
        case .badValue(let text, let wanted): "'\(shortened(text))' is not \(wanted)"
        case .unknownForm(let wanted): "it is not \(wanted)"
        case .badProductTree(let reason): reason
        case .undefinedProduct(let id):
            "product id '\(shortened(id))' is defined nowhere in the product tree"
        case .contradictoryStatus(let product, let one, let other):
            "product id '\(shortened(product))' stands under '\(one)' and under '\(other)'"
        case .twice(let id): "'\(shortened(id))' stands here a second time"
        case .tooMany(let things, let limit): "there are more than \(limit) \(things)"
        case .wrongCount(let stated, let found):
            "it says that it has \(stated) entries, and has \(found): was it cut off?"
        case .contradicts(let key, let document):
            "it says something else of \(shortened(key)) than \(shortened(document)) does"
        case .inFuture(let date, let latest):
            "it is dated \(date), and \(latest) is the latest that can be"
        }
    }
}

/// A refusal of the document at hand, whose name the reading knows.
struct FeedFault: Error {
    let place: FeedPlace
    let problem: FeedProblem
}
