package import APIContract
package import Application
private import EventSourcing
internal import FoundationEssentials
package import Logging

/// One request that a route serves: what it names, what it asks for, and who asks.
package struct Call: Sendable {
    package let requestID: String
    package let logger: Logger
    let method: String
    /// As it was sent, with its query.
    let target: String
    let parameters: [String: String]
    let query: [String: String]
    let headers: [String: String]
    let content: Data
    /// nil on routes that are open to everybody.
    let bearer: SignedIn?

    /// A named part of the path.
    package func parameter(_ name: String) -> String {
        guard let value = parameters[name] else {
            preconditionFailure("the route of '\(target)' has no part '\(name)'")
        }
        return value
    }

    /// A query parameter of the route; nil when it was not given.
    package func filter(_ name: String) -> String? { query[name] }

    /// Those of `names` that were given.
    package func filters(_ names: String...) -> [String: String] {
        query.filter { names.contains($0.key) }
    }

    /// A query parameter that is `true` or `false`; false when it was not given.
    package func flag(_ name: String) throws(Problem) -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true": return true
        case .some(let other):
            throw Problem(invalid: name, "'\(other)' is neither true nor false")
        }
    }

    /// A query parameter that is a whole number, not negative.
    package func number(_ name: String) throws(Problem) -> Int64? {
        guard let text = query[name] else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw Problem(invalid: name, "'\(text)' is not a whole number from 0 on")
        }
        return number
    }

    package func signedIn() throws(NotSignedIn) -> SignedIn {
        guard let bearer else { throw NotSignedIn(.noToken) }
        return bearer
    }

    package func caller() throws(NotSignedIn) -> Caller { try signedIn().caller }

    /// Which moment is wanted: `as_of` and `min_position`.
    package func moment() throws(Problem) -> Moment {
        Moment(asOf: query["as_of"], minPosition: try number("min_position"))
    }

    /// Which part of a list is wanted.
    ///
    /// - Parameter filter: As `filters` gives them; by the names that documents use.
    package func listWish(filter: [String: String] = [:]) throws(Problem) -> ListWish {
        var wish = ListWish()
        wish.moment = try moment()
        if let limit = try number("limit") {
            guard (1...500).contains(limit) else {
                throw Problem(invalid: "limit", "'\(limit)' is not between 1 and 500")
            }
            wish.limit = Int(limit)
        }
        wish.cursor = query["cursor"]
        wish.filter = filter
        return wish
    }

    /// The same of a list of work, with what is due and the order.
    package func workWish(filter: [String: String]) throws(Problem) -> ListWish {
        var wish = try listWish(filter: filter)
        wish.dueBefore = query["due_before"]
        wish.sort = query["sort"]
        return wish
    }

    /// Whether the caller's `Accept` names `one` and doesn't name `other` before it.
    package func prefers(_ one: String, to other: String) -> Bool {
        for item in (headers["accept"] ?? "").lowercased().split(separator: ",") {
            let type = item.split(separator: ";").first?.filter { !$0.isWhitespace }
            if type == one { return true }
            if type == other { return false }
        }
        return false
    }

    /// The body, read strictly; an empty one is read as `{}`.
    func body<Body: Codable>(as type: Body.Type) throws(Problem) -> Body {
        try WireJSON.decodeStrictly(type, from: content.isEmpty ? Data("{}".utf8) : content)
    }

    /// What comes with a write: the caller, the key by which it is known again, its digest, and
    /// the version that the caller saw.
    func order() throws -> Order {
        guard let key = headers["idempotency-key"], !key.isEmpty else {
            throw Problem(
                .missingIdempotencyKey,
                "the header Idempotency-Key is missing; send a new UUID, and the same again when "
                    + "you try again")
        }
        guard key.utf8.count <= 200, key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw Problem(
                invalid: "Idempotency-Key", "has more than 200 or other than printable characters")
        }
        return Order(
            caller: try caller(), idempotencyKey: key,
            requestDigest: Digest(of: Array("\(method) \(target)\n".utf8) + content),
            expectedVersion: try expectedVersion())
    }

    private func expectedVersion() throws(Problem) -> Int? {
        guard let text = headers["if-match"], text != "*" else { return nil }
        let digits = text.hasPrefix("\"") && text.hasSuffix("\"") ? text.dropFirst().dropLast() : ""
        guard let version = Int(digits), version >= 0 else {
            throw Problem(
                invalid: "If-Match", "'\(text)' is not an ETag as a read gives it, such as \"7\"")
        }
        return version
    }
}

extension Problem {
    /// A parameter or header that can't be right.
    package init(invalid field: String, _ detail: String) {
        self.init(
            .invalidField, "\(field) \(detail)",
            errors: [FieldProblem(field: field, detail: detail)])
    }
}
