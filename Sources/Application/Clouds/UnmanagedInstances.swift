private import EventSourcing
package import PatchManagement

/// An instance that runs in a cloud and is no asset here, as the last list of its account showed it.
package struct UnmanagedInstance: Sendable, Equatable {
    package let scope: CloudScope
    package let instance: CloudInstance
    /// Assets that it may be, by name; empty where none fits.
    package let candidates: [String]
    /// When the list was taken.
    package let taken: String
}

extension UseCases {
    /// What nobody manages, as of a moment: by account, then by instance.
    ///
    /// - Parameter provider: Only of this one.
    package func unmanagedInstances(
        provider: String?, _ caller: Caller, _ wish: ListWish
    ) async throws -> (instances: [UnmanagedInstance], next: String?, position: Int64) {
        var accounts = ListWish()
        accounts.moment = wish.moment
        accounts.limit = 500
        accounts.filter["provider"] = provider
        var instances: [UnmanagedInstance] = []
        var position: Int64 = 0
        repeat {
            let page = try await list(.cloudAccount, caller, accounts)
            position = page.position
            for document in page.documents {
                let line = try CanonicalJSON.decode(AccountLine.self, from: document)
                guard line.unmanaged + line.ambiguous > 0, let outcome = Digest(line.outcome)
                else { continue }
                instances += Self.unmanaged(
                    in: try await stored(
                        CloudReconciliation.self, outcome, "what a list of instances comes to"),
                    taken: line.takenAt)
            }
            accounts.cursor = page.next
        } while accounts.cursor != nil
        let limit = min(max(wish.limit, 1), 500)
        instances.sort { $0.cursor < $1.cursor }
        let rest = instances.drop { instance in
            wish.cursor.map { instance.cursor <= $0 } ?? false
        }
        return (
            Array(rest.prefix(limit)), rest.count > limit ? rest.prefix(limit).last?.cursor : nil,
            position
        )
    }

    private static func unmanaged(
        in reconciliation: CloudReconciliation, taken: String
    ) -> [UnmanagedInstance] {
        let scope = reconciliation.scope
        let none = reconciliation.unmanaged.map {
            UnmanagedInstance(scope: scope, instance: $0, candidates: [], taken: taken)
        }
        let several = reconciliation.ambiguous.map {
            UnmanagedInstance(
                scope: scope, instance: $0.instance, candidates: $0.assets, taken: taken)
        }
        return none + several
    }

    private struct AccountLine: Decodable {
        let outcome: String
        let takenAt: String
        let unmanaged: Int
        let ambiguous: Int

        private enum CodingKeys: String, CodingKey {
            case outcome
            case takenAt = "taken_at"
            case unmanaged, ambiguous
        }
    }
}

extension UnmanagedInstance {
    /// Pages go by this.
    fileprivate var cursor: String {
        "\(scope.provider.rawValue)/\(scope.account)/\(scope.region ?? "")/\(instance.id)"
    }
}
