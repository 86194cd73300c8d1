internal import Application
internal import EventSourcing

/// Ties a cursor to the list that gave it: where a page of one order ended says nothing of another, so
/// that pages would overlap or leave things out. How many and as of when may differ.
struct ListBinding {
    private let mark: String
    private static let length = 8

    init(_ request: ListRequest) {
        let fields = request.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let parts =
            [
                request.kind.rawValue, request.parent ?? "", request.state ?? "",
                request.states.sorted().joined(separator: ","),
                request.dueBefore?.description ?? "", "\(request.order)",
            ] + fields
        // Names and ids have no control characters.
        mark = String(
            Digest(of: parts.joined(separator: "\u{1F}")).description.prefix(Self.length))
    }

    /// `cursor` as it is given out.
    func sealed(_ cursor: String) -> String { mark + cursor }

    /// What was sealed.
    ///
    /// - Throws: `QueryError.badCursor` for what no list gave, `.otherCursor` for that of another list.
    func opened(_ cursor: String) throws(QueryError) -> String {
        let inner = String(cursor.dropFirst(Self.length))
        guard cursor.utf8.count >= Self.length else { throw .badCursor(cursor) }
        guard cursor.hasPrefix(mark) else {
            // What can be read was given by some list.
            do {
                _ = try ListCursor(inner)
            } catch {
                throw .badCursor(cursor)
            }
            throw .otherCursor(cursor)
        }
        return inner
    }
}
