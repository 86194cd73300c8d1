internal import EventSourcing
internal import PatchManagement

/// One of many things that are approved at once: a patch or a rollout, with the digest that was read.
package struct ApprovalItem: Sendable, Equatable {
    package let id: String
    package let digest: String

    package init(id: String, digest: String) {
        self.id = id
        self.digest = digest
    }
}

/// What became of one of them.
package struct ApprovalAnswer: Sendable {
    package let id: String
    package let outcome: Result<Written, any Error>
}

extension UseCases {
    package static let mostApprovals = 200

    /// Approves each of `items` on its own, as `approve` and `approveRollout` do: what is refused keeps
    /// none of the others back. Asked again under the same key, it answers the same.
    ///
    /// - Returns: One answer for each, in their order.
    /// - Throws: What concerns all of them; those that were decided by then stay so.
    package func approve(
        _ items: [ApprovalItem], reason: String, _ order: Order
    ) async throws -> [ApprovalAnswer] {
        let context = try context(order, .approvePatch)
        try need(reason: reason)
        guard (1...Self.mostApprovals).contains(items.count) else {
            throw InvalidInput(
                field: "items",
                message: "has \(items.count); name 1 to \(Self.mostApprovals) at once")
        }
        var seen: Set<String> = []
        for item in items where !seen.insert(item.id).inserted {
            throw InvalidInput(field: "items", message: "names '\(item.id)' twice; name it once")
        }
        try await claimKey(of: order, context)
        var answers: [ApprovalAnswer] = []
        for item in items {
            do {
                answers.append(
                    ApprovalAnswer(
                        id: item.id, outcome: .success(try await approve(item, reason, order))))
            } catch let error where Self.concernsOneItem(error) {
                answers.append(ApprovalAnswer(id: item.id, outcome: .failure(error)))
            }
        }
        return answers
    }

    private func approve(
        _ item: ApprovalItem, _ reason: String, _ order: Order
    ) async throws -> Written {
        let digest = try Digest(text: item.digest, field: "digest")
        guard let id = StreamID(item.id) else { throw unapprovable(item) }
        switch id.prefix {
        case PatchDecider.prefix[...]:
            return try await write(
                .approve(binding: digest, reason: reason), to: id, as: PatchDecider.self,
                try await approving(id, as: nil, order), .approvePatch, part: "approve/\(id)",
                options: partOptions(order),
                state: { $0.state?.rawValue })
        case RolloutDecider.prefix[...]:
            let plan = try await planned(id).plan
            return try await write(
                .approve(planDigest: digest, expires: approvalEnd(of: plan), reason: reason),
                to: id, as: RolloutDecider.self, order, .approveRollout, part: "approve/\(id)",
                options: partOptions(order), state: { $0.phase?.rawValue })
        default: throw unapprovable(item)
        }
    }

    private func unapprovable(_ item: ApprovalItem) -> InvalidInput {
        InvalidInput(
            field: "id", message: "'\(item.id)' is not the id of a patch or of a rollout")
    }

    private static func concernsOneItem(_ error: any Error) -> Bool {
        switch error {
        case is any DomainRejection, is NotFound, is InvalidInput, is NotAllowed: true
        case AppendRefusal.versionConflict: true
        default: false
        }
    }
}
